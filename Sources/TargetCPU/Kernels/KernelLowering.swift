public import TesseraDiagnostics
public import TesseraMLIR
public import TesseraVectorKernels

/// Emits the kernel of the executable function `function` into `module`, for processors whose vectors are those of `unit`.
public func emitKernel(_ function: Operation, unit: VectorUnit, into module: Module) throws(Diagnostic) -> EmittedKernel {
  let form = MachineForm(addressType: .pointer(module.context)) { LLVMMachine(unit, place: $0) }
  return try emitKernel(function, unit: unit, form: form, into: module)
}

/// Lowers the emitted kernels of `module` to the LLVM dialect, for the processor `target`.
public func lowerKernels(_ module: Module, for target: CPUTarget) throws(Diagnostic) {
  do {
    try KernelLowering.run(on: module, convertsHalf: target.convertsHalf)
  } catch {
    throw Diagnostic(.compilerBug, id: "kernelLowering", "a kernel could not be lowered: \(error)")
  }
}

/// The upstream passes that take an emitted kernel (scf, vector, arith, math, llvm) to the LLVM dialect.
enum KernelLowering {
  /// Passes, and the dialect whose operations they are for: without one they would only look at everything.
  private typealias Step = (passes: String, dialect: String?)

  private static let structure: Step = ("\(Canonicalization.pass),cse,loop-invariant-code-motion,convert-scf-to-cf", nil)

  /// Arithmetic of 16-bit floats that the processor does not have is done in f32: LLVM calls a library for it.
  private static func narrowFloats(convertsHalf: Bool) -> [Step] {
    [
      ("arith-emulate-unsupported-floats{source-types=\(convertsHalf ? "bf16" : "bf16,f16") target-type=f32}", nil),
      ("math-extend-to-supported-types{\(convertsHalf ? "extra-types=f16 " : "")target-type=f32}", "math"),
    ]
  }

  private static let toLLVM: [Step] = [
    // bf16 is rounded by integer operations.
    ("arith-expand{include-bf16=true}", nil),
    // Functions of f64 that LLVM has no intrinsic for are calls of the C library, lane by lane.
    ("convert-math-to-llvm,convert-math-to-libm", "math"),
    ("convert-vector-to-llvm", nil),
    ("lower-affine", "affine"),
    ("convert-complex-to-llvm", "complex"),
    ("convert-arith-to-llvm,convert-index-to-llvm,convert-cf-to-llvm,convert-func-to-llvm,convert-ub-to-llvm", nil),
    ("reconcile-unrealized-casts,\(Canonicalization.pass),cse", nil),
  ]

  /// Lowers all functions of `module`. LLVM verifies what comes out. `convertsHalf` says that the processor converts between f16 and f32.
  static func run(on module: Module, convertsHalf: Bool) throws(MLIRError) {
    let first = [structure] + narrowFloats(convertsHalf: convertsHalf)
    guard !convertsHalf else { return try run(first + toLLVM, on: module) }
    try run(first, on: module)
    HalfConversions.expand(in: module)
    try run(toLLVM, on: module)
  }

  private static func run(_ steps: [Step], on module: Module) throws(MLIRError) {
    let dialects = module.dialects
    let passes = steps.filter { $0.dialect.map(dialects.contains) ?? true }.map(\.passes)
    try module.run(passes: passes.joined(separator: ","), verify: false)
  }
}

extension Module {
  /// The dialects of the module's operations.
  fileprivate var dialects: Set<String> {
    var names: [UnsafeRawPointer?: String] = [:]
    for op in operation.descendants where names[op.nameIdentity] == nil { names[op.nameIdentity] = op.name }
    return Set(names.values.map { String($0.prefix { $0 != "." }) })
  }
}
