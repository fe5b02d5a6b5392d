/// A kind of devices: which there are on this machine, and how one is made.
public protocol DeviceDriver: Sendable {
  /// The kind, as in a module's table of devices: `cpu`, `vulkan`.
  var kind: String { get }
  /// What the machine has of the kind; nothing where it has no driver for it.
  var devices: [DeviceProperties] { get }
  /// Makes device `index` of those, or the one that is best for most. `threads` is for devices that compute on threads of the host. Errors:
  /// there is no such device, or it lacks what modules need.
  func makeDevice(_ index: Int?, threads: Int?) throws(RuntimeError) -> any Device
}

/// What is known of a device that nobody has made yet.
public struct DeviceProperties: Sendable, Hashable {
  /// What only some kinds have.
  public struct Detail: Sendable, Hashable {
    /// A number or a text.
    public enum Value: Sendable, Hashable {
      case integer(Int)
      case text(String)
    }

    /// The name for programs: `subgroup_size`.
    public var name: String
    public var value: Value
    /// The detail for people: `subgroups of 8`.
    public var text: String

    public init(_ name: String, _ value: Value, text: String) { (self.name, self.value, self.text) = (name, value, text) }
  }

  /// What `Devices.make` takes: `cpu`, `vulkan://0`.
  public var name: String
  /// The target of executables that it runs: `x86_64`, `spirv`.
  public var architecture: String
  /// The maker's name of it.
  public var model: String
  public var details: [Detail]
  /// What modules may ask for.
  public var features: [String]
  /// Those of `features` that tell devices of the kind apart.
  public var notableFeatures: [String]
  /// What it lacks to run any module; empty where nothing is.
  public var missing: [String]

  public init(
    name: String, architecture: String, model: String, details: [Detail], features: [String], notableFeatures: [String],
    missing: [String] = []
  ) {
    (self.name, self.architecture, self.model, self.details) = (name, architecture, model, details)
    (self.features, self.notableFeatures, self.missing) = (features, notableFeatures, missing)
  }
}
