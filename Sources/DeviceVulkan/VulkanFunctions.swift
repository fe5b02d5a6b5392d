import TesseraCVulkan
import TesseraRuntime

/// The functions of a logical device, which the driver gives without a step in between.
struct VulkanFunctions {
  let destroyDevice: VkDestroyDevice
  let waitIdle: VkDeviceWaitIdle
  let getQueue: VkGetDeviceQueue
  let submit: VkQueueSubmit

  let createBuffer: VkCreateBuffer
  let destroyBuffer: VkDestroyHandle
  let bufferRequirements: VkGetBufferMemoryRequirements
  let allocateMemory: VkAllocateMemory
  let freeMemory: VkDestroyHandle
  let bindMemory: VkBindBufferMemory
  let mapMemory: VkMapMemory
  let bufferAddress: VkGetBufferDeviceAddress

  let createShader: VkCreateShaderModule
  let destroyShader: VkDestroyHandle
  let createLayout: VkCreatePipelineLayout
  let destroyLayout: VkDestroyHandle
  let createPipelines: VkCreateComputePipelines
  let destroyPipeline: VkDestroyHandle

  let createCommandPool: VkCreateCommandPool
  let destroyCommandPool: VkDestroyHandle
  let allocateCommands: VkAllocateCommandBuffers
  let begin: VkBeginCommandBuffer
  let end: VkEndCommandBuffer
  let bindPipeline: VkCmdBindPipeline
  let pushConstants: VkCmdPushConstants
  let dispatch: VkCmdDispatch
  let copy: VkCmdCopyBuffer
  let fill: VkCmdFillBuffer
  let barrier: VkCmdPipelineBarrier

  let createQueries: VkCreateQueryPool
  let destroyQueries: VkDestroyHandle
  let resetQueries: VkCmdResetQueryPool
  let writeTimestamp: VkCmdWriteTimestamp
  let queryResults: VkGetQueryPoolResults
  let createSemaphore: VkCreateSemaphore
  let destroySemaphore: VkDestroyHandle
  let waitSemaphores: VkWaitSemaphores
  let semaphoreValue: VkGetSemaphoreCounterValue

  /// Finds the functions of a device. Errors: the driver lacks one.
  init(_ device: VkDevice, _ library: VulkanLibrary) throws(RuntimeError) {
    let find: VkGetDeviceProcAddr = try library.function("vkGetDeviceProcAddr")
    func function<F>(_ name: String) throws(RuntimeError) -> F {
      guard let found = find(device, name) else { throw .noVulkan("the driver has no function '\(name)'") }
      return unsafeBitCast(found, to: F.self)
    }
    destroyDevice = try function("vkDestroyDevice")
    waitIdle = try function("vkDeviceWaitIdle")
    getQueue = try function("vkGetDeviceQueue")
    submit = try function("vkQueueSubmit")
    createBuffer = try function("vkCreateBuffer")
    destroyBuffer = try function("vkDestroyBuffer")
    bufferRequirements = try function("vkGetBufferMemoryRequirements")
    allocateMemory = try function("vkAllocateMemory")
    freeMemory = try function("vkFreeMemory")
    bindMemory = try function("vkBindBufferMemory")
    mapMemory = try function("vkMapMemory")
    bufferAddress = try function("vkGetBufferDeviceAddress")
    createShader = try function("vkCreateShaderModule")
    destroyShader = try function("vkDestroyShaderModule")
    createLayout = try function("vkCreatePipelineLayout")
    destroyLayout = try function("vkDestroyPipelineLayout")
    createPipelines = try function("vkCreateComputePipelines")
    destroyPipeline = try function("vkDestroyPipeline")
    createCommandPool = try function("vkCreateCommandPool")
    destroyCommandPool = try function("vkDestroyCommandPool")
    allocateCommands = try function("vkAllocateCommandBuffers")
    begin = try function("vkBeginCommandBuffer")
    end = try function("vkEndCommandBuffer")
    bindPipeline = try function("vkCmdBindPipeline")
    pushConstants = try function("vkCmdPushConstants")
    dispatch = try function("vkCmdDispatch")
    copy = try function("vkCmdCopyBuffer")
    fill = try function("vkCmdFillBuffer")
    barrier = try function("vkCmdPipelineBarrier")
    createQueries = try function("vkCreateQueryPool")
    destroyQueries = try function("vkDestroyQueryPool")
    resetQueries = try function("vkCmdResetQueryPool")
    writeTimestamp = try function("vkCmdWriteTimestamp")
    queryResults = try function("vkGetQueryPoolResults")
    createSemaphore = try function("vkCreateSemaphore")
    destroySemaphore = try function("vkDestroySemaphore")
    waitSemaphores = try function("vkWaitSemaphores")
    semaphoreValue = try function("vkGetSemaphoreCounterValue")
  }
}
