import TesseraDiagnostics
import TesseraFiles
import TesseraFlatBuffers
import TesseraFrontEnds

/// How a StableHLO program is written down.
enum ProgramForm {
  case text
  /// MLIR bytecode: a portable artifact, or what one build of the library writes for itself.
  case bytecode
  /// What `jax.export` serializes: a FlatBuffer around a portable artifact.
  case export

  private static let magic: [UInt8] = [0x4D, 0x4C, 0xEF, 0x52]

  /// The form of `file`, told by its bytes; `nil` if it holds no StableHLO.
  static func of(_ file: FileBytes) -> ProgramForm? {
    let bytes = FormatBytes(file.bytes)
    if bytes.starts(with: magic) {
      let isOwn = bytes.contains("StableHLO_v", in: 0..<64) || bytes.contains("stablehlo") || bytes.contains("vhlo")
      return isOwn ? .bytecode : nil
    }
    if let text = SourceText(bytes) { return ["stablehlo", "chlo", "vhlo"].contains(where: text.usesDialect) ? .text : nil }
    return JAXExport.artifact(of: file) != nil ? .export : nil
  }

  /// Reads the program in `file`.
  static func read(_ file: FileBytes) throws(Diagnostic) -> Program {
    let bytes = FormatBytes(file.bytes)
    if bytes.starts(with: magic) { return try BytecodeReader(file).read() }
    if let export = JAXExport.artifact(of: file) {
      var program = try BytecodeReader(file, export.range).read()
      program.notes = export.notes
      return program
    }
    return try TextReader(file).read()
  }
}

/// The FlatBuffer that `jax.export.Exported.serialize` writes.
struct JAXExport {
  /// The fields of its table: the artifact, and the arguments of the Python function that it has.
  private static let artifactField = 13
  private static let keptField = 15

  /// The bytes of the portable artifact.
  let range: Range<Int>
  let notes: [String]

  /// The export that `file` is; `nil` if it is none. The form has no identifier: it is told by what the field holds.
  static func artifact(of file: FileBytes) -> JAXExport? {
    let buffer = FlatBuffer(file.bytes, path: file.path, format: "an export of JAX")
    guard let root = try? buffer.root(), let range = try? root.range(artifactField),
      FormatBytes(file.bytes).has([0x4D, 0x4C, 0xEF, 0x52], at: range.lowerBound)
    else { return nil }
    let kept = (try? root.numbers(keptField, of: UInt16.self)) ?? nil
    let last = kept?.last.map(Int.init) ?? -1
    let isShort = kept.map { $0.count < last + 1 } ?? false
    return JAXExport(
      range: range,
      notes: isShort ? ["the function has the arguments \(kept ?? []) of the Python function: JAX drops those that nothing reads"] : [])
  }
}
