public import TesseraDiagnostics
public import TesseraFiles
public import TesseraFrontEnds

/// The format of a file, told by its bytes; its name counts only if the bytes do not tell.
public enum ModelFormat: Sendable {
  /// A model that can be read.
  case readable(any FrontEnd)
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
    // Foreign formats first: some are text that ours would take for their own.
    if let format = ForeignFormat.ofBytes(bytes) ?? SourceText(bytes).flatMap(ForeignFormat.ofText) { return .foreign(format) }
    if let frontEnd = FrontEndList.all.first(where: { $0.recognizes(file) }) { return .readable(frontEnd) }
    // What is damaged gets the message of the reader that its name asks for.
    let named = FrontEndList.all.first { $0.suffixes.contains { file.path.hasSuffix($0) } }
    return named.map(ModelFormat.readable) ?? .unknown
  }

  /// The front end that reads the file at `path`, which is of this format. Errors: none does.
  public func frontEnd(_ path: String) throws(Diagnostic) -> any FrontEnd {
    switch self {
    case .readable(let frontEnd): return frontEnd
    case .foreign(let format): throw .foreignFormat(path, format)
    case .unknown: throw .unknownFormat(path)
    }
  }
}

extension Diagnostic {
  /// The refusal of a file that is not of a format that is read.
  static func foreignFormat(_ path: String, _ format: ForeignFormat) -> Diagnostic {
    Diagnostic(
      format.isModel ? .unsupported : .invalidInput, "'\(path)' is \(format.name): expected a model in the format \(FrontEndList.names)",
      help: format.help)
  }

  /// The refusal of a file that nothing is known about.
  static func unknownFormat(_ path: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(path)' is in no format that is known here: expected a model in the format \(FrontEndList.names)",
      help: "formats are told apart by their bytes; the file may be cut off or damaged")
  }
}
