import TesseraCommandLineOptions
import TesseraDeviceCPU
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
      try Console.print("\(JSON.object([("devices", .array([device, portable]))]))\n")
    } else {
      // The features that decide which variant of a module fits.
      let telling = names.filter { name in
        ["avx", "fma", "f16c", "amx", "sse4_2", "asimd", "sve", "i8mm", "bf16"].contains { name.hasPrefix($0) }
      }
      try Console.print(
        "cpu  \(features.architecture)  \(features.model)  \(ProcessorCount.available) threads\n     \(telling.joined(separator: " "))\n"
          + "portable  any  interpreter  \(ProcessorCount.available) threads\n")
    }
    return .done
  }
}
