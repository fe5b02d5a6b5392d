import Foundation
import TesseraDeviceCPU
import TesseraTargetCPU
import Testing

/// The built programs, called as users call them.
enum Programs {
  /// The folder with `tessera` and `tessera-compile`, `nil` where they are not built.
  static let folder: String? = {
    #if DEBUG
      let folder = "\(Repository.path)/.build/debug"
    #else
      let folder = "\(Repository.path)/.build/release"
    #endif
    return ["tessera", "tessera-compile"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 } ? folder : nil
  }()

  /// The home folder of the programs, where the compiler keeps its cache.
  private static let home = Result { try ScratchFolder() }

  /// What a command did.
  struct Outcome: Equatable {
    /// The exit code; what a shell says for a signal is 128 and more.
    var code: Int32
    /// Standard output and standard error, as they came.
    var text: String
  }

  /// Runs a shell command with the programs on the path.
  static func run(_ command: String, in directory: String) throws -> Outcome {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = ["PATH": "\(folder ?? ""):/usr/bin:/bin", "HOME": try home.get().path, "LC_ALL": "C"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let code = process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return Outcome(code: code, text: String(decoding: data, as: UTF8.self))
  }
}

/// A folder of its own for a test, removed with the value.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "tessera-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of all files in it.
  var files: Set<String> { Set(FileManager.default.subpaths(atPath: path) ?? []) }
}

/// A markdown file with commands and what they say:
///
///     ```console
///     $ tessera compile absent.onnx
///     tessera: error: cannot read 'absent.onnx': no such file or directory
///     [exit 1]
///     ```
struct ConsoleDocument {
  struct Case {
    var command: String
    /// Output, and the exit code in the last line unless it is 0.
    var expected: String
  }

  /// Text before each case (and after the last one), with the fences.
  private var between: [String] = []
  private(set) var cases: [Case] = []

  init(_ text: String) {
    var current = ""
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if isInside, line == "```" { isInside = false }
      if isInside, line.hasPrefix("$ ") {
        between.append(current)
        cases.append(Case(command: String(line.dropFirst(2)), expected: ""))
        current = ""
      } else if isInside, !cases.isEmpty {
        cases[cases.count - 1].expected += line + "\n"
      } else {
        current += line + "\n"
      }
      if line == "```console" { isInside = true }
    }
    between.append(String(current.dropLast()))
  }

  /// What the document says for a result. What depends on the machine is masked.
  static func text(of result: Programs.Outcome, fixtures: String) -> String {
    var text = result.text.replacing("\(fixtures)/", with: "")
    text = text.replacing(/this processor \(.*\):/, with: "this processor (...):").replacing(/\/tmp\/tessera-\w{6}\//, with: "/tmp/.../")
    text = text.replacing(/it should have \d+ bytes but has \d+/, with: "it should have ... bytes but has ...")
    if !text.isEmpty && !text.hasSuffix("\n") { text += "\n" }
    return result.code == 0 ? text : text + "[exit \(result.code)]\n"
  }

  /// The document with other results.
  func text(expecting results: [String]) -> String {
    zip(zip(between, cases), results).map { "\($0.0)$ \($0.1.command)\n\($1)" }.joined() + between.last!
  }
}

/// What users see when something is wrong: the full text and exit code of every case in `Tests/Diagnostics`. No failing command leaves a file.
@Suite(.enabled(if: Programs.folder != nil, "needs the built programs beside the tests"))
struct DiagnosticsTests {
  private static let fixtures = Result { () throws -> ScratchFolder in
    let folder = try ScratchFolder()
    try DiagnosticsFixtures.make(in: folder.path)
    return folder
  }

  @Test(arguments: Repository.files(below: "Tests/Diagnostics", ending: ".md")) func diagnostics(path: String) throws {
    let document = ConsoleDocument(try Repository.text(path))
    #expect(!document.cases.isEmpty)
    let fixtures = try Self.fixtures.get()
    var results: [String] = []
    for item in document.cases {
      let scratch = try ScratchFolder()
      for file in try FileManager.default.contentsOfDirectory(atPath: fixtures.path) {
        try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/\(file)", withDestinationPath: "\(fixtures.path)/\(file)")
      }
      let before = scratch.files
      let result = try Programs.run(item.command, in: scratch.path)
      let text = ConsoleDocument.text(of: result, fixtures: fixtures.path)
      results.append(text)
      #expect(result.code < 128, "`\(item.command)` ended by a signal: \(result.text)")
      if result.code != 0 { #expect(scratch.files == before, "`\(item.command)` left files") }
      if !Repository.updatesGoldens {
        #expect(text == item.expected, "`\(item.command)`: \(Repository.difference(text, item.expected))")
      }
    }
    if Repository.updatesGoldens { try Repository.write(document.text(expecting: results), to: path) }
  }

  /// A module for a processor that has more than this machine: every missing feature is named. (Where it has not more, the module runs.)
  @Test(arguments: ["alderlake", "sapphirerapids", "znver5", "neoverse-v2"]) func missingFeatures(cpu: String) throws {
    let scratch = try ScratchFolder()
    try DiagnosticsFixtures.matmul.write(toFile: "\(scratch.path)/matmul.mlir", atomically: true, encoding: .utf8)
    let compile = try Programs.run("tessera compile matmul.mlir --target=cpu=\(cpu)", in: scratch.path)
    #expect(compile == Programs.Outcome(code: 0, text: ""))
    let target = try CPUTarget(named: "\(cpu)")
    let missing = target.requiredFeatures.filter { !CPUFeatures.host.names.contains($0) }
    let run = try Programs.run("tessera run matmul.tsm --input=2x2xf32=1 --input=2x2xf32=1 --input=2x2xf32=0", in: scratch.path)
    if target.architecture != CPUTarget.thisMachine.architecture {
      #expect(
        run.code == 5 && run.text.contains("is for \(target.architecture.rawValue), this is \(CPUTarget.thisMachine.architecture.rawValue)")
      )
    } else if missing.isEmpty {
      #expect(run.code == 0)
    } else {
      let list = missing.map { "'\($0)'" }.joined(separator: ", ")
      #expect(run.code == 5 && run.text.contains("the variant for '\(cpu)' needs \(list), which this processor lacks"), "\(run.text)")
    }
  }
}
