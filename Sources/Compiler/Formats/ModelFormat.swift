public import Diagnostics
public import Files
import ImportONNX

/// What a file holds, told by its bytes; its name counts only where the bytes do not tell.
public enum ModelFormat: Equatable, Sendable {
  case onnx
  /// Text or bytecode of MLIR.
  case mlir
  /// Something that is known, and that is no model or not one that can be read.
  case foreign(ForeignFormat)
  /// Nothing that is known here.
  case unknown

  /// Reads the file at `path`, and tells its format.
  public static func read(_ path: String) throws(Diagnostic) -> (file: FileBytes, format: ModelFormat) {
    if let format = ForeignFormat.ofFolder(path) { throw .foreignFormat(path, format) }
    do throws(FileError) {
      let file = try FileBytes(path: path)
      return (file, of(file))
    } catch { throw Diagnostic(error) }
  }

  static func of(_ file: FileBytes) -> ModelFormat {
    defer { withExtendedLifetime(file) {} }
    let bytes = FormatBytes(file.bytes)
    if let format = ForeignFormat.ofBytes(bytes) { return .foreign(format) }
    if bytes.starts(with: [0x4D, 0x4C, 0xEF, 0x52]) { return .mlir }
    if isONNX(file) { return .onnx }
    if let text = SourceText(bytes) {
      if let format = ForeignFormat.ofText(text) { return .foreign(format) }
      if text.looksLikeMLIR { return .mlir }
    }
    // What is damaged gets the message of the reader that its name asks for.
    if file.path.hasSuffix(".mlir") || file.path.hasSuffix(".mlirbc") { return .mlir }
    return file.path.hasSuffix(".onnx") ? .onnx : .unknown
  }
}

extension Diagnostic {
  /// The refusal of a file that is not of a format that is read.
  public static func foreignFormat(_ path: String, _ format: ForeignFormat) -> Diagnostic {
    Diagnostic(
      format.isModel ? .unsupported : .invalidInput, "'\(path)' is \(format.name): expected an ONNX or MLIR model", help: format.help)
  }

  /// The refusal of a file that nothing is known about.
  public static func unknownFormat(_ path: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(path)' is in no format that is known here: expected an ONNX or MLIR model",
      help: "formats are told apart by their bytes; the file may be cut off or damaged")
  }
}
