import Constants
import Diagnostics
public import Files
import MLIR

/// What an import gives: IR as it stands after the input phase, and the bytes of its globals.
public struct ImportedModel {
  public var module: Module
  public var constants: ConstantStore
  /// Remarks for the user, one a line.
  public var notes: [String]
  /// The files beside the model that hold bytes of it.
  public var externalFiles: [String]
}

/// How to import a model.
public struct ImportOptions: Sendable {
  /// Sizes for symbolic dimensions of the inputs, by symbol: `["batch": 1]`.
  public var symbols: [String: Int]
  /// The name of the function that the graph becomes.
  public var functionName: String
  /// The initializers that a caller may replace.
  public var overridable: OverridableInitializers

  public init(
    symbols: [String: Int] = [:], functionName: String = "main", overridable: OverridableInitializers = OverridableInitializers()
  ) {
    self.symbols = symbols
    self.functionName = functionName
    self.overridable = overridable
  }
}

/// Imports the ONNX file at `path` as one public function.
public func importONNX(path: String, context: Context, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ImportedModel {
  let file: FileBytes
  do throws(FileError) { file = try FileBytes(path: path) } catch { throw Diagnostic(error) }
  return try importONNX(file, context: context, options: options)
}

/// Imports an ONNX file that has been read; files of external data stand beside it.
public func importONNX(_ file: FileBytes, context: Context, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ImportedModel {
  let file = try ModelFile(file)
  return try ModelImporter(file, context, options).run()
}

/// `true` iff the file's first fields are those of an ONNX model. Reads a few bytes only.
public func isONNX(_ file: FileBytes) -> Bool {
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
