/// The source operators that a kernel computes, with the work that each takes, as the compiler estimates it for who shares out the kernel's time.
public struct KernelOperators: Sendable {
  /// The kernel's symbol.
  public var symbol: String
  /// The operators, each with its work in no unit. Sites that share the kernel have others in the same order.
  public var operators: [(name: String, work: Double)]

  /// Creates the list of a kernel.
  public init(symbol: String, operators: [(name: String, work: Double)]) { (self.symbol, self.operators) = (symbol, operators) }

  /// Returns kernels as text, a fact a line. Names are for people only: positions count.
  public static func text(of kernels: [KernelOperators]) -> String {
    kernels.map { kernel in
      "kernel \(kernel.symbol)\n" + kernel.operators.map { "work \($0.work) \($0.name.filter { !$0.isNewline })\n" }.joined()
    }.joined()
  }

  /// Returns the kernels of a text that `text(of:)` wrote.
  public static func parse(_ text: String) -> [KernelOperators] {
    var kernels: [KernelOperators] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      if parts[0] == "kernel", parts.count > 1 {
        kernels.append(KernelOperators(symbol: String(parts[1]), operators: []))
      } else if parts[0] == "work", parts.count > 1, let work = Double(parts[1]), !kernels.isEmpty {
        kernels[kernels.count - 1].operators.append((parts.count > 2 ? String(parts[2]) : "", work))
      }
    }
    return kernels
  }
}
