import Foundation
import TesseraImportONNX
import Testing

/// What the README shows is what happens.
@Suite(.enabled(if: Programs.folder != nil, "needs the built programs beside the tests")) struct ReadmeTests {
  /// The blocks of a language, in order.
  private static func blocks(_ language: String, in text: String) -> [String] {
    text.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  /// A pattern that any number matches: times and sizes differ from machine to machine.
  private static func masked(_ text: String) -> [String] {
    text.replacing(/[0-9]+(\.[0-9]+)? ?(ns|µs|us|ms|s|B|KiB|MiB)\b/, with: "N").replacing(#/ +/#, with: " ")
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test func isShort() throws {
    #expect(try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 121)
  }

  /// The number of operators is that of the table.
  @Test func countsOperators() throws {
    let rows = supportedOperators().count
    #expect(try Repository.text("README.md").contains("| \(rows) ONNX operators |"), "the table has \(rows) operators")
  }

  /// All documents, by their paths.
  private static let documents = ["README.md", "CHANGELOG.md", "SECURITY.md"] + Repository.files(below: "docs", ending: ".md")

  /// Links in documents lead to files.
  @Test(arguments: documents) func links(path: String) throws {
    let folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : ""
    for match in try Repository.text(path).matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
      let target = "\(Repository.path)/\(folder)/\(match.output.1)"
      #expect(FileManager.default.fileExists(atPath: target), "\(path) links to '\(match.output.1)', which is not there")
    }
  }

  /// The commands of the tour, in a folder with the program that the README shows; lines of `...` stand for any lines.
  @Test func tour() throws {
    let readme = try Repository.text("README.md")
    let folder = try ScratchFolder()
    let program = try #require(Self.blocks("mlir", in: readme).first)
    try program.write(toFile: "\(folder.path)/matmul.mlir", atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/Examples", withDestinationPath: "\(Repository.path)/Examples")
    let commands = Self.blocks("console", in: readme).flatMap { ConsoleDocument("```console\n\($0)```\n").cases }
    var run = 0
    for item in commands where item.command.hasPrefix("bin/tessera") {
      run += 1
      let result = try Programs.run(item.command.replacing("bin/tessera", with: "tessera"), in: folder.path)
      #expect(result.code == 0, "\(item.command): \(result.text)")
      var found = Self.masked(result.text)[...]
      // Each run of lines between '...' stands somewhere in the rest of what was found.
      for part in item.expected.components(separatedBy: "...\n") {
        let lines = Self.masked(part)
        guard !lines.isEmpty, !item.command.contains("bench") else { continue }
        let start = found.indices.first { found[$0...].starts(with: lines) }
        guard let start else {
          Issue.record("`\(item.command)` does not print\n\(lines.joined(separator: "\n"))\nbut\n\(result.text)")
          break
        }
        found = found[(start + lines.count)...]
      }
    }
    #expect(run >= 5)
  }

  /// The Swift program of the README, as a package of its own that depends on the runtime library by path.
  @Test func swiftSlow() throws {
    let readme = try Repository.text("README.md")
    let source = try #require(Self.blocks("swift", in: readme).first { $0.contains("import Tessera\n") })
    let manifest = try #require(Self.blocks("swift", in: readme).first { $0.contains("import PackageDescription") })
    let folder = "\(Repository.path)/build/readme"
    try? FileManager.default.removeItem(atPath: "\(folder)/Sources")
    try FileManager.default.createDirectory(atPath: "\(folder)/Sources/hello", withIntermediateDirectories: true)
    try manifest.replacing("../tessera", with: Repository.path).write(toFile: "\(folder)/Package.swift", atomically: true, encoding: .utf8)
    try source.write(toFile: "\(folder)/Sources/hello/main.swift", atomically: true, encoding: .utf8)
    let scratch = try ScratchFolder()
    let program = try #require(Self.blocks("mlir", in: readme).first)
    try program.write(toFile: "\(scratch.path)/matmul.mlir", atomically: true, encoding: .utf8)
    let compile = try Programs.run("tessera compile matmul.mlir", in: scratch.path)
    #expect(compile.code == 0, "\(compile.text)")
    let swift = try Programs.run("command -v swift", in: "/").code == 0 ? "swift" : Self.swift
    // `./dev demo` makes a release build of a package that depends on this one; here it is enough that the program does what it says.
    let build = try Programs.run("HOME=\(NSHomeDirectory()) \(swift) build --package-path '\(folder)' 2>&1", in: scratch.path)
    #expect(build.code == 0, "\(build.text)")
    let run = try Programs.run("'\(folder)/.build/debug/hello'", in: scratch.path)
    let expected = try #require(readme.firstMatch(of: /prints `(.*?)`/)?.output.1)
    #expect(run.text == "\(expected)\n" && run.code == 0)
  }

  /// The path of the Swift toolchain that runs the tests.
  private static var swift: String {
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") where access("\(folder)/swift", X_OK) == 0 {
      return "\(folder)/swift"
    }
    return "swift"
  }
}
