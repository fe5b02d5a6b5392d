import TesseraDiagnostics
import TesseraDialects
import TesseraEncodings
import TesseraMLIR

/// The whole pipeline, in order. Each phase, and each step, says what it needs from those before it. A step cleans up behind itself.
public enum Pipeline {
  public static let phases: [Phase] = [
    // The importers have produced functions on tensors; here they become structured operations on equal terms.
    Phase(
      "input", "make every tensor operation a linalg.generic, check sizes", ensures: .structured,
      [
        Step("elementwise", "make generics of arithmetic on whole tensors") { ElementwiseToGenerics($0.module).run() },
        Step("scalar-operations", "expand operations on numbers that kernels do not know") { c in
          if c.contains(ExpandScalarOps.names.contains) { ExpandScalarOps(c.module).run() }
        },
        Step("inline", "inline calls") { c throws(Diagnostic) in
          if c.contains({ $0 == "func.call" }) { try c.runPasses(Canonicalization.inlining) }
        },
        // Before anything folds: upstream's folds of complex numbers, and of slices of what is unpacked, are not always what the operations compute.
        Step("complex-numbers", "rewrite what upstream folds otherwise than it computes") { c in
          if c.contains({ $0.hasPrefix("complex.") }) { ComplexNumbers(c.module).run() }
          if c.contains({ $0 == "linalg.unpack" }) { TensorOpsToGenerics(c.module).rewriteSlicedUnpacks() }
        },
        // This and the one of generics simplify control flow: steps behind them leave blocks alone.
        Step("canonicalize", "simplify what came in") { c throws(Diagnostic) in try c.runPasses(c.canonicalization) },
        Step("generalize", "make generics of named operations") { c throws(Diagnostic) in
          try KeepAttributes(c.module).around { () throws(Diagnostic) in try c.makeGenerics() }
        },
        // In bodies, where named operations had them too.
        Step("complex-to-floats", "compute with real and imaginary parts") { c throws(Diagnostic) in
          if c.contains(ComplexNumbers.isUnknown) { try c.runPasses("func.func(convert-complex-to-standard)") }
          // Functions and their inverses are floats now, which nothing folds.
          if c.contains({ $0 == HiddenOp.name }) { HiddenOp.reveal(in: c.module) }
        },
        Step("canonicalize-generics", "simplify the generics") { c throws(Diagnostic) in
          try c.eliminateCommonSubexpressions()
          try c.runPasses(c.canonicalization)
        },
        // Before operations that move elements are expanded, which this makes.
        Step("quantize-weights", "give weights of products fewer bits, if asked to") { c in
          if let format = c.options.weightFormat { quantizeWeights(c, format) }
        },
        Step("tensor-operations", "make generics of softmax and of what moves elements") { c throws(Diagnostic) in
          let hadSoftmax = DecomposeSoftmax(c.module).run()
          guard TensorOpsToGenerics(c.module).run() || hadSoftmax else { return }
          try c.makeGenerics()
          try c.simplify()
        },
        // From here on all arithmetic is on numbers.
        Step("small-floats", "compute floats of at most 8 bits as bytes") { c throws(Diagnostic) in
          try SmallFloatsToBytes(c.module).run()
        },
        Step("host-numbers", "move numbers that the host program cannot compute to kernels") { HostNumbers($0.module).run() },
        Step("dimensions", "trace sizes to what tensors are made of") { c in
          for function in c.module.hostFunctions { DimensionValues(context: c.context).resolve(in: function) }
        },
        // Last: it sees every access.
        Step("shape-checks", "check sizes and indices that nothing shows to fit") { c throws(Diagnostic) in
          ShapeChecks(c.module).run()
          try c.simplify()
        },
      ]),
    // On whole-model structure, before dispatches hide it.
    Phase(
      "global-optimization", "lay data out channels last, move transpositions, set encodings", ensures: .encoded,
      [
        Step("channels-last", "put the channels of images innermost") { c in
          if c.options.target.pays(.channelsLast) { useChannelsLast(c.module, for: c.options.target) }
        },
        Step("propagate-transpositions", "cancel transpositions by a minimum cut") { c throws(Diagnostic) in
          propagateTranspositions(c.module)
          try c.simplify()
        },
        // Needs channels-last images.
        Step("minimal-filtering", "compute 3 x 3 convolutions with fewer products") { c throws(Diagnostic) in
          guard !c.options.isStrictMath, WinogradConvolution(c.module, for: c.options.target).run() else { return }
          try c.makeGenerics()
          try c.simplify()
        },
        // After propagation: what could not be cancelled is at least read in place.
        Step("fold-transpositions", "read transposed operands in place") { c throws(Diagnostic) in
          if c.options.target.pays(.foldedTranspositions), FoldTranspositions(c.module).run() { try c.simplify() }
        },
        // Last: upstream's rewrites know nothing of encodings.
        Step("set-encodings", "say what the operands of contractions are for") { c throws(Diagnostic) in
          SetEncodings(c.module).run()
          try c.eliminateCommonSubexpressions()
        },
      ]),
    // Behind what changes the whole model, before layouts: each is what the device wants that runs the operation.
    Phase(
      "placement", "give every operation a device, transfer what crosses", ensures: .encoded,
      [
        Step("place-operations", "apply the rules, insert transfers") { c throws(Diagnostic) in try placeOperations(c) }
      ]),
    // From here on the target is known. Constants are evaluated in the layouts that it wants, before fusion hides who computes what.
    Phase(
      "specialization", "resolve encodings for the target, evaluate constants", ensures: .specialized,
      [
        Step("resolve-encodings", "choose layouts, cancel packings where they meet") { c throws(Diagnostic) in try resolveEncodings(c) },
        // With its packings: weights are packed now.
        Step("evaluate-constants", "compute what is known") { c throws(Diagnostic) in
          if c.options.evaluatesConstants { try EvaluateConstants(c).run() }
          try c.simplify()
          countPackings(c)
        },
      ]),
    // Needs final layouts: what is fused depends on them.
    Phase(
      "dispatch-creation", "fuse operations into dispatches and outline them", ensures: .dispatched,
      [
        // Before fusion: what a sort works in is a result of its dispatch.
        Step("fit-row-operations", "sorts and selections as the target has them") { c throws(Diagnostic) in
          if c.contains(RowOps.names.contains), FitRowOperations(c.module, for: c.options.devices).run() { try c.simplify() }
        },
        Step("inline-widenings", "widen numbers where they are read") { InlineWidenings($0.module).run() },
        Step("create-dispatches", "fuse operations, outline and deduplicate executables") { c throws(Diagnostic) in
          if c.options.devices.count > 1 { SettleOperations(c.module, devices: c.options.devices).run() }
          var creation = DispatchCreation(c.module, liftsNumbers: c.options.runsOnce, devices: c.options.devices)
          creation.run()
          try c.simplify()
        },
      ]),
    // Needs outlined executables: each is compiled by itself, several at a time.
    Phase(
      "codegen", "compile the executables to machine code", ensures: .dispatched,
      [
        Step(kernelStep, "make vector code, objects and an image", product: { c in c.kernelText }) { c throws(Diagnostic) in
          try c.applyConfiguration()
          try generateCode(c)
        }
      ]),
    // Needs the kernels' facts: grids, scratch memory, which results may overwrite which operands.
    Phase(
      "scheduling", "plan memory and order, make the host program", ensures: .dispatched,
      [
        Step(
          "schedule", "make waves, an arena, and instructions",
          product: { c throws(Diagnostic) in try c.hostProgramText() }
        ) { c throws(Diagnostic) in
          c.scheduled = try TesseraCompiler.schedule(
            module: c.module, kernels: c.code.kernels, constants: c.constants, devices: c.options.devices.map(\.name))
        }
      ]),
  ]

