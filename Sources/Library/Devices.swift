/// The devices of this machine, and the list of the kinds that this library knows.
///
///     for device in Devices.all { print(device.name, device.model) }
///     let session = try Session(module, devices: Devices.make(for: module))
public enum Devices {
  /// The kinds of devices.
  public static let drivers: [any DeviceDriver] = [CPUDriver(), PortableDriver(), VulkanDriver()]

  /// What there is. Nothing is made.
  public static var all: [DeviceProperties] { drivers.flatMap(\.devices) }

  /// Makes the device called `name`: a kind, or `KIND://N` for one of several. `threads` is how many threads of the host it computes on, if it
  /// does; as many as the process may use processors when `nil`. Errors: `NOT_FOUND`; the driver has none, or it lacks what modules need.
  public static func make(_ name: String, threads: Int? = nil) throws(RuntimeError) -> any Device {
    for driver in drivers {
      if name == driver.kind || name == "\(driver.kind)://" { return try driver.makeDevice(nil, threads: threads) }
      let prefix = "\(driver.kind)://"
      if name.hasPrefix(prefix), let index = Int(name.dropFirst(prefix.count)), index >= 0 {
        return try driver.makeDevice(index, threads: threads)
      }
    }
    let kinds = drivers.map { "'\($0.kind)'" }.joined(separator: ", ")
    throw RuntimeError(.notFound, "there is no device '\(name)'; the kinds are \(kinds), and 'KIND://N' is one of several", id: "noDevice")
  }

  /// Makes the devices that `module` is for, in the order of its table. Errors: as for `make(_:threads:)`.
  public static func make(for module: Module, threads: Int? = nil) throws(RuntimeError) -> [any Device] {
    var devices: [any Device] = []
    for description in module.description.devices { devices.append(try make(description.kind, threads: threads)) }
    return devices
  }
}
