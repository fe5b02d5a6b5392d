import TesseraCVulkan
import TesseraRuntime

/// A physical device of this machine, as its driver describes it.
public struct VulkanDeviceDescription: Sendable, Hashable {
  /// The place among the devices of the machine: `vulkan://0` is the first.
  public var index: Int
  /// The driver's name of it.
  public var name: String
  /// What it is: `discrete`, `integrated`, `virtual`, `cpu` or `other`.
  public var type: String
  /// The version of the interface, such as `1.3.230`.
  public var version: String
  /// The name of the driver.
  public var driver: String
  /// The bytes of its own memory.
  public var memory: UInt64
  /// The invocations of a subgroup.
  public var subgroupSize: Int
  /// The most invocations of a workgroup, and the bytes of memory that they share.
  public var workgroupInvocations: Int
  public var workgroupMemory: Int
  /// What modules may ask for, by the names of SPIR-V's capabilities.
  public var features: [String]
  /// What is missing to run any module; empty where nothing is.
  public var missing: [String]

  /// All devices of this machine; none where there is no Vulkan.
  public static var all: [VulkanDeviceDescription] { (try? found()) ?? [] }

  /// All devices of this machine. Errors: there is no Vulkan, and why.
  static func found() throws(RuntimeError) -> [VulkanDeviceDescription] {
    let library = try VulkanLibrary.shared.get()
    return try library.devices().enumerated().map { PhysicalDevice($1, library).description(index: $0) }
  }
}

/// A physical device with what it says of itself.
struct PhysicalDevice {
  let handle: VkPhysicalDevice
  let library: VulkanLibrary
  let properties: VkPhysicalDeviceProperties
  let properties11: VkPhysicalDeviceVulkan11Properties
  let properties12: VkPhysicalDeviceVulkan12Properties
  let features: VkPhysicalDeviceFeatures
  let features11: VkPhysicalDeviceVulkan11Features
  let features12: VkPhysicalDeviceVulkan12Features
  let memory: VkPhysicalDeviceMemoryProperties

  init(_ handle: VkPhysicalDevice, _ library: VulkanLibrary) {
    (self.handle, self.library) = (handle, library)
    var properties12 = VkPhysicalDeviceVulkan12Properties(), properties11 = VkPhysicalDeviceVulkan11Properties()
    var properties = VkPhysicalDeviceProperties2()
    properties12.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES)
    properties11.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES)
    properties.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2)
    withUnsafeMutablePointer(to: &properties12) { last in
      withUnsafeMutablePointer(to: &properties11) { next in
        next.pointee.pNext = UnsafeMutableRawPointer(last)
        properties.pNext = UnsafeMutableRawPointer(next)
        library.physical.properties(handle, &properties)
      }
    }
    var features12 = VkPhysicalDeviceVulkan12Features(), features11 = VkPhysicalDeviceVulkan11Features()
    var features = VkPhysicalDeviceFeatures2()
    features12.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES)
    features11.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES)
    features.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)
    withUnsafeMutablePointer(to: &features12) { last in
      withUnsafeMutablePointer(to: &features11) { next in
        next.pointee.pNext = UnsafeMutableRawPointer(last)
        features.pNext = UnsafeMutableRawPointer(next)
        library.physical.features(handle, &features)
      }
    }
    var memory = VkPhysicalDeviceMemoryProperties()
    library.physical.memory(handle, &memory)
    (self.properties, self.properties11, self.properties12) = (properties.properties, properties11, properties12)
    (self.features, self.features11, self.features12, self.memory) = (features.features, features11, features12, memory)
  }

  /// The capabilities that kernels may ask for.
  var capabilities: [String] {
    let all: [(String, UInt32)] = [
      ("Int64", features.shaderInt64), ("Int16", features.shaderInt16), ("Int8", features12.shaderInt8),
      ("Float16", features12.shaderFloat16), ("Float64", features.shaderFloat64),
      ("StorageBuffer8BitAccess", features12.storageBuffer8BitAccess),
      ("StorageBuffer16BitAccess", features11.storageBuffer16BitAccess),
      ("SignedZeroInfNanPreserve16", properties12.shaderSignedZeroInfNanPreserveFloat16),
      ("SignedZeroInfNanPreserve32", properties12.shaderSignedZeroInfNanPreserveFloat32),
      ("SignedZeroInfNanPreserve64", properties12.shaderSignedZeroInfNanPreserveFloat64),
    ]
    return all.filter { $0.1 != 0 }.map(\.0)
  }

  /// What the device lacks of what every module needs.
  var missing: [String] {
    var list: [String] = []
    if properties.apiVersion < VulkanVersion.wanted { list.append("Vulkan 1.2") }
    if features12.bufferDeviceAddress == 0 { list.append("addresses of buffers") }
    if features12.timelineSemaphore == 0 { list.append("timeline semaphores") }
    if features.shaderInt64 == 0 { list.append("64-bit integers") }
    if computeQueue == nil { list.append("a queue for compute") }
    return list
  }

  /// The family of queues that compute, and how many bits its timestamps have: one for compute alone where there is one.
  var computeQueue: (family: UInt32, timestampBits: UInt32)? {
    var count: UInt32 = 0
    library.physical.queues(handle, &count, nil)
    var families = [VkQueueFamilyProperties](repeating: VkQueueFamilyProperties(), count: Int(count))
    library.physical.queues(handle, &count, &families)
    let compute = families.indices.filter { families[$0].queueFlags & UInt32(VK_QUEUE_COMPUTE_BIT) != 0 }
    let graphics: UInt32 = 1
    guard let chosen = compute.first(where: { families[$0].queueFlags & graphics == 0 }) ?? compute.first else { return nil }
    return (UInt32(chosen), families[chosen].timestampValidBits)
  }

  /// The heaps of memory.
  var heaps: [VkMemoryHeap] {
    withUnsafeBytes(of: memory.memoryHeaps) { Array($0.bindMemory(to: VkMemoryHeap.self).prefix(Int(memory.memoryHeapCount))) }
  }
  /// The types of memory.
  var memoryTypes: [VkMemoryType] {
    withUnsafeBytes(of: memory.memoryTypes) { Array($0.bindMemory(to: VkMemoryType.self).prefix(Int(memory.memoryTypeCount))) }
  }

  /// The name that the driver gave the device.
  var name: String { Self.text(properties.deviceName) }

  func description(index: Int) -> VulkanDeviceDescription {
    let types = ["other", "integrated", "discrete", "virtual", "cpu"]
    let type = Int(properties.deviceType)
    return VulkanDeviceDescription(
      index: index, name: name, type: types.indices.contains(type) ? types[type] : types[0],
      version: VulkanVersion.text(properties.apiVersion), driver: Self.text(properties12.driverName),
      memory: heaps.filter { $0.flags & UInt32(VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0 }.map(\.size).max() ?? 0,
      subgroupSize: Int(properties11.subgroupSize), workgroupInvocations: Int(properties.limits.maxComputeWorkGroupInvocations),
      workgroupMemory: Int(properties.limits.maxComputeSharedMemorySize), features: capabilities, missing: missing)
  }

  /// The text of an array of characters that ends with 0.
  private static func text<T>(_ characters: T) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
