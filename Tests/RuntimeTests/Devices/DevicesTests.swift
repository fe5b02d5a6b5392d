import Tessera
import Testing

/// The list of devices of this machine.
struct DevicesTests {
  /// Every machine has processors and the interpreter; each device that is listed can be made by its name, and is of its kind.
  @Test func all() throws {
    let all = Devices.all
    #expect(all.prefix(2).map(\.name) == ["cpu", "portable"])
    #expect(Set(all.map(\.name)).count == all.count)
    for device in all where device.missing.isEmpty {
      let made = try Devices.make(device.name, threads: 1)
      #expect(device.name.hasPrefix(made.name))
      #expect(!device.architecture.isEmpty && !device.model.isEmpty)
    }
  }

  @Test(arguments: ["cpu", "cpu://", "cpu://0", "portable", "portable://"]) func names(_ name: String) throws {
    #expect(name.hasPrefix(try Devices.make(name, threads: 2).name))
  }

  @Test(arguments: ["", "gpu", "cpu:0", "cpu://1", "cpu://-1", "cpu://x", "portable://3", "vulkan://9999", "vulkan://x"])
  func unknown(_ name: String) {
    #expect(throws: RuntimeError.self) { try Devices.make(name) }
  }

  /// The devices of a module are made in the order of its table.
  @Test(.enabled(if: KernelFixture.isAvailable, "needs a C compiler")) func ofModule() throws {
    let module = try load(SeveralDevicesTests.module([CPUDevice(threads: 1), PortableDevice(threads: 1)]))
    #expect(try Devices.make(for: module, threads: 1).map(\.name) == ["cpu", "portable"])
  }
}
