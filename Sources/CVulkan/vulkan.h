// The part of Vulkan 1.2 that the device uses, for 64-bit machines: declarations alone, so that no header is needed to build and no library to link.
#pragma once
#include <stddef.h>
#include <stdint.h>

// MARK: handles

typedef struct VkInstance_T *VkInstance;
typedef struct VkPhysicalDevice_T *VkPhysicalDevice;
typedef struct VkDevice_T *VkDevice;
typedef struct VkQueue_T *VkQueue;
typedef struct VkCommandBuffer_T *VkCommandBuffer;
typedef uint64_t VkBuffer, VkDeviceMemory, VkSemaphore, VkShaderModule, VkPipelineLayout, VkPipelineCache, VkPipeline, VkCommandPool, VkQueryPool;
typedef int32_t VkResult;

// MARK: numbers

enum {
  VK_SUCCESS = 0,
  VK_TIMEOUT = 2,
  VK_STRUCTURE_TYPE_APPLICATION_INFO = 0,
  VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO = 1,
  VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO = 2,
  VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO = 3,
  VK_STRUCTURE_TYPE_SUBMIT_INFO = 4,
  VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO = 5,
  VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO = 9,
  VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO = 11,
  VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO = 12,
  VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO = 16,
  VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO = 18,
  VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO = 29,
  VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO = 30,
  VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO = 39,
  VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO = 40,
  VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO = 42,
  VK_STRUCTURE_TYPE_MEMORY_BARRIER = 46,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES = 49,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES = 50,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES = 51,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES = 52,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2 = 1000059000,
  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2 = 1000059001,
  VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO = 1000060000,
  VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO = 1000207002,
  VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO = 1000207003,
  VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO = 1000207004,
  VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO = 1000244001,
  VK_BUFFER_USAGE_TRANSFER_SRC_BIT = 0x1,
  VK_BUFFER_USAGE_TRANSFER_DST_BIT = 0x2,
  VK_BUFFER_USAGE_STORAGE_BUFFER_BIT = 0x20,
  VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT = 0x20000,
  VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT = 0x2,
  VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT = 0x1,
  VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT = 0x2,
  VK_MEMORY_PROPERTY_HOST_COHERENT_BIT = 0x4,
  VK_MEMORY_PROPERTY_HOST_CACHED_BIT = 0x8,
  VK_MEMORY_HEAP_DEVICE_LOCAL_BIT = 0x1,
  VK_QUEUE_COMPUTE_BIT = 0x2,
  VK_SHADER_STAGE_COMPUTE_BIT = 0x20,
  VK_PIPELINE_BIND_POINT_COMPUTE = 1,
  VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT = 0x2,
  VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT = 0x1,
  VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT = 0x800,
  VK_PIPELINE_STAGE_TRANSFER_BIT = 0x1000,
  VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT = 0x2000,
  VK_PIPELINE_STAGE_HOST_BIT = 0x4000,
  VK_ACCESS_SHADER_READ_BIT = 0x20,
  VK_ACCESS_SHADER_WRITE_BIT = 0x40,
  VK_ACCESS_TRANSFER_READ_BIT = 0x800,
  VK_ACCESS_TRANSFER_WRITE_BIT = 0x1000,
  VK_ACCESS_HOST_READ_BIT = 0x2000,
  VK_SEMAPHORE_TYPE_TIMELINE = 1,
  VK_QUERY_TYPE_TIMESTAMP = 2,
  VK_QUERY_RESULT_64_BIT = 0x1,
  VK_QUERY_RESULT_WAIT_BIT = 0x2,
};

// MARK: instance

typedef struct { uint32_t sType; const void *pNext; const char *pApplicationName; uint32_t applicationVersion; const char *pEngineName; uint32_t engineVersion, apiVersion; } VkApplicationInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags; const VkApplicationInfo *pApplicationInfo; uint32_t enabledLayerCount; const char *const *ppEnabledLayerNames; uint32_t enabledExtensionCount; const char *const *ppEnabledExtensionNames; } VkInstanceCreateInfo;

