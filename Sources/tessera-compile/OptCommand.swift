import CommandLineOptions
import Compiler
import Constants
import Diagnostics
import MLIR
import TargetCPU

/// `tessera opt`: one phase, or several, on MLIR text.
enum OptCommand {
  static let declaration = CommandDeclaration(
    name: "tessera opt", summary: "Runs phases of the compiler on MLIR text, and prints the IR after them.",
    positionals: ["file.mlir"], positionalCount: 0...1,
    options: [
      .value("phase", "PHASE", repeatable: true, "run this phase; several are run in the order of the pipeline"),
      .value("target", "TARGET", "as for 'tessera compile'"),
      .value("packing-spec", "FILE", "as for 'tessera compile'"),
      .value("output", "FILE", aliases: ["o"], "where the text goes (default: standard output)"),
      .flag("list", "list the phases"),
    ], examples: ["tessera opt --phase=dispatch-creation model.mlir"])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    if options.has("list") {
      for phase in Pipeline.phases { print("\(phase.name): \(phase.summary)") }
      return 0
    }
    var compileOptions = CompileOptions()
    compileOptions.target = try Main.target(options)
    compileOptions.packingSpec = try options.value("packing-spec").map { try loadPackingSpec(path: $0) }
    let wanted = options.values("phase")
    let names = Pipeline.phases.map(\.name)
    if let unknown = wanted.first(where: { !names.contains($0) }) {
      throw UsageError("there is no phase '\(unknown)'; the phases are \(names.joined(separator: ", "))")
    }
    if wanted.isEmpty { throw UsageError("say which phase to run with --phase=PHASE; the phases are \(names.joined(separator: ", "))") }
    if wanted.contains("scheduling"), !wanted.contains("codegen") {
      throw UsageError("the phase 'scheduling' needs the kernels of 'codegen': run both, with --phase=codegen --phase=scheduling")
    }
    guard !options.positionals.isEmpty else { throw UsageError("missing argument <file.mlir>; see 'tessera opt --help'") }
    let compilation = try loadModel(path: options.positionals[0], options: compileOptions, observer: nil)
    for name in names where wanted.contains(name) { try compilation.run(from: name, through: name) }
    let text = compilation.module.operation.description + "\n"
    if let output = options.value("output"), output != "-" { try writeText(text, to: output) } else { print(text, terminator: "") }
    return 0
  }
}
