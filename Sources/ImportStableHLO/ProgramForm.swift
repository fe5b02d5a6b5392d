import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds

/// How a StableHLO program is written down.
enum ProgramForm {
  case text

  /// The form of `file`, told by its bytes; `nil` if it holds no StableHLO.
  static func of(_ file: FileBytes) -> ProgramForm? {
    let bytes = FormatBytes(file.bytes)
    guard let text = SourceText(bytes) else { return nil }
    return ["stablehlo", "chlo", "vhlo"].contains(where: text.usesDialect) ? .text : nil
  }

  /// Reads the program in `file`.
  static func read(_ file: FileBytes) throws(Diagnostic) -> Program { try TextReader(file).read() }
}
