import TesseraCVulkan
import TesseraModuleFormat
import TesseraRuntime

/// The kernels of an executable, each a pipeline. Unchecked: handles never change.
final class VulkanExecutable: Executable, @unchecked Sendable {
  /// A kernel that is ready to run.
  struct Kernel {
    let pipeline: VkPipeline
    /// The invocations of a workgroup.
    let workgroupSize: Int
  }

  private let context: VulkanContext
  /// The kernels, at the indices of the entries.
  private(set) var kernels: [Kernel] = []

  /// Makes a pipeline of each entry's kernel. Errors: one is missing, or the driver refuses it.
  init(_ entries: [KernelEntry], _ image: [UInt8], _ context: VulkanContext) throws(RuntimeError) {
    self.context = context
    let made: [SPIRVKernel]
    do throws(FormatError) { made = try SPIRVImage.decode(image) } catch { throw RuntimeError(error) }
    let bySymbol = Dictionary(made.map { ($0.symbol, $0) }) { first, _ in first }
    for entry in entries {
      guard let kernel = bySymbol[entry.symbol] else {
        throw RuntimeError(.dataLoss, "kernel '\(entry.name)' has no SPIR-V '\(entry.symbol)'", id: "noSPIRV")
      }
      let pipeline: VkPipeline
      do throws(RuntimeError) { pipeline = try makePipeline(kernel) } catch {
        throw RuntimeError(error.code, "kernel '\(entry.name)' cannot be loaded: \(error.message)", id: "cannotLoad")
      }
      kernels.append(Kernel(pipeline: pipeline, workgroupSize: kernel.workgroupSize))
    }
  }

  deinit { for kernel in kernels { context.vk.destroyPipeline(context.device, kernel.pipeline, nil) } }

  private func makePipeline(_ kernel: SPIRVKernel) throws(RuntimeError) -> VkPipeline {
    var shader: VkShaderModule = 0
    let made = kernel.words.withUnsafeBufferPointer { words in
      var info = VkShaderModuleCreateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO)
      info.codeSize = words.count * 4
      info.pCode = words.baseAddress
      return context.vk.createShader(context.device, &info, nil, &shader)
    }
    try VulkanResult.check(made, "vkCreateShaderModule")
    defer { context.vk.destroyShader(context.device, shader, nil) }
    var pipeline: VkPipeline = 0
    let status = "main".withCString { name in
      var info = VkComputePipelineCreateInfo()
      info.sType = UInt32(VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO)
      info.stage.sType = UInt32(VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO)
      info.stage.stage = UInt32(VK_SHADER_STAGE_COMPUTE_BIT)
      info.stage.module = shader
      info.stage.pName = name
      info.layout = context.layout
      info.basePipelineIndex = -1
      return context.vk.createPipelines(context.device, 0, 1, &info, nil, &pipeline)
    }
    try VulkanResult.check(status, "vkCreateComputePipelines")
    return pipeline
  }
}
