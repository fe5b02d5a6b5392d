internal import TesseraDiagnostics
internal import TesseraMLIR

/// The upstream passes that take an emitted kernel to the dialect of SPIR-V, and on to its words.
enum SPIRVLowering {
  /// Passes before the entry point is made, and the dialect whose operations they are for.
  private static let first: [(passes: String, dialect: String?)] = [
    ("\(Canonicalization.pass),cse,loop-invariant-code-motion", nil),
    ("convert-complex-to-standard", "complex"),
    // bf16 is computed in f32 and rounded by integer operations.
    ("arith-emulate-unsupported-floats{source-types=bf16 target-type=f32}", nil),
    ("math-extend-to-supported-types{extra-types=f16 target-type=f32}", "math"),
    ("lower-affine", "affine"),
    ("arith-expand{include-bf16=true},\(Canonicalization.pass),cse", nil),
  ]
  /// Loops before arithmetic, which else meets counters of a type that is not converted yet.
  private static let second =
    "convert-math-to-spirv,convert-scf-to-spirv,convert-arith-to-spirv,convert-ub-to-spirv,reconcile-unrealized-casts,\(Canonicalization.pass),cse"

  /// Simplifies the kernel's function.
  static func simplify(_ module: Module) throws(Diagnostic) {
    let names = Set(module.operation.descendants.map { String($0.name.prefix { $0 != "." }) })
    try run(first.filter { $0.dialect.map(names.contains) ?? true }.map(\.passes).joined(separator: ","), module)
  }

  /// Converts what stands in the entry point. Errors: an operation that SPIR-V has nothing for.
  static func convert(_ module: Module, _ capabilities: SPIRVCapabilities) throws(Diagnostic) {
    module.operation.setAttribute("spirv.target_env", Attribute(capabilities.environment, module.context)!)
    try run(second, module)
    for op in module.operation.descendants where !op.name.hasPrefix("spirv.") { throw .noSPIRV(op.name) }
    // Drivers may compute products and sums with one rounding, and simplify (x + c) - c: what rounds to an integer would not.
    let rounded: Set<String> = ["spirv.FAdd", "spirv.FSub", "spirv.FMul", "spirv.FDiv", "spirv.FNegate"]
    for op in module.operation.descendants where rounded.contains(op.name) { op.setAttribute("no_contraction", .unit(module.context)) }
  }

  /// Returns the words of the module, whose operations move into another.
  static func serialize(_ module: Module, _ capabilities: SPIRVCapabilities) throws(Diagnostic) -> (words: [UInt32], text: String) {
    let context = module.context, whole: Module
    do throws(MLIRError) { whole = try Module(parsing: capabilities.container, context) } catch {
      throw Diagnostic(.compilerBug, id: "spirvContainer", "\(error)")
    }
    guard let inner = whole.body.operations.first?.body()?.operations.first, let target = inner.body() else {
      throw Diagnostic(.compilerBug, id: "spirvContainer", "a container of SPIR-V has no module")
    }
    for op in module.body.operations {
      op.detach()
      target.append(op)
    }
    let text = inner.text()
    try run("gpu-module-to-binary", whole)
    guard let bytes = whole.gpuObject, bytes.count % 4 == 0 else {
      throw Diagnostic(.compilerBug, id: "spirvBinary", "a kernel was not serialized")
    }
    let words = stride(from: 0, to: bytes.count, by: 4).map { k in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[k + $1]) << UInt32(8 * $1) }
    }
    return (words, text)
  }

  private static func run(_ passes: String, _ module: Module) throws(Diagnostic) {
    do throws(MLIRError) { try module.run(passes: passes, verify: true) } catch {
      throw Diagnostic(.unsupported, id: "spirvLowering", "a kernel could not be lowered to SPIR-V: \(error)")
    }
  }
}

extension Diagnostic {
  /// An operation that no device of the kind computes.
  static func noSPIRV(_ name: String) -> Diagnostic {
    Diagnostic(
      .unsupported, id: "noSPIRV", "the target 'vulkan' cannot compute '\(name)'",
      help: "name a processor beside it: '--device gpu=vulkan --device cpu=cpu'")
  }
}
