import Synchronization
import Tessera
import TesseraCInterface

/// A device of this machine as C reads it.
private struct DescribedDevice: Sendable {
  let name: CString
  let architecture: CString
  let model: CString
  let missing: CString

  init(_ device: DeviceProperties) {
    name = CString(device.name)
    architecture = CString(device.architecture)
    model = CString(device.model)
    missing = CString(device.missing.joined(separator: ", "))
  }

  /// All of them, which are looked for once.
  static let all = Devices.all.map { DescribedDevice($0) }
}

/// The devices of sessions that were given none: one of each kind in a process, since two do not know of each other's threads.
enum SharedDevices {
  private static let devices = Mutex<[String: any Device]>([:])

  /// Returns those that a module is for.
  static func devices(for module: Module) throws(RuntimeError) -> [any Device] {
    let kinds = module.description.devices.map(\.kind)
    var result: [any Device] = []
    for kind in kinds { result.append(try device(kind)) }
    return result
  }

  private static func device(_ kind: String) throws(RuntimeError) -> any Device {
    try devices.withLock { (devices) throws(RuntimeError) in
      if let device = devices[kind] { return device }
      let device = try Devices.make(kind)
      devices[kind] = device
      return device
    }
  }
}

@_cdecl("tessera_device_count") public func deviceCount(_ count: UnsafeMutablePointer<Int>?) -> Int32 {
  reporting { () throws(RuntimeError) in try Arguments.required(count, "count").pointee = DescribedDevice.all.count }
}

@_cdecl("tessera_device_describe") public func deviceDescribe(_ index: Int, _ info: UnsafeMutablePointer<tessera_device_info>?) -> Int32 {
  reporting { () throws(RuntimeError) in
    let info = try Arguments.required(info, "info")
    try Arguments.check(info.pointee.struct_size, tessera_device_info.self, "info")
    let all = DescribedDevice.all
    guard all.indices.contains(index) else { throw .wrongIndex(index, of: all.count, "device") }
    info.pointee.name = all[index].name.pointer
    info.pointee.architecture = all[index].architecture.pointer
    info.pointee.model = all[index].model.pointer
    info.pointee.missing = all[index].missing.pointer
  }
}

@_cdecl("tessera_device_create") public func deviceCreate(
  _ name: UnsafePointer<CChar>?, _ threads: Int, _ device: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  reporting { () throws(RuntimeError) in
    let device = try Arguments.required(device, "device")
    guard threads >= 0, threads <= 1 << 16 else {
      throw RuntimeError(.invalidArgument, "a device cannot have \(UInt(bitPattern: threads)) threads", id: "threadCount")
    }
    let made = try Devices.make(name.map { String(cString: $0) } ?? "cpu", threads: threads == 0 ? nil : threads)
    device.pointee = try HandleTable.add(HandledDevice(made))
  }
}

@_cdecl("tessera_device_release") public func deviceRelease(_ device: OpaquePointer?) -> Int32 {
  reporting { () throws(RuntimeError) in try HandleTable.release(device, "device", as: HandledDevice.self) }
}
