import TesseraModuleFormat
import TesseraRuntime

/// A device with the kernels of `KernelFixture`: site i is entry i.
final class DeviceFixture: Sendable {
  let device: any Device
  let executables: [any Executable]
  let module: ModuleDescription

  init(_ tested: TestedDevice) throws {
    device = tested.make()
    let executable = try KernelFixture.executable().made(for: device)
    module = ModuleDescription(
      functions: [], executables: [executable],
      dispatchSites: executable.entries.indices.map {
        DispatchSite(executable: 0, entry: $0, sourceOperators: ["op\($0)"], flops: 0, bytes: 0)
      })
    executables = [try device.load(executable)]
  }

  func list(isConcurrent: Bool = false) throws -> any CommandList {
    try device.makeCommandList(module: module, executables: executables, interruption: Interruption(), isConcurrent: isConcurrent)
  }

  func buffer<Element: TensorElement>(_ elements: [Element]) throws -> Storage {
    let storage = try device.allocate(byteCount: elements.count * MemoryLayout<Element>.stride)
    try elements.withUnsafeBytes { try device.write($0, to: storage.address) }
    return storage
  }

  func elements<Element: TensorElement>(_ storage: Storage, of zero: Element) throws -> [Element] {
    var result = [Element](repeating: zero, count: storage.byteCount / MemoryLayout<Element>.stride)
    try result.withUnsafeMutableBytes { try device.read(storage.address, into: $0) }
    return result
  }

  func floats(_ storage: Storage) throws -> [Float] { try elements(storage, of: 0) }
}
