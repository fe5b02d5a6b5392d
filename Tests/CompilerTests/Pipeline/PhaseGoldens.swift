import Foundation

/// The files of the repository, from the tests.
enum Repository {
  /// The folder of the package.
  static let path = String(#filePath[..<(#filePath.firstRange(of: "/Tests/CompilerTests/")?.lowerBound ?? #filePath.endIndex)])

  /// `true` iff expected outputs shall be rewritten (`./dev goldens`).
  static let updatesGoldens = ProcessInfo.processInfo.environment["TESSERA_UPDATE_GOLDENS"] == "1"

  /// The text of a file, by its path in the repository.
  static func text(_ path: String) throws -> String { try String(contentsOfFile: "\(Self.path)/\(path)", encoding: .utf8) }

  /// The bytes of a file, by its path in the repository.
  static func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(Self.path)/\(path)"))) }

  /// Writes a file if that changes it.
  static func write(_ text: String, to path: String) throws {
    if (try? Self.text(path)) == text { return }
    try text.write(toFile: "\(Self.path)/\(path)", atomically: true, encoding: .utf8)
  }

  /// The paths of the files below `folder` with this ending, sorted.
  static func files(below folder: String, ending: String) -> [String] {
    let all = FileManager.default.subpaths(atPath: "\(path)/\(folder)") ?? []
    return all.filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
  }

  /// What differs first, for messages of tests: a line with its number in both texts.
  static func difference(_ found: String, _ expected: String) -> String {
    let a = found.split(separator: "\n", omittingEmptySubsequences: false)
    let b = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
    func shown(_ lines: [Substring]) -> String { line < lines.count ? "'\(lines[line])'" : "nothing" }
    return "line \(line + 1) is \(shown(a)), expected \(shown(b)); `./dev goldens` takes over what is found"
  }
}

/// One golden of a phase, `Tests/Phases/<phase>/<rule>.mlir`: the rule in words, input IR, and what stands there after the phase.
///
///     // What the phase does with this.
///     // TARGET: cpu=x86-64-v4
///     // FROM: input
///     // PACKING: * => generic-gemm m=8 n=16 k=1
///     func.func @f(...) ...
///
///     // EXPECT
///     // func.func @f(...) ...
///
/// `FROM` is the first phase that runs, if it is not the one of the folder; `PACKING` is a line of a packing spec. The expectation is in comments,
/// so `tessera opt --phase=<phase>` runs on the file as it is.
struct PhaseGolden {
  /// The path in the repository.
  let path: String
  /// The folder's name.
  let phase: String
  /// Everything before the expectation.
  let input: String
  /// The IR after the phase, without comment marks.
  let expected: String

  static let marker = "// EXPECT\n"

  init(path: String) throws {
    self.path = path
    phase = String(path.split(separator: "/")[2])
    let text = try Repository.text(path)
    let start = text.firstRange(of: Self.marker)
    input = String(text[..<(start?.lowerBound ?? text.endIndex)])
    expected =
      start.map {
        text[$0.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).map(Self.uncommented).joined(separator: "\n")
      } ?? ""
  }

  /// The target of the phase: machines must not differ.
  var target: String {
    lines(of: "TARGET").first ?? "cpu=x86-64-v4"
  }

  /// The first phase that runs.
  var first: String { lines(of: "FROM").first ?? phase }

  /// The text of the packing spec.
  var packings: String { lines(of: "PACKING").joined(separator: "\n") }

  private func lines(of key: String) -> [String] {
    input.split(separator: "\n").filter { $0.hasPrefix("// \(key): ") }.map { String($0.dropFirst(key.count + 5)) }
  }

  /// The file with another expectation.
  func text(expecting output: String) -> String {
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return input + Self.marker + lines.map { $0.isEmpty ? "//\n" : "// \($0)\n" }.joined()
  }

  private static func uncommented(_ line: Substring) -> Substring { line.hasPrefix("// ") ? line.dropFirst(3) : line == "//" ? "" : line }
}
