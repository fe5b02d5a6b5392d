import TesseraCompiler
import TesseraDiagnostics
import TesseraEncodings
import TesseraTargetCPU
import Testing

/// Every phase on small programs: `Tests/Phases/<phase>/*.mlir`, one rule a file.
@Suite struct PhaseGoldensTests {
  static let files = Repository.files(below: "Tests/Phases", ending: ".mlir")

  /// Runs the phase and compares with the file, or rewrites the file.
  @Test(arguments: files) func golden(path: String) throws {
    let golden = try PhaseGolden(path: path)
    try #require(Pipeline.phases.contains { $0.name == golden.phase }, "the folder of '\(path)' has the name of no phase")
    var options = CompileOptions()
    options.target = try Targets.parse(golden.target)
    options.packingSpec = try PackingSpec(golden.packings)
    let compilation = try loadModel(path: "\(Repository.path)/\(path)", options: options, observer: nil)
    try compilation.run(from: golden.first, through: golden.phase)
    // Locations in messages have the path: the file must not say where the repository is.
    let output = (compilation.module.operation.description + "\n").replacing("\(Repository.path)/\(path)", with: "FILE")
    if Repository.updatesGoldens {
      try Repository.write(golden.text(expecting: output), to: path)
    } else {
      #expect(output == golden.expected, "\(Repository.difference(output, golden.expected))")
    }
  }

  /// The folders that users of the goldens rely on have files.
  @Test(arguments: ["input", "global-optimization", "specialization", "dispatch-creation"]) func exists(phase: String) {
    #expect(Self.files.count { $0.hasPrefix("Tests/Phases/\(phase)/") } >= 4)
  }
}
