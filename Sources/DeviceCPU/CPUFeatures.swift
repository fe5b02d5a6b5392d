import TesseraFiles

/// The features of this processor, named as `/proc/cpuinfo` names it.
public struct CPUFeatures: Sendable {
  /// The architecture: `x86_64` or `aarch64`.
  public let architecture: String
  /// The name of the processor's model.
  public let model: String
  /// The features.
  public let names: Set<String>

  /// The features of this machine, read once.
  public static let host = CPUFeatures(lines: SystemFile.lines("/proc/cpuinfo"))

  #if arch(x86_64)
    /// The architecture of this program.
    package static let hostArchitecture = "x86_64"
  #elseif arch(arm64)
    /// The architecture of this program.
    package static let hostArchitecture = "aarch64"
  #else
    /// The architecture of this program.
    package static let hostArchitecture = "unknown"
  #endif

  /// Creates the features of a processor of this architecture.
  package init(model: String, names: Set<String>) {
    architecture = CPUFeatures.hostArchitecture
    self.model = model
    self.names = names
  }

  /// Reads the features of the first processor of `/proc/cpuinfo`.
  init(lines: [String]) {
    func value(_ key: String) -> String? {
      for line in lines where line.hasPrefix(key) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        return String(line[line.index(after: colon)...].drop { $0 == " " })
      }
      return nil
    }
    let features = value("flags") ?? value("Features") ?? ""
    self.init(model: value("model name") ?? "unknown", names: Set(features.split(separator: " ").map(String.init)))
  }

  /// Returns the features of `required` that are missing.
  func missing(_ required: [String]) -> [String] { required.filter { !names.contains($0) } }
}
