public import Constants
public import Diagnostics
public import MLIR
public struct ImportOptions: Sendable {
  public var symbols: [String: Int]
  public var functionName: String
  public init(symbols: [String: Int] = [:], functionName: String = "main") {
    self.symbols = symbols
    self.functionName = functionName
  }
}
public struct ImportedModel {
  public var module: Module
  public var constants: ConstantStore
  public var notes: [String]
}
public func importONNX(path: String, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel {
  throw Diagnostic(.unsupported, "onnx")
}
