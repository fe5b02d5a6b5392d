import TesseraCommandLineOptions
import TesseraDeviceCPU
import TesseraDeviceVulkan
import TesseraFiles

/// `tessera devices`: lists what modules can run on here.
enum DevicesCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera devices", summary: "list the devices of this machine", options: [.flag("json", "print one JSON object")])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode { try print(json: options.has("json")) }

  /// Prints the devices.
  static func print(json: Bool) throws -> ExitCode {
    let features = CPUFeatures.host
    let names = features.names.sorted()
    if json {
      let device = JSON.object([
        ("name", .string("cpu")), ("architecture", .string(features.architecture)), ("model", .string(features.model)),
        ("threads", .integer(ProcessorCount.available)), ("features", .array(names.map { .string($0) })),
      ])
      let portable = JSON.object([
        ("name", .string("portable")), ("architecture", .string("any")), ("model", .string("interpreter")),
        ("threads", .integer(ProcessorCount.available)), ("features", .array([])),
      ])
      try Console.print("\(JSON.object([("devices", .array([device, portable] + VulkanDeviceDescription.all.map(object)))]))\n")
    } else {
      // The features that decide which variant of a module fits.
      let telling = names.filter { name in
        ["avx", "fma", "f16c", "amx", "sse4_2", "asimd", "sve", "i8mm", "bf16"].contains { name.hasPrefix($0) }
      }
      try Console.print(
        "cpu  \(features.architecture)  \(features.model)  \(ProcessorCount.available) threads\n     \(telling.joined(separator: " "))\n"
          + "portable  any  interpreter  \(ProcessorCount.available) threads\n" + VulkanDeviceDescription.all.map(text).joined())
    }
    return .done
  }

  /// A Vulkan device as two lines.
  private static func text(_ device: VulkanDeviceDescription) -> String {
    let second =
      device.missing.isEmpty ? device.features.joined(separator: " ") : "cannot be used: it lacks \(device.missing.joined(separator: ", "))"
    return
      "vulkan://\(device.index)  \(device.name)  \(device.type)  \(device.memory >> 20) MiB  subgroups of \(device.subgroupSize)"
      + "  Vulkan \(device.version) (\(device.driver))\n     \(second)\n"
  }

  private static func object(_ device: VulkanDeviceDescription) -> JSON {
    JSON.object([
      ("name", .string("vulkan://\(device.index)")), ("architecture", .string("spirv")), ("model", .string(device.name)),
      ("type", .string(device.type)), ("memory", .integer(Int(clamping: device.memory))), ("subgroup_size", .integer(device.subgroupSize)),
      ("workgroup_invocations", .integer(device.workgroupInvocations)), ("workgroup_memory", .integer(device.workgroupMemory)),
      ("version", .string(device.version)), ("driver", .string(device.driver)), ("features", .array(device.features.map { .string($0) })),
      ("missing", .array(device.missing.map { .string($0) })),
    ])
  }
}
