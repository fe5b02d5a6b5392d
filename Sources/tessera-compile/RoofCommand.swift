import CommandLineOptions
import Compiler
import TargetCPU

/// `tessera-compile roof`: the module by which `tessera bench --roof` measures a machine. Users do not call it themselves.
enum RoofCommand {
  static let declaration = CommandDeclaration(
    name: "tessera-compile roof", summary: "Writes the module by which 'tessera bench --roof' measures a machine.",
    options: [
      .value("output", "FILE", aliases: ["o"], "where the module goes (default: roof.tsm)"),
      .value("target", "TARGET", "as for 'tessera compile'"),
    ])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    let target = try options.value("target").map { try CPUTarget(parsing: $0) } ?? .host
    try RoofModule(target: target).write(to: options.value("output") ?? "roof.tsm")
    return 0
  }
}