  private static func placeOperations(_ c: Compilation) throws(Diagnostic) {
    var placement = PlaceOperations(c.module, devices: c.options.devices, rules: c.options.placement, otherwise: c.options.defaultPlacement)
    try placement.run()
    if c.options.devices.count > 1 { c.count("transfers", placement.transferCount) }
    c.placementReasons = placement.reasons
    c.notes += placement.notes
    for rule in placement.unusedRules {
      throw Diagnostic(
        .invalidInput, id: "unusedPlacement", "the rule '\(rule.text)' places nothing: no operation fits it",
        help: "operators have the names of the model ('tessera check' lists them), which * and ? may stand for")
    }
  }

  private static func quantizeWeights(_ c: Compilation, _ format: WeightFormat) {
    var quantization = QuantizeWeights(c.module, c.constants, format)
    quantization.run()
    c.count("products with quantized weights", quantization.layers.count)
    guard let worst = quantization.layers.max(by: { $0.error < $1.error }) else {
      c.warnings.append(
        "--quantize-weights has no effect: no product has a constant matrix of finite f32 whose sums are of whole blocks of \(format.block)"
      )
      return
    }
    c.quantizationReasons = quantization.layers.map { "\($0.name)  \($0.depth) x \($0.columns)  \(percent($0.error))" }
    c.notes.append(
      "weights of \(quantization.layers.count) products have \(format.bits) bits in blocks of \(format.block); they are off by "
        + "\(percent(worst.error)) at most, in '\(worst.name)' ('--explain quantization' lists all)")
  }

  /// A share with two digits behind the point, as a percentage.
  private static func percent(_ share: Double) -> String {
    let hundredths = Int((share * 10_000).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)%"
  }

  private static func resolveEncodings(_ c: Compilation) throws(Diagnostic) {
    var resolution = ResolveEncodings(c.module, c.options.resolvers)
    try resolution.run()
    c.packedOperandCount = resolution.packedCount
    // What crosses packed need not cross otherwise.
    if c.options.devices.count > 1 { for function in c.module.hostFunctions { TransferOp.eraseUnread(in: function) } }
    for rule in c.options.packingSpec?.unusedRules ?? [] {
      c.warnings.append("the rule '\(rule.text)' in line \(rule.line) of the packing spec decides no layout: no operand fits it first")
    }
  }

  private static func countPackings(_ c: Compilation) {
    c.count("packed operands", c.packedOperandCount)
    c.count("packs left at run time", Packing.count(Packing.packMarker, in: c.module))
    c.count("unpacks left at run time", Packing.count(Packing.unpackMarker, in: c.module))
    if c.options.devices.count > 1 {
      let names = c.options.devices.map(\.name)
      for (kind, marker) in [("packs", Packing.packMarker), ("unpacks", Packing.unpackMarker)] {
        for (name, count) in zip(names, Packing.counts(marker, in: c.module, devices: names)) {
          c.count("\(kind) left at run time on \(name)", count)
        }
      }
    }
    c.count("transpositions left at run time", transpositionsAtRunTime(c.module).count)
  }

  private static func generateCode(_ c: Compilation) throws(Diagnostic) {
    nonisolated(unsafe) let observer = c.observer
    var generation = CodeGeneration(
      devices: c.options.devices, rules: c.options.kernelRules, cache: c.options.cache, wantsText: c.options.wantsKernelText)
    generation.progress = { done, total in observer?.progress(done, of: total) }
    c.code = try generation.run(c.module)
  }
}
