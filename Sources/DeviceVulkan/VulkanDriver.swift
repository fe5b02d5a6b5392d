public import TesseraRuntime

/// The devices of this machine that have a Vulkan driver.
public struct VulkanDriver: DeviceDriver {
  public let kind = "vulkan"

  public init() {}

  public var devices: [DeviceProperties] {
    VulkanDeviceDescription.all.map { device in
      DeviceProperties(
        name: "\(kind)://\(device.index)", architecture: "spirv", model: device.name,
        details: [
          .init("type", .text(device.type), text: device.type),
          .init("memory", .integer(Int(clamping: device.memory)), text: "\(device.memory >> 20) MiB"),
          .init("subgroup_size", .integer(device.subgroupSize), text: "subgroups of \(device.subgroupSize)"),
          .init("workgroup_invocations", .integer(device.workgroupInvocations), text: "workgroups of \(device.workgroupInvocations)"),
          .init("workgroup_memory", .integer(device.workgroupMemory), text: "\(device.workgroupMemory >> 10) KiB each"),
          .init("version", .text(device.version), text: "Vulkan \(device.version)"),
          .init("driver", .text(device.driver), text: "(\(device.driver))"),
        ], features: device.features, notableFeatures: device.features, missing: device.missing)
    }
  }

  public func makeDevice(_ index: Int?, threads: Int?) throws(RuntimeError) -> any Device { try VulkanDevice(index: index) }
}
