import TesseraCommandLineOptions
import TesseraCompiler

/// `tessera-compile roof`: the module by which `tessera bench --roof` measures a machine. Users do not call it themselves.
enum RoofCommand {
  static let declaration = CommandDeclaration(
    name: "tessera-compile roof", summary: "Writes the module by which 'tessera bench --roof' measures a machine.",
    options: [
      .value("output", "FILE", aliases: ["o"], "where the module goes (default: roof.tsm)"),
      .value("target", "TARGET", "as for 'tessera compile'"),
    ])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    try RoofModule(target: Main.target(options)).write(to: options.value("output") ?? "roof.tsm")
    return 0
  }
}
