public import TesseraDiagnostics
public import TesseraFiles
public import TesseraFrontEnds
public import TesseraMLIR

/// ONNX models.
public struct ONNXFrontEnd: FrontEnd {
  public let name = "ONNX"
  public let suffixes = [".onnx"]
  public var ownOptions: [any FormatOptions.Type] { [OverridableInitializers.self, ConstantInputs.self] }

  public init() {}

  public func recognizes(_ file: FileBytes) -> Bool { isONNX(file) }

  public func load(_ file: FileBytes, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel {
    try importONNX(file, context: context, options: options)
  }

  public func survey(_ file: FileBytes, options: ImportOptions) throws(Diagnostic) -> ModelSurvey? {
    try ModelImporter(ModelFile(file), Context(), options).survey()
  }
}

/// Imports the ONNX file at `path` as one public function.
public func importONNX(path: String, context: Context, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ImportedModel {
  let file: FileBytes
  do throws(FileError) { file = try FileBytes(path: path) } catch { throw Diagnostic(error) }
  return try importONNX(file, context: context, options: options)
}

/// Imports an ONNX file that has been read; files of external data stand beside it.
func importONNX(_ file: FileBytes, context: Context, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ImportedModel {
  let file = try ModelFile(file)
  return try ModelImporter(file, context, options).run()
}

/// `true` iff the file's first fields are those of an ONNX model. Reads a few bytes only.
func isONNX(_ file: FileBytes) -> Bool {
  defer { withExtendedLifetime(file) {} }
  var reader = WireReader(file.bytes, path: file.path, message: "ModelProto")
  // Every exporter writes the IR version (field 1) or an operator set (8) or the producer (2) before the graph (7).
  guard let first = try? reader.next() else { return false }
  switch (first.number, first.value) {
  case (1, .varint(let version)):
    guard version < 1000 else { return false }
    guard let second = try? reader.next() else { return true }
    return [2, 3, 4, 5, 6, 7, 8, 14, 20, 25].contains(second.number)
  case (2, .bytes), (7, .bytes), (8, .bytes): return (try? reader.next()) != nil
  default: return false
  }
}
