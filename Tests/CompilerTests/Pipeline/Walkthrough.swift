import Foundation
import TesseraCompiler
import TesseraModuleFormat
import TesseraTargetCPU

/// A file of `Tests/Walkthroughs`: a model with the output of every stage, for one target.
///
/// The head stands in a comment at the top; everything after it is written by `./dev goldens`:
///
///     <!-- walkthrough
///     title: A matrix product of any size
///     model: matmul.mlir            (beside this file; or a path in the repository)
///     target: cpu=x86-64-v4         (or devices: a=cpu,level=x86-64-v4 b=cpu,level=x86-64-v3, and place: RULE ...)
///     kernel: contraction           (a part of the name of the kernel whose vector code is shown)
///     about: one paragraph
///     -->
struct Walkthrough {
  private var fields: [String: String] = [:]
  private var head = ""

  init(_ text: String) {
    guard let end = text.firstRange(of: "-->\n") else { return }
    head = String(text[..<end.upperBound])
    for line in head.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[String(line[..<colon])] = String(line[line.index(after: colon)...]).trimmingCharacters(in: .whitespaces)
    }
  }

  /// Runs the pipeline, and returns the whole file.
  func text() throws -> String {
    let name = fields["model"] ?? ""
    let besides = "Tests/Walkthroughs/\(name)"
    let path = FileManager.default.fileExists(atPath: "\(Repository.path)/\(besides)") ? besides : name
    let folder = try ScratchFolder()
    var options = CompileOptions()
    if let devices = fields["devices"] {
      options.devices = try devices.split(separator: " ").map { try ProgramDevice(parsing: String($0)) }
      options.placement = try (fields["place"] ?? "").split(separator: " ").map { try PlacementRule(parsing: String($0)) }
    } else {
      options.target = try Targets.parse(fields["target"] ?? "")
    }
    options.kernelDumpFolder = folder.path

    var text = head + "# \(fields["title"] ?? "")\n\n\(fields["about"] ?? "")\n\n"
    let target = fields["target"].map { "`\($0)`" } ?? "the devices `\(fields["devices"] ?? "")`"
    text += "Compiled from `\(path)` for \(target); `./dev goldens` rewrites this page.\n"
    if path.hasSuffix(".mlir") { text += "\n## The model\n\n" + Self.block("mlir", try Repository.text(path)) }
    let compilation = try loadModel(path: "\(Repository.path)/\(path)", options: options, observer: nil)
    func plain(_ text: String) -> String { text.replacing("\(Repository.path)/\(path)", with: name) }
    var shown = ""
    for phase in Pipeline.phases {
      try compilation.run(from: phase.name, through: phase.name)
      let ir = plain(compilation.module.operation.description + "\n")
      text += "\n## After `\(phase.name)`: \(phase.summary)\n\n"
      if phase.name == "codegen" {
        try compilation.writeKernels(to: folder.path)
        text += try kernelText(in: folder.path, plain)
      } else if phase.name == "scheduling" {
        try compilation.writeModule(to: "\(folder.path)/module.tsm")
        let module = try ModuleFile(path: "\(folder.path)/module.tsm")
        text += "The host program, as `tessera dump --disassemble` prints it:\n\n" + Self.block("", plain(module.description.disassembly))
      } else if ir == shown {
        text += "The same: there is nothing to do here.\n"
      } else {
        text += Self.block("mlir", ir)
      }
      shown = ir
    }
    return text
  }

  /// The vector code of the kernel, whole or its beginning and its innermost loop.
  private func kernelText(in folder: String, _ plain: (String) -> String) throws -> String {
    let kernel = fields["kernel"] ?? "dispatch_0"
    guard
      let file = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first(where: {
        $0.contains(kernel) && $0.hasSuffix(".mlir")
      })
    else { return "There is no kernel `\(kernel)`.\n" }
    let code = plain(try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8))
    var lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    let intro = "Vector code of the kernel `\(file.dropLast(5))`, as `--dump-kernels` writes it"
    if lines.count <= 160 { return "\(intro):\n\n" + Self.block("mlir", code) }
    // The first loop that carries values in registers is that of the full register tile.
    let first = lines.firstIndex { $0.contains("scf.for") && $0.contains("iter_args") } ?? 0
    let indent = lines[first].prefix { $0 == " " }
    let last = lines[(first + 1)...].firstIndex { $0.hasPrefix("\(indent)}") } ?? first
    let loop = Array(lines[first...last])
    return "\(intro) (\(lines.count) lines). Its innermost loop, over a full register tile\(loop.count > 60 ? " (the beginning)" : ""):\n\n"
      + Self.block("mlir", loop.prefix(60).joined(separator: "\n") + "\n")
  }

  private static func block(_ language: String, _ text: String) -> String {
    "```\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")```\n"
  }
}
