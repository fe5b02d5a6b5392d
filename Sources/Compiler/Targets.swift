import TesseraDeviceCPU
public import TesseraDiagnostics
public import TesseraKernels
import TesseraModuleFormat
import TesseraRuntime
import TesseraTargetCPU
import TesseraTargetPortable
import TesseraTargetSPIRV

/// The targets that kernels can be compiled for.
public enum Targets {
  /// All of them; the first that the machine of the compiler is one of is the default.
  public static let all: [any Target.Type] = [CPUTarget.self, PortableTarget.self, SPIRVTarget.self]

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
  /// for any. Errors: there is no such kind, or no such machine, or it is several.
  public static func parse(_ text: String) throws(Diagnostic) -> any Target {
    let targets = try parseList(text)
    guard targets.count == 1 else { throw .severalMachines(text) }
    return targets[0]
  }

  /// The targets that users write as `kind=name,name`, those first that ask most of a machine: who chooses takes the first that fits. Errors: those of
  /// `parse`, and one that would never be chosen.
  public static func parseList(_ text: String) throws(Diagnostic) -> [any Target] {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = all.first(where: { $0.kind == parts[0] }) else { throw .unknownTarget(text) }
    if parts.count == 1 {
      if let host = kind.host { return [host] }
      return [try kind.init(named: "any")]
    }
    var targets: [(target: any Target, needs: ExecutableVariant)] = []
    for name in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      for target in try kind.machines(named: String(name)) {
        let needs = target.variant([])
        if let other = targets.first(where: { $0.needs.target == needs.target && $0.needs.requiredFeatures == needs.requiredFeatures }) {
          throw .sameMachine(text, other.target.name, target.name)
        }
        targets.append((target, needs))
      }
    }
    // Who has all features of another and more has more of them.
    let order = targets.indices.sorted { a, b in
      let (m, n) = (targets[a].needs.requiredFeatures.count, targets[b].needs.requiredFeatures.count)
      return m != n ? m > n : a < b
    }
    return order.map { targets[$0].target }
  }
}

extension Diagnostic {
  /// A list of machines where one is asked for.
  static func severalMachines(_ text: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(text)' names several machines, where one is needed",
      help: "'tessera compile --target' makes a variant for each of a list, of a program of one device")
  }

  /// Two machines of a list that need the same.
  static func sameMachine(_ text: String, _ first: String, _ second: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "in '\(text)' the machines '\(first)' and '\(second)' need the same features, so that one would never be chosen",
      help: "leave one of them out")
  }

  /// `--target` does not start with a kind of target that there is.
  static func unknownTarget(_ text: String) -> Diagnostic {
    let forms = Targets.all.map { "'\($0.kind)=NAME'" }.joined(separator: " or ")
    return Diagnostic(
      .invalidInput, "unknown target '\(text)'", notes: ["a target is written as \(forms)"],
      help: "use cpu=host for this machine, or one of cpu=x86-64-v2, cpu=x86-64-v3, cpu=x86-64-v4, cpu=aarch64; portable runs everywhere")
  }
}
