import TesseraModuleFormat
import TesseraRuntime

/// A GPU, or another device with a Vulkan driver: 1.2 with addresses of buffers, timeline semaphores and 64-bit integers.
public final class VulkanDevice: Device {
  /// The kind of device.
  public let name = "vulkan"
  /// What the driver says of the device.
  public let description: VulkanDeviceDescription
  /// The threads of asynchronous calls.
  public let callThreads: CallThreads
  private let memory: VulkanMemories
  private let staging: VulkanStaging

  private var context: VulkanContext { memory.context }

  /// Creates a device of this machine: the first that can run modules when `index` is `nil`, which a processor's driver is only where there
  /// is no other. Errors: there is none, or it lacks what modules need.
  public convenience init(index: Int? = nil, asynchronousCalls: Int? = nil) throws(RuntimeError) {
    try self.init(index: index, asynchronousCalls: asynchronousCalls, hidesMemory: false)
  }

  /// Creates a device whose memory the host does not map, for tests.
  package init(index: Int?, asynchronousCalls: Int? = nil, hidesMemory: Bool) throws(RuntimeError) {
    let library = try VulkanLibrary.shared.get()
    let descriptions = try VulkanDeviceDescription.found()
    let chosen: VulkanDeviceDescription?
    if let index {
      chosen = descriptions.first { $0.index == index }
    } else {
      let able = descriptions.filter(\.missing.isEmpty)
      chosen = able.first { $0.type == "discrete" } ?? able.first { $0.type != "cpu" } ?? able.first ?? descriptions.first
    }
    guard let chosen else {
      throw .noVulkan(index.map { "there is no 'vulkan://\($0)'; it has \(descriptions.count)" } ?? "no driver has one")
    }
    description = chosen
    let handles = try library.devices()
    guard handles.indices.contains(chosen.index) else { throw .noVulkan("the device is gone") }
    memory = VulkanMemories(try VulkanContext(PhysicalDevice(handles[chosen.index], library), hidesMemory: hidesMemory))
    staging = VulkanStaging(memory)
    callThreads = CallThreads(limit: min(max(asynchronousCalls ?? 4, 1), 2048))
  }

  /// Allocates memory of the device, which the host reaches where it reads it fast.
  public func allocate(byteCount: Int) throws(RuntimeError) -> Storage {
    let part = try memory.own.take(byteCount)
    let pointer = memory.own.kind.isCached ? part.pointer : nil
    return Storage(address: part.address, hostPointer: pointer, byteCount: byteCount) { [own = memory.own] in own.give(part) }
  }

  /// Copies from memory that kernels wrote.
  public func read(_ address: UInt64, into bytes: UnsafeMutableRawBufferPointer) throws(RuntimeError) {
    if bytes.isEmpty { return }
    let place = try memory.find(address)
    if memory.own.kind.isCached, let pointer = place.block.pointer {
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer + Int(place.offset), count: bytes.count))
    } else {
      try staging.read(place, into: bytes)
    }
  }

  /// Copies to memory that kernels read.
  public func write(_ bytes: UnsafeRawBufferPointer, to address: UInt64) throws(RuntimeError) {
    if bytes.isEmpty { return }
    let place = try memory.find(address)
    if let pointer = place.block.pointer {
      UnsafeMutableRawBufferPointer(start: pointer + Int(place.offset), count: bytes.count).copyMemory(from: bytes)
    } else {
      try staging.write(bytes, to: place)
    }
  }

  /// Returns `true` iff the device has what a variant in SPIR-V asks for.
  public func fits(_ executable: ExecutableDescription) -> Bool { executable.entries.isEmpty || variant(of: executable) != nil }

  /// Makes pipelines of the first variant that fits. Errors: none does, or the driver refuses a kernel.
  public func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable {
    if executable.entries.isEmpty { return try VulkanExecutable([], SPIRVImage.encode([]), context) }
    guard let variant = variant(of: executable) else { throw unsuitable(executable.variants) }
    return try VulkanExecutable(executable.entries, variant.image, context)
  }

  private func variant(of executable: ExecutableDescription) -> ExecutableVariant? {
    executable.variants.first { $0.target == SPIRVImage.target && missing($0).isEmpty }
  }

  private func missing(_ variant: ExecutableVariant) -> [String] { variant.requiredFeatures.filter { !description.features.contains($0) } }

  /// The error of code for other devices.
  private func unsuitable(_ variants: [ExecutableVariant]) -> RuntimeError {
    let own = variants.filter { $0.target == SPIRVImage.target }
    let why =
      own.isEmpty
      ? "it has code for \(variants.isEmpty ? "nothing" : variants.map { "'\($0.target)'" }.joined(separator: ", "))"
      : own.map { "code for '\($0.cpu)' needs \(missing($0).joined(separator: ", "))" }.joined(separator: "; ")
    return RuntimeError(
      .failedPrecondition, "the module has no code for the Vulkan device '\(description.name)': \(why)", id: "unsuitableVulkan")
  }

  /// Makes an empty command list.
  public func makeCommandList(
    module: ModuleDescription, executables: [(any Executable)?], interruption: Interruption, isConcurrent: Bool
  ) throws(RuntimeError) -> any CommandList {
    try VulkanCommandList(memory, module: module, executables: executables, interruption: interruption, isConcurrent: isConcurrent)
  }
}