// MARK: what a device says of itself

typedef struct {
  uint32_t maxImageDimension1D, maxImageDimension2D, maxImageDimension3D, maxImageDimensionCube, maxImageArrayLayers, maxTexelBufferElements;
  uint32_t maxUniformBufferRange, maxStorageBufferRange, maxPushConstantsSize, maxMemoryAllocationCount, maxSamplerAllocationCount;
  uint64_t bufferImageGranularity, sparseAddressSpaceSize;
  uint32_t descriptorAndVertexLimits[38];
  uint32_t maxComputeSharedMemorySize, maxComputeWorkGroupCount[3], maxComputeWorkGroupInvocations, maxComputeWorkGroupSize[3];
  uint32_t subPixelPrecisionBits, subTexelPrecisionBits, mipmapPrecisionBits, maxDrawIndexedIndexValue, maxDrawIndirectCount;
  float maxSamplerLodBias, maxSamplerAnisotropy;
  uint32_t maxViewports, maxViewportDimensions[2];
  float viewportBoundsRange[2];
  uint32_t viewportSubPixelBits;
  size_t minMemoryMapAlignment;
  uint64_t minTexelBufferOffsetAlignment, minUniformBufferOffsetAlignment, minStorageBufferOffsetAlignment;
  uint32_t texelAndInterpolation[7], framebufferLimits[14];
  uint32_t timestampComputeAndGraphics;
  float timestampPeriod;
  uint32_t maxClipDistances, maxCullDistances, maxCombinedClipAndCullDistances, discreteQueuePriorities;
  float pointSizeRange[2], lineWidthRange[2], pointSizeGranularity, lineWidthGranularity;
  uint32_t strictLines, standardSampleLocations;
  uint64_t optimalBufferCopyOffsetAlignment, optimalBufferCopyRowPitchAlignment, nonCoherentAtomSize;
} VkPhysicalDeviceLimits;
typedef struct {
  uint32_t apiVersion, driverVersion, vendorID, deviceID, deviceType;
  char deviceName[256];
  uint8_t pipelineCacheUUID[16];
  VkPhysicalDeviceLimits limits;
  uint32_t sparseProperties[5];
} VkPhysicalDeviceProperties;
typedef struct { uint32_t sType; void *pNext; VkPhysicalDeviceProperties properties; } VkPhysicalDeviceProperties2;
typedef struct {
  uint32_t sType; void *pNext; uint8_t deviceUUID[16], driverUUID[16], deviceLUID[8]; uint32_t deviceNodeMask, deviceLUIDValid;
  uint32_t subgroupSize, subgroupSupportedStages, subgroupSupportedOperations, subgroupQuadOperationsInAllStages;
  uint32_t pointClippingBehavior, maxMultiviewViewCount, maxMultiviewInstanceIndex, protectedNoFault, maxPerSetDescriptors;
  uint64_t maxMemoryAllocationSize;
} VkPhysicalDeviceVulkan11Properties;
typedef struct {
  uint32_t sType; void *pNext; uint32_t driverID; char driverName[256], driverInfo[256]; uint8_t conformanceVersion[4];
  uint32_t denormBehaviorIndependence, roundingModeIndependence;
  uint32_t shaderSignedZeroInfNanPreserveFloat16, shaderSignedZeroInfNanPreserveFloat32, shaderSignedZeroInfNanPreserveFloat64;
  uint32_t shaderDenormPreserveFloat16, shaderDenormPreserveFloat32, shaderDenormPreserveFloat64;
  uint32_t shaderDenormFlushToZeroFloat16, shaderDenormFlushToZeroFloat32, shaderDenormFlushToZeroFloat64;
  uint32_t shaderRoundingModeRTEFloat16, shaderRoundingModeRTEFloat32, shaderRoundingModeRTEFloat64;
  uint32_t shaderRoundingModeRTZFloat16, shaderRoundingModeRTZFloat32, shaderRoundingModeRTZFloat64;
  uint32_t descriptorIndexingLimits[23];
  uint32_t supportedDepthResolveModes, supportedStencilResolveModes, independentResolveNone, independentResolve;
  uint32_t filterMinmaxSingleComponentFormats, filterMinmaxImageComponentMapping;
  uint64_t maxTimelineSemaphoreValueDifference;
  uint32_t framebufferIntegerColorSampleCounts;
} VkPhysicalDeviceVulkan12Properties;
typedef struct { uint32_t beforeShaderFloat64[39], shaderFloat64, shaderInt64, shaderInt16, afterShaderInt16[13]; } VkPhysicalDeviceFeatures;
typedef struct { uint32_t sType; void *pNext; VkPhysicalDeviceFeatures features; } VkPhysicalDeviceFeatures2;
typedef struct {
  uint32_t sType; void *pNext; uint32_t storageBuffer16BitAccess, uniformAndStorageBuffer16BitAccess, storagePushConstant16, storageInputOutput16;
  uint32_t multiview[3], variablePointersStorageBuffer, variablePointers, protectedMemory, samplerYcbcrConversion, shaderDrawParameters;
} VkPhysicalDeviceVulkan11Features;
typedef struct {
  uint32_t sType; void *pNext; uint32_t samplerMirrorClampToEdge, drawIndirectCount, storageBuffer8BitAccess, uniformAndStorageBuffer8BitAccess;
  uint32_t storagePushConstant8, shaderBufferInt64Atomics, shaderSharedInt64Atomics, shaderFloat16, shaderInt8;
  uint32_t descriptorIndexing[21], samplerFilterMinmax, scalarBlockLayout, imagelessFramebuffer, uniformBufferStandardLayout;
  uint32_t shaderSubgroupExtendedTypes, separateDepthStencilLayouts, hostQueryReset, timelineSemaphore;
  uint32_t bufferDeviceAddress, bufferDeviceAddressCaptureReplay, bufferDeviceAddressMultiDevice, vulkanMemoryModel;
  uint32_t vulkanMemoryModelDeviceScope, vulkanMemoryModelAvailabilityVisibilityChains;
  uint32_t shaderOutputViewportIndex, shaderOutputLayer, subgroupBroadcastDynamicId;
} VkPhysicalDeviceVulkan12Features;
typedef struct { uint32_t propertyFlags, heapIndex; } VkMemoryType;
typedef struct { uint64_t size; uint32_t flags; } VkMemoryHeap;
typedef struct { uint32_t memoryTypeCount; VkMemoryType memoryTypes[32]; uint32_t memoryHeapCount; VkMemoryHeap memoryHeaps[16]; } VkPhysicalDeviceMemoryProperties;
typedef struct { uint32_t queueFlags, queueCount, timestampValidBits, minImageTransferGranularity[3]; } VkQueueFamilyProperties;

