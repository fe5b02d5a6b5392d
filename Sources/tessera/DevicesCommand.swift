import Tessera
import TesseraCommandLineOptions

/// `tessera devices`: lists what modules can run on here.
enum DevicesCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera devices", summary: "list the devices of this machine", options: [.flag("json", "print one JSON object")])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode { try print(json: options.has("json")) }

  /// Prints the devices.
  static func print(json: Bool) throws -> ExitCode {
    let devices = Devices.all
    if json {
      try Console.print("\(JSON.object([("devices", .array(devices.map(object)))]))\n")
    } else {
      try Console.print(devices.map(text).joined())
    }
    return .done
  }

  /// A device as a line, and one of what tells it from others.
  private static func text(_ device: DeviceProperties) -> String {
    let line = ([device.name, device.architecture, device.model] + device.details.map(\.text)).joined(separator: "  ") + "\n"
    let second =
      device.missing.isEmpty
      ? device.notableFeatures.joined(separator: " ") : "cannot be used: it lacks \(device.missing.joined(separator: ", "))"
    return second.isEmpty ? line : line + "     \(second)\n"
  }

  private static func object(_ device: DeviceProperties) -> JSON {
    let details = device.details.map { detail -> (String, JSON) in
      switch detail.value {
      case .integer(let number): (detail.name, .integer(number))
      case .text(let text): (detail.name, .string(text))
      }
    }
    return JSON.object(
      [("name", .string(device.name)), ("architecture", .string(device.architecture)), ("model", .string(device.model))] + details + [
        ("features", .array(device.features.map { .string($0) })), ("missing", .array(device.missing.map { .string($0) })),
      ])
  }
}
