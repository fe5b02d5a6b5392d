import Diagnostics
import Dialects
import Encodings
import MLIR

/// The whole pipeline, in order. Each phase says what it needs from those before it.
public enum Pipeline {
  public static let phases: [Phase] = [
    // The importers have produced functions on tensors; here they become structured operations on equal terms.
    Phase(name: "input", summary: "make every tensor operation a linalg.generic, check sizes", run: normalizeInput),
    // On whole-model structure, before dispatches hide it.
    Phase(name: "global-optimization", summary: "lay data out channels last, move transpositions, set encodings", run: optimizeGlobally),
    // From here on the target is known. Constants are evaluated in the layouts that it wants, before fusion hides who computes what.
    Phase(name: "specialization", summary: "resolve encodings for the target, evaluate constants", run: specialize),
    // Needs final layouts: what is fused depends on them.
    Phase(name: "dispatch-creation", summary: "fuse operations into dispatches and outline them", run: createDispatches),
    // Needs outlined executables: each is compiled by itself, several at a time.
    Phase(name: "codegen", summary: "compile the executables to machine code", run: generateCode),
    // Needs the kernels' facts: grids, scratch memory, which results may overwrite which operands.
    Phase(name: "scheduling", summary: "plan memory and order, make the host program", run: schedule),
  ]

  private static func normalizeInput(_ c: Compilation) throws(Diagnostic) {
    ElementwiseToGenerics(c.module).run()
    if c.contains(ExpandScalarOps.names.contains) { ExpandScalarOps(c.module).run() }
    try KeepAttributes(c.module).around { () throws(Diagnostic) in
      if c.contains({ $0 == "func.call" }) { try c.runPasses(Canonicalization.inlining) }
      // Before anything folds.
      let complexNumbers = c.contains({ $0.hasPrefix("complex.") }) ? ComplexNumbers(c.module) : nil
      complexNumbers?.run()
      try c.runPasses(Canonicalization.pass)
      try c.makeGenerics()
      if c.contains(ComplexNumbers.isUnknown) { try c.runPasses("func.func(convert-complex-to-standard)") }
      complexNumbers?.reveal()
      try c.runPasses("cse,\(Canonicalization.pass)")
    }
    let hadSoftmax = DecomposeSoftmax(c.module).run()
    if TensorOpsToGenerics(c.module).run() || hadSoftmax {
      try c.makeGenerics()
      try c.simplify()
    }
    try SmallFloatsToBytes(c.module).run()
    HostNumbers(c.module).run()
    for function in c.module.hostFunctions { DimensionValues(context: c.context).resolve(in: function) }
    ShapeChecks(c.module).run()
    try c.simplify()
  }

  private static func optimizeGlobally(_ c: Compilation) throws(Diagnostic) {
    recognizeFills(c.module)
    if c.options.target.pays(.channelsLast) { useChannelsLast(c.module, for: c.options.target) }
    propagateTranspositions(c.module)
    try c.makeGenerics()
    try c.simplify()
    if !c.options.isStrictMath, WinogradConvolution(c.module, for: c.options.target).run() {
      try c.makeGenerics()
      try c.simplify()
    }
    // After propagation: what could not be cancelled is at least read in place.
    if c.options.target.pays(.foldedTranspositions), FoldTranspositions(c.module).run() { try c.simplify() }
    // Last: upstream's rewrites know nothing of encodings.
    SetEncodings(c.module).run()
    try c.runPasses("cse")
  }

  private static func specialize(_ c: Compilation) throws(Diagnostic) {
    var resolution = ResolveEncodings(c.module, c.options.resolvers)
    try resolution.run()
    for rule in c.options.packingSpec?.unusedRules ?? [] {
      c.warnings.append("the rule '\(rule.text)' in line \(rule.line) of the packing spec decides no layout: no operand fits it first")
    }
    if c.options.evaluatesConstants { try EvaluateConstants(c).run() }
    try c.simplify()
    c.count("packed operands", resolution.packedCount)
    c.count("packs left at run time", Packing.count(Packing.packMarker, in: c.module))
    c.count("unpacks left at run time", Packing.count(Packing.unpackMarker, in: c.module))
    c.count("transpositions left at run time", transpositionsAtRunTime(c.module).count)
  }

  private static func createDispatches(_ c: Compilation) throws(Diagnostic) {
    InlineWidenings(c.module).run()
    var creation = DispatchCreation(c.module, liftsNumbers: c.options.runsOnce, limits: c.options.target.fusionLimits)
    creation.run()
    try c.simplify()
  }

  private static func generateCode(_ c: Compilation) throws(Diagnostic) {
    try c.applyConfiguration()
    nonisolated(unsafe) let observer = c.observer
    var generation = CodeGeneration(
      target: c.options.target, rules: c.options.kernelRules, cache: c.options.cache, wantsText: c.options.kernelDumpFolder != nil)
    generation.progress = { done, total in observer?.progress(done, of: total) }
    c.code = try generation.run(c.module)
  }

  private static func schedule(_ c: Compilation) throws(Diagnostic) {
    c.scheduled = try Compiler.schedule(module: c.module, kernels: c.code.kernels, constants: c.constants)
  }
}
