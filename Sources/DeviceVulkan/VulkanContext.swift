import Synchronization
import TesseraCVulkan
import TesseraModuleFormat
import TesseraRuntime

/// A logical device with what all of its parts share. It lives as long as anything that was made of it. Unchecked: handles never change.
final class VulkanContext: @unchecked Sendable {
  let device: VkDevice
  let vk: VulkanFunctions
  /// The queue on which everything runs; one thread at a time submits.
  private let queue: Mutex<VulkanQueue>
  let queueFamily: UInt32
  /// Nanoseconds of a unit of timestamps; 0 where the queue has none.
  let timestampPeriod: Double
  /// The layout of all pipelines: push constants alone.
  let layout: VkPipelineLayout
  /// The most workgroups of a dispatch.
  let workgroupLimit: Int
  /// The types of memory.
  let memoryTypes: VulkanMemoryTypes
  /// The most bytes of an allocation, and of all together.
  let allocationLimit: UInt64

  /// The handle of the queue.
  private struct VulkanQueue: @unchecked Sendable { let handle: VkQueue }

  /// Makes the logical device. Errors: it lacks what every module needs, or the driver refuses.
  init(_ physical: PhysicalDevice, hidesMemory: Bool) throws(RuntimeError) {
    guard physical.missing.isEmpty, let family = physical.computeQueue else {
      throw RuntimeError(
        .failedPrecondition, "the Vulkan device '\(physical.name)' lacks \(physical.missing.joined(separator: ", "))",
        id: "unsuitableVulkan")
    }
    let device = try Self.makeDevice(physical, queueFamily: family.family)
    let vk = try VulkanFunctions(device, physical.library)
    (self.device, self.vk, queueFamily) = (device, vk, family.family)
    var queue: VkQueue?
    vk.getQueue(device, family.family, 0, &queue)
    guard let queue else { throw .noVulkan("the device has no queue") }
    self.queue = Mutex(VulkanQueue(handle: queue))
    timestampPeriod = family.timestampBits == 0 ? 0 : Double(physical.properties.limits.timestampPeriod)
    workgroupLimit = Int(physical.properties.limits.maxComputeWorkGroupCount.0)
    memoryTypes = try VulkanMemoryTypes(physical, hidesMemory: hidesMemory)
    allocationLimit = physical.properties11.maxMemoryAllocationSize
    layout = try Self.makeLayout(device, vk)
  }

  deinit {
    _ = vk.waitIdle(device)
    vk.destroyLayout(device, layout, nil)
    vk.destroyDevice(device, nil)
  }

