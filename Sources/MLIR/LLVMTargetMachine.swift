internal import TesseraCMLIR

/// A code generator of LLVM for one processor. Use it on one thread at a time.
public final class LLVMTargetMachine {
  let handle: LLVMTargetMachineRef

  /// Creates a code generator for position-independent code at the highest optimization level.
  ///
  /// - Parameters:
  ///   - triple: such as `x86_64-unknown-linux-gnu`.
  ///   - cpu: the processor whose instructions may be used; LLVM prints a warning for one that it does not know.
  ///   - features: `+name` and `-name`, separated by commas.
  public init(triple: String, cpu: String, features: String) throws(MLIRError) {
    Self.registerTargets
    var target: LLVMTargetRef?
    var problem: UnsafeMutablePointer<CChar>?
    guard LLVMGetTargetFromTriple(triple, &target, &problem) == 0, let target else { throw MLIRError(takeMessage(problem)) }
    guard
      let machine = LLVMCreateTargetMachine(
        target, triple, cpu, features, LLVMCodeGenLevelAggressive, LLVMRelocPIC, LLVMCodeModelDefault)
    else { throw MLIRError("LLVM has no code generator for '\(triple)'") }
    handle = machine
  }

  deinit { LLVMDisposeTargetMachine(handle) }

  /// Target registration is global to the process and happens once.
  private static let registerTargets: Void = {
    LLVMInitializeX86TargetInfo()
    LLVMInitializeX86Target()
    LLVMInitializeX86TargetMC()
    LLVMInitializeX86AsmPrinter()
    LLVMInitializeX86AsmParser()
    LLVMInitializeAArch64TargetInfo()
    LLVMInitializeAArch64Target()
    LLVMInitializeAArch64TargetMC()
    LLVMInitializeAArch64AsmPrinter()
    LLVMInitializeAArch64AsmParser()
  }()
}
