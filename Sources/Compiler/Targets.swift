import TesseraDeviceCPU
public import TesseraDiagnostics
public import TesseraKernels
import TesseraRuntime
import TesseraTargetCPU
import TesseraTargetPortable

/// The targets that kernels can be compiled for.
public enum Targets {
  /// All of them; the first that the machine of the compiler is one of is the default.
  public static let all: [any Target.Type] = [CPUTarget.self, PortableTarget.self]

  /// The machine that the compiler runs on, which also computes constants.
  public static let host: any Target = {
    for target in all { if let host = target.host { return host } }
    // A compiler runs on a processor.
    preconditionFailure("no target has the machine of the compiler")
  }()

  /// The target of programs that are plain: its kernels are interpreted, so that neither LLVM nor the instructions of a processor are at test twice.
  public static let plain: any Target = (try? parse(PortableTarget.kind)) ?? host

  /// Creates the device that runs the kernels of `host`, on the thread that asks.
  static func makeHostDevice() -> any Device { CPUDevice(threads: 1) }

  /// The target that users write as `kind=name`, or as `kind` for the machine of the compiler or, where it is none,
  /// for any. Errors: there is no such kind, or no such machine.
  public static func parse(_ text: String) throws(Diagnostic) -> any Target {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = all.first(where: { $0.kind == parts[0] }) else { throw .unknownTarget(text) }
    if parts.count == 2 { return try kind.init(named: String(parts[1])) }
    if let host = kind.host { return host }
    return try kind.init(named: "any")
  }
}

extension Diagnostic {
  /// `--target` does not start with a kind of target that there is.
  static func unknownTarget(_ text: String) -> Diagnostic {
    let forms = Targets.all.map { "'\($0.kind)=NAME'" }.joined(separator: " or ")
    return Diagnostic(
      .invalidInput, "unknown target '\(text)'", notes: ["a target is written as \(forms)"],
      help: "use cpu=host for this machine, or one of cpu=x86-64-v2, cpu=x86-64-v3, cpu=x86-64-v4, cpu=aarch64; portable runs everywhere")
  }
}
