internal import TesseraCMLIR

/// The machine that the compiler runs on, as LLVM describes it.
public enum LLVMHost {
  /// The processor's name in LLVM's words, such as `znver5`; `generic` if LLVM does not know it.
  public static var cpuName: String { takeMessage(LLVMGetHostCPUName()) }

  /// The names, in LLVM's words, of the features that the processor and the operating system have.
  public static var features: Set<String> {
    let list = takeMessage(LLVMGetHostCPUFeatures()).split(separator: ",")
    return Set(list.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) })
  }
}

/// Returns a message that LLVM allocated, and frees it.
func takeMessage(_ message: UnsafeMutablePointer<CChar>?) -> String {
  guard let message else { return "" }
  defer { LLVMDisposeMessage(message) }
  return String(cString: message)
}
