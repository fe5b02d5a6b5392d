public import TesseraDiagnostics
import TesseraFiles

// What a compilation has as text, and files of it.
extension Compilation {
  /// Writes `text` to a file that is none of those that the compilation reads.
  public func writeText(_ text: String, to path: String) throws(Diagnostic) {
    do throws(FileError) { try writeFile(Array(text.utf8), to: path, plan: plan) } catch { throw Diagnostic(error) }
  }

  /// Writes several files to a folder, which is made if it is not there; none of them if one is an input.
  func writeTexts(_ files: [(name: String, text: String)], to folder: String) throws(Diagnostic) -> [String] {
    try makeOutputFolder(folder)
    let paths = files.map { "\(folder)/\($0.name)" }
    var all = plan
    do throws(FileError) { for path in paths { try all.writes(path) } } catch { throw Diagnostic(error) }
    for (file, path) in zip(files, paths) { try writeText(file.text, to: path) }
    return paths
  }

  /// Makes a folder for dumps, unless it is there already.
  func makeOutputFolder(_ path: String) throws(Diagnostic) {
    do throws(FileError) { try makeFolder(path) } catch { throw Diagnostic(error) }
  }

  /// Writes the vector code and the assembly of every kernel to `folder`, which is made if it is not there.
  public func writeKernels(to folder: String) throws(Diagnostic) {
    var files: [(name: String, text: String)] = []
    for symbol in code.symbols {
      let name = "\(symbol)_\(code.kernels[symbol]?.name ?? "")"
      if let text = code.vectorIR[symbol] { files.append((name + ".mlir", text)) }
      if let text = code.assembly[symbol] { files.append((name + ".s", text)) }
    }
    _ = try writeTexts(files, to: folder)
  }

  /// The IR as text; with `locations`, the operators that operations come from are printed too.
  public func text(locations: Bool = false) -> String { module.operation.text(locations: locations) + "\n" }

  /// What stands there after a step: the IR, or what the step made beside it.
  public func text(after step: Step, locations: Bool = false) throws(Diagnostic) -> String {
    try step.product?(self) ?? text(locations: locations)
  }

  /// The vector code of all kernels, each under a line with its symbol and name.
  var kernelText: String {
    code.symbols.map { "// kernel \($0): \(code.kernels[$0]?.name ?? "")\n\(code.vectorIR[$0] ?? "")\n" }.joined()
  }
}