// MARK: device and memory

typedef struct { uint32_t sType; const void *pNext; uint32_t flags, queueFamilyIndex, queueCount; const float *pQueuePriorities; } VkDeviceQueueCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags, queueCreateInfoCount; const VkDeviceQueueCreateInfo *pQueueCreateInfos; uint32_t enabledLayerCount; const char *const *ppEnabledLayerNames; uint32_t enabledExtensionCount; const char *const *ppEnabledExtensionNames; const void *pEnabledFeatures; } VkDeviceCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags; uint64_t size; uint32_t usage, sharingMode, queueFamilyIndexCount; const uint32_t *pQueueFamilyIndices; } VkBufferCreateInfo;
typedef struct { uint64_t size, alignment; uint32_t memoryTypeBits; } VkMemoryRequirements;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags, deviceMask; } VkMemoryAllocateFlagsInfo;
typedef struct { uint32_t sType; const void *pNext; uint64_t allocationSize; uint32_t memoryTypeIndex; } VkMemoryAllocateInfo;
typedef struct { uint32_t sType; const void *pNext; VkBuffer buffer; } VkBufferDeviceAddressInfo;

// MARK: kernels

typedef struct { uint32_t sType; const void *pNext; uint32_t flags; size_t codeSize; const uint32_t *pCode; } VkShaderModuleCreateInfo;
typedef struct { uint32_t stageFlags, offset, size; } VkPushConstantRange;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags, setLayoutCount; const uint64_t *pSetLayouts; uint32_t pushConstantRangeCount; const VkPushConstantRange *pPushConstantRanges; } VkPipelineLayoutCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags, stage; VkShaderModule module; const char *pName; const void *pSpecializationInfo; } VkPipelineShaderStageCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags; VkPipelineShaderStageCreateInfo stage; VkPipelineLayout layout; VkPipeline basePipelineHandle; int32_t basePipelineIndex; } VkComputePipelineCreateInfo;

