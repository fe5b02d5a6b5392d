import TesseraDiagnostics
import TesseraMLIR

/// Machine code of one module of the LLVM dialect.
public struct EmittedObject: Sendable {
  /// A relocatable ELF object.
  public var object: [UInt8]
  /// The functions that it exports.
  public var exports: [String]
  /// The assembly, if it was asked for.
  public var assembly: String?
}

/// Compiles a module in the LLVM dialect, of one kernel or many, to an object for `target`.
///
/// `passes` is LLVM's pipeline. Functions with external linkage are the kernels; fast-math is decided in the IR. Safe to call on several threads at
/// once, for modules of different contexts.
public func emitObject(
  module: Module, target: CPUTarget, passes: String = KernelOptimization.pipeline, wantsAssembly: Bool = false
) throws(Diagnostic) -> EmittedObject {
  var stage = "translation to LLVM IR"
  do {
    let machine = try LLVMTargetMachine(triple: target.triple, cpu: target.baseCPU, features: target.featureText)
    let code = try LLVMModule(translating: module)
    code.setTarget(target.triple, machine)
    var attributes = [("target-cpu", target.baseCPU), ("tune-cpu", target.tuneCPU), ("target-features", target.featureText)]
    if target.vectorByteCount >= 32 { attributes.append(("prefer-vector-width", "\(target.vectorByteCount * 8)")) }
    code.setFunctionAttributes(strings: attributes, flags: ["nounwind"])
    stage = "optimization"
    try code.optimize(passes, for: machine)
    let exports = code.exportedFunctions
    stage = "code generation"
    let assembly = wantsAssembly ? String(decoding: try code.emit(.assembly, for: machine), as: UTF8.self) : nil
    return EmittedObject(object: try code.emit(.object, for: machine), exports: exports, assembly: assembly)
  } catch {
    throw .objectEmissionFailed(stage, error.text)
  }
}