  /// Makes the logical device with one queue, and all features that kernels may use.
  private static func makeDevice(_ physical: PhysicalDevice, queueFamily: UInt32) throws(RuntimeError) -> VkDevice {
    var features12 = VkPhysicalDeviceVulkan12Features(), features11 = VkPhysicalDeviceVulkan11Features()
    var features = VkPhysicalDeviceFeatures2()
    features12.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES)
    features12.bufferDeviceAddress = 1
    features12.timelineSemaphore = 1
    features12.shaderInt8 = physical.features12.shaderInt8
    features12.shaderFloat16 = physical.features12.shaderFloat16
    features12.storageBuffer8BitAccess = physical.features12.storageBuffer8BitAccess
    features11.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES)
    features11.storageBuffer16BitAccess = physical.features11.storageBuffer16BitAccess
    features.sType = UInt32(VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)
    features.features.shaderInt64 = 1
    features.features.shaderInt16 = physical.features.shaderInt16
    features.features.shaderFloat64 = physical.features.shaderFloat64
    var device: VkDevice?, priority: Float = 1
    let status = withUnsafeMutablePointer(to: &features12) { last in
      withUnsafeMutablePointer(to: &features11) { next in
        next.pointee.pNext = UnsafeMutableRawPointer(last)
        features.pNext = UnsafeMutableRawPointer(next)
        return withUnsafePointer(to: &features) { features in
          withUnsafePointer(to: &priority) { priority in
            var queue = VkDeviceQueueCreateInfo()
            queue.sType = UInt32(VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO)
            queue.queueFamilyIndex = queueFamily
            queue.queueCount = 1
            queue.pQueuePriorities = priority
            return withUnsafePointer(to: &queue) { queue in
              var info = VkDeviceCreateInfo()
              info.sType = UInt32(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO)
              info.pNext = UnsafeRawPointer(features)
              info.queueCreateInfoCount = 1
              info.pQueueCreateInfos = queue
              return physical.library.physical.createDevice(physical.handle, &info, nil, &device)
            }
          }
        }
      }
    }
    guard status == 0, let device else { throw VulkanResult.error(status, "vkCreateDevice on '\(physical.name)'") }
    return device
  }

  private static func makeLayout(_ device: VkDevice, _ vk: VulkanFunctions) throws(RuntimeError) -> VkPipelineLayout {
    var layout: VkPipelineLayout = 0
    var range = VkPushConstantRange(
      stageFlags: UInt32(VK_SHADER_STAGE_COMPUTE_BIT), offset: 0, size: UInt32(SPIRVArguments.byteCount))
    let status = withUnsafePointer(to: &range) { range in
      var info = VkPipelineLayoutCreateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO)
      info.pushConstantRangeCount = 1
      info.pPushConstantRanges = range
      return vk.createLayout(device, &info, nil, &layout)
    }
    try VulkanResult.check(status, "vkCreatePipelineLayout")
    return layout
  }

  /// Submits the commands of a buffer, if any, which raise a timeline semaphore to `value` once they have run.
  func submit(_ commands: VkCommandBuffer?, signaling semaphore: VkSemaphore, value: UInt64) throws(RuntimeError) {
    // The address of a constant must stand while the driver reads it.
    nonisolated(unsafe) let commands = commands
    let status = withUnsafePointer(to: value) { value in
      withUnsafePointer(to: semaphore) { semaphore in
        withUnsafePointer(to: commands) { commands in
          var timeline = VkTimelineSemaphoreSubmitInfo()
          timeline.sType = UInt32(VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO)
          timeline.signalSemaphoreValueCount = 1
          timeline.pSignalSemaphoreValues = value
          return withUnsafePointer(to: &timeline) { timeline in
            var info = VkSubmitInfo()
            info.sType = UInt32(VK_STRUCTURE_TYPE_SUBMIT_INFO)
            info.pNext = UnsafeRawPointer(timeline)
            info.commandBufferCount = commands.pointee == nil ? 0 : 1
            info.pCommandBuffers = commands
            info.signalSemaphoreCount = 1
            info.pSignalSemaphores = semaphore
            return queue.withLock { vk.submit($0.handle, 1, &info, 0) }
          }
        }
      }
    }
    try VulkanResult.check(status, "vkQueueSubmit")
  }

  /// Makes a timeline semaphore whose value is 0.
  func makeSemaphore() throws(RuntimeError) -> VkSemaphore {
    var semaphore: VkSemaphore = 0
    var type = VkSemaphoreTypeCreateInfo()
    type.sType = UInt32(VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO)
    type.semaphoreType = UInt32(VK_SEMAPHORE_TYPE_TIMELINE)
    let status = withUnsafePointer(to: &type) { type in
      var info = VkSemaphoreCreateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO)
      info.pNext = UnsafeRawPointer(type)
      return vk.createSemaphore(device, &info, nil, &semaphore)
    }
    try VulkanResult.check(status, "vkCreateSemaphore")
    return semaphore
  }

  /// Waits until a timeline semaphore has a value; returns `false` if it has not after so many nanoseconds.
  func wait(_ semaphore: VkSemaphore, for value: UInt64, nanoseconds: UInt64) throws(RuntimeError) -> Bool {
    let status = withUnsafePointer(to: value) { value in
      withUnsafePointer(to: semaphore) { semaphore in
        var info = VkSemaphoreWaitInfo()
        info.sType = UInt32(VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO)
        info.semaphoreCount = 1
        info.pSemaphores = semaphore
        info.pValues = value
        return vk.waitSemaphores(device, &info, nanoseconds)
      }
    }
    if status == VK_TIMEOUT { return false }
    try VulkanResult.check(status, "vkWaitSemaphores")
    return true
  }
}
