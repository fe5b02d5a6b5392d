public import TesseraDiagnostics
public import TesseraKernels

/// A device of the program that is compiled: what the user calls it, and what its kernels are compiled for.
public struct ProgramDevice: Sendable {
  /// The name, which no other device of the program has.
  public let name: String
  public let target: any Target

  /// Creates a device that is called `name`.
  public init(name: String, target: any Target) { (self.name, self.target) = (name, target) }

  /// The only device of a program, which is called after its kind.
  public init(_ target: any Target) { self.init(name: type(of: target).kind, target: target) }

  /// Creates the device that users write as `NAME=KIND`, for this machine, or `NAME=KIND,level=MACHINE`. Errors: it is written otherwise, or there is no
  /// such kind or machine.
  public init(parsing text: String) throws(Diagnostic) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let rest = parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : []
    guard let kind = rest.first, !parts[0].isEmpty, !parts[0].contains(where: { $0.isWhitespace || $0 == "," }) else {
      throw .malformedDevice(text)
    }
    var machine: Substring?
    for option in rest.dropFirst() {
      if machine != nil, !option.contains("=") { throw .severalMachines(text) }
      guard option.hasPrefix("level="), machine == nil, option.count > 6 else { throw .malformedDevice(text) }
      machine = option.dropFirst(6)
    }
    self.init(name: String(parts[0]), target: try Targets.parse(machine.map { "\(kind)=\($0)" } ?? String(kind)))
  }
}

extension Diagnostic {
  fileprivate static func malformedDevice(_ text: String) -> Diagnostic {
    let kinds = Targets.all.map { $0.kind }.joined(separator: ", ")
    return Diagnostic(
      .invalidInput, "'\(text)' is no device", notes: ["a device is written as NAME=KIND or NAME=KIND,level=MACHINE; kinds are \(kinds)"],
      help: "write a=cpu, or a=cpu,level=x86-64-v3")
  }
}
