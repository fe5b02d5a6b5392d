import TesseraCVulkan
import TesseraLibC
import TesseraRuntime

/// The system's Vulkan loader and our instance of it, made once for the process and never given back: drivers do not like to be loaded twice.
final class VulkanLibrary: @unchecked Sendable {
  /// The library, or why there is none.
  static let shared: Result<VulkanLibrary, RuntimeError> = Result { () throws(RuntimeError) in try VulkanLibrary() }

  /// The instance.
  let instance: VkInstance
  /// The functions on physical devices.
  let physical: PhysicalDeviceFunctions
  private let instanceFunction: VkGetInstanceProcAddr

  private init() throws(RuntimeError) {
    guard let library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(library, "vkGetInstanceProcAddr") else {
      throw .noVulkan("the library 'libvulkan.so.1' is not there")
    }
    let find = unsafeBitCast(symbol, to: VkGetInstanceProcAddr.self)
    instanceFunction = find
    let create: VkCreateInstance = try Self.function("vkCreateInstance", of: nil, find)
    var application = VkApplicationInfo()
    application.sType = UInt32(VK_STRUCTURE_TYPE_APPLICATION_INFO)
    application.apiVersion = VulkanVersion.wanted
    var made: VkInstance?
    let status = withUnsafePointer(to: application) { application in
      var info = VkInstanceCreateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO)
      info.pApplicationInfo = application
      return create(&info, nil, &made)
    }
    guard status == 0, let made else { throw .noVulkan("the loader finds no driver (\(VulkanResult.name(status)))") }
    instance = made
    physical = PhysicalDeviceFunctions(
      enumerate: try Self.function("vkEnumeratePhysicalDevices", of: made, find),
      properties: try Self.function("vkGetPhysicalDeviceProperties2", of: made, find),
      features: try Self.function("vkGetPhysicalDeviceFeatures2", of: made, find),
      memory: try Self.function("vkGetPhysicalDeviceMemoryProperties", of: made, find),
      queues: try Self.function("vkGetPhysicalDeviceQueueFamilyProperties", of: made, find),
      createDevice: try Self.function("vkCreateDevice", of: made, find))
  }

  /// Returns a function of the instance. Errors: the loader has none of the name.
  func function<F>(_ name: String) throws(RuntimeError) -> F { try Self.function(name, of: instance, instanceFunction) }

  private static func function<F>(_ name: String, of instance: VkInstance?, _ find: VkGetInstanceProcAddr) throws(RuntimeError) -> F {
    guard let found = find(instance, name) else { throw .noVulkan("the loader has no function '\(name)'") }
    return unsafeBitCast(found, to: F.self)
  }

  /// Returns the physical devices, in the driver's order.
  func devices() throws(RuntimeError) -> [VkPhysicalDevice] {
    var count: UInt32 = 0
    try VulkanResult.check(physical.enumerate(instance, &count, nil), "vkEnumeratePhysicalDevices")
    var devices = [VkPhysicalDevice?](repeating: nil, count: Int(count))
    try VulkanResult.check(physical.enumerate(instance, &count, &devices), "vkEnumeratePhysicalDevices")
    return devices.prefix(Int(count)).compactMap { $0 }
  }
}

/// The functions that ask physical devices.
struct PhysicalDeviceFunctions {
  let enumerate: VkEnumeratePhysicalDevices
  let properties: VkGetPhysicalDeviceProperties2
  let features: VkGetPhysicalDeviceFeatures2
  let memory: VkGetPhysicalDeviceMemoryProperties
  let queues: VkGetPhysicalDeviceQueueFamilyProperties
  let createDevice: VkCreateDevice
}

/// Versions of the interface, as Vulkan packs them.
enum VulkanVersion {
  /// The version that we use: 1.2 has addresses of buffers and timeline semaphores.
  static let wanted: UInt32 = 1 << 22 | 2 << 12

  /// The version as text.
  static func text(_ version: UInt32) -> String { "\(version >> 22 & 0x7F).\(version >> 12 & 0x3FF).\(version & 0xFFF)" }
}