// MARK: commands

typedef struct { uint32_t sType; const void *pNext; uint32_t flags, queueFamilyIndex; } VkCommandPoolCreateInfo;
typedef struct { uint32_t sType; const void *pNext; VkCommandPool commandPool; uint32_t level, commandBufferCount; } VkCommandBufferAllocateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags; const void *pInheritanceInfo; } VkCommandBufferBeginInfo;
typedef struct { uint64_t srcOffset, dstOffset, size; } VkBufferCopy;
typedef struct { uint32_t sType; const void *pNext; uint32_t srcAccessMask, dstAccessMask; } VkMemoryBarrier;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags, queryType, queryCount, pipelineStatistics; } VkQueryPoolCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t semaphoreType; uint64_t initialValue; } VkSemaphoreTypeCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags; } VkSemaphoreCreateInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t waitSemaphoreValueCount; const uint64_t *pWaitSemaphoreValues; uint32_t signalSemaphoreValueCount; const uint64_t *pSignalSemaphoreValues; } VkTimelineSemaphoreSubmitInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t waitSemaphoreCount; const VkSemaphore *pWaitSemaphores; const uint32_t *pWaitDstStageMask; uint32_t commandBufferCount; const VkCommandBuffer *pCommandBuffers; uint32_t signalSemaphoreCount; const VkSemaphore *pSignalSemaphores; } VkSubmitInfo;
typedef struct { uint32_t sType; const void *pNext; uint32_t flags, semaphoreCount; const VkSemaphore *pSemaphores; const uint64_t *pValues; } VkSemaphoreWaitInfo;

// MARK: functions

