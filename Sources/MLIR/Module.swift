internal import TesseraCMLIR

/// A module that owns its IR.
public final class Module {
  public let context: Context
  let handle: MlirModule

  /// Creates an empty module.
  public init(_ context: Context, location: Location? = nil) {
    self.context = context
    handle = mlirModuleCreateEmpty((location ?? .unknown(context)).handle)
  }

  /// Parses text or bytecode; `name` stands in the locations.
  public init(parsing text: String, _ context: Context) throws(MLIRError) {
    self.context = context
    handle = withStringRef(text) { mlirModuleCreateParse(context.handle, $0) }
    if mlirModuleIsNull(handle) { throw MLIRError(context.takeErrorText(fallback: "not a module in MLIR text or bytecode")) }
  }

  /// Parses the bytes of text or bytecode.
  public init(parsing bytes: [UInt8], _ context: Context) throws(MLIRError) {
    self.context = context
    // The lexer looks for a zero at the end.
    handle = (bytes + [0]).withUnsafeBytes {
      mlirModuleCreateParse(context.handle, MlirStringRef(data: $0.baseAddress?.assumingMemoryBound(to: CChar.self), length: bytes.count))
    }
    if mlirModuleIsNull(handle) { throw MLIRError(context.takeErrorText(fallback: "not a module in MLIR text or bytecode")) }
  }

  /// Reads a file of text or bytecode.
  public init(file path: String, _ context: Context) throws(MLIRError) {
    self.context = context
    handle = withStringRef(path) { mlirModuleCreateParseFromFile(context.handle, $0) }
    if mlirModuleIsNull(handle) { throw MLIRError(context.takeErrorText(fallback: "not a module in MLIR text or bytecode")) }
  }

  private init(_ context: Context, owning handle: MlirModule) { (self.context, self.handle) = (context, handle) }

  /// Returns a copy of the module, with all that is in it.
  public func copy() -> Module { Module(context, owning: mlirModuleFromOperation(mlirOperationClone(operation.handle))) }

  deinit { if !mlirModuleIsNull(handle) { mlirModuleDestroy(handle) } }

  public var operation: Operation { Operation(handle: mlirModuleGetOperation(handle)) }
  public var body: Block { Block(handle: mlirModuleGetBody(handle)) }
  /// The top-level functions.
  public var functions: [Operation] { body.operations.filter { $0.name == "func.func" } }
  /// The top-level symbol of this name.
  public func lookup(_ name: String) -> Operation? { body.operations.first { $0.symbolName == name } }
}