typedef void (*VkFunction)(void);
typedef VkFunction (*VkGetInstanceProcAddr)(VkInstance, const char *);
typedef VkFunction (*VkGetDeviceProcAddr)(VkDevice, const char *);
typedef VkResult (*VkCreateInstance)(const VkInstanceCreateInfo *, const void *, VkInstance *);
typedef VkResult (*VkEnumeratePhysicalDevices)(VkInstance, uint32_t *, VkPhysicalDevice *);
typedef void (*VkGetPhysicalDeviceProperties2)(VkPhysicalDevice, VkPhysicalDeviceProperties2 *);
typedef void (*VkGetPhysicalDeviceFeatures2)(VkPhysicalDevice, VkPhysicalDeviceFeatures2 *);
typedef void (*VkGetPhysicalDeviceMemoryProperties)(VkPhysicalDevice, VkPhysicalDeviceMemoryProperties *);
typedef void (*VkGetPhysicalDeviceQueueFamilyProperties)(VkPhysicalDevice, uint32_t *, VkQueueFamilyProperties *);
typedef VkResult (*VkCreateDevice)(VkPhysicalDevice, const VkDeviceCreateInfo *, const void *, VkDevice *);
typedef void (*VkDestroyDevice)(VkDevice, const void *);
typedef VkResult (*VkDeviceWaitIdle)(VkDevice);
typedef void (*VkGetDeviceQueue)(VkDevice, uint32_t, uint32_t, VkQueue *);
typedef VkResult (*VkQueueSubmit)(VkQueue, uint32_t, const VkSubmitInfo *, uint64_t);
typedef VkResult (*VkCreateBuffer)(VkDevice, const VkBufferCreateInfo *, const void *, VkBuffer *);
typedef void (*VkDestroyHandle)(VkDevice, uint64_t, const void *);
typedef void (*VkGetBufferMemoryRequirements)(VkDevice, VkBuffer, VkMemoryRequirements *);
typedef VkResult (*VkAllocateMemory)(VkDevice, const VkMemoryAllocateInfo *, const void *, VkDeviceMemory *);
typedef VkResult (*VkBindBufferMemory)(VkDevice, VkBuffer, VkDeviceMemory, uint64_t);
typedef VkResult (*VkMapMemory)(VkDevice, VkDeviceMemory, uint64_t, uint64_t, uint32_t, void **);
typedef uint64_t (*VkGetBufferDeviceAddress)(VkDevice, const VkBufferDeviceAddressInfo *);
typedef VkResult (*VkCreateShaderModule)(VkDevice, const VkShaderModuleCreateInfo *, const void *, VkShaderModule *);
typedef VkResult (*VkCreatePipelineLayout)(VkDevice, const VkPipelineLayoutCreateInfo *, const void *, VkPipelineLayout *);
typedef VkResult (*VkCreateComputePipelines)(VkDevice, VkPipelineCache, uint32_t, const VkComputePipelineCreateInfo *, const void *, VkPipeline *);
typedef VkResult (*VkCreateCommandPool)(VkDevice, const VkCommandPoolCreateInfo *, const void *, VkCommandPool *);
typedef VkResult (*VkAllocateCommandBuffers)(VkDevice, const VkCommandBufferAllocateInfo *, VkCommandBuffer *);
typedef VkResult (*VkBeginCommandBuffer)(VkCommandBuffer, const VkCommandBufferBeginInfo *);
typedef VkResult (*VkEndCommandBuffer)(VkCommandBuffer);
typedef void (*VkCmdBindPipeline)(VkCommandBuffer, uint32_t, VkPipeline);
typedef void (*VkCmdPushConstants)(VkCommandBuffer, VkPipelineLayout, uint32_t, uint32_t, uint32_t, const void *);
typedef void (*VkCmdDispatch)(VkCommandBuffer, uint32_t, uint32_t, uint32_t);
typedef void (*VkCmdCopyBuffer)(VkCommandBuffer, VkBuffer, VkBuffer, uint32_t, const VkBufferCopy *);
typedef void (*VkCmdFillBuffer)(VkCommandBuffer, VkBuffer, uint64_t, uint64_t, uint32_t);
typedef void (*VkCmdPipelineBarrier)(VkCommandBuffer, uint32_t, uint32_t, uint32_t, uint32_t, const VkMemoryBarrier *, uint32_t, const void *, uint32_t, const void *);
typedef VkResult (*VkCreateQueryPool)(VkDevice, const VkQueryPoolCreateInfo *, const void *, VkQueryPool *);
typedef void (*VkCmdResetQueryPool)(VkCommandBuffer, VkQueryPool, uint32_t, uint32_t);
typedef void (*VkCmdWriteTimestamp)(VkCommandBuffer, uint32_t, VkQueryPool, uint32_t);
typedef VkResult (*VkGetQueryPoolResults)(VkDevice, VkQueryPool, uint32_t, uint32_t, size_t, void *, uint64_t, uint32_t);
typedef VkResult (*VkCreateSemaphore)(VkDevice, const VkSemaphoreCreateInfo *, const void *, VkSemaphore *);
typedef VkResult (*VkWaitSemaphores)(VkDevice, const VkSemaphoreWaitInfo *, uint64_t);
typedef VkResult (*VkGetSemaphoreCounterValue)(VkDevice, VkSemaphore, uint64_t *);
