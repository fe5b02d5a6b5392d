import TesseraModuleFormat

/// A compiled model: read from a file or from memory, verified, ready for sessions on any device.
public final class Module: Sendable {
  /// The verified file.
  public let file: ModuleFile
  /// The host program in the form that the VM runs.
  let program: Program
  /// The exported functions.
  private let exported: [String: ProgramFunction]
  /// The first of them, often the only one.
  private let first: ProgramFunction?

  /// The module but its constants.
  public var description: ModuleDescription { file.description }

  /// Reads the module at `path`. Errors: `UNAVAILABLE` where the file cannot be read, `DATA_LOSS` where it is corrupt,
  /// `FAILED_PRECONDITION` where it is another version or no module.
  public convenience init(path: String) throws(RuntimeError) {
    do throws(FormatError) { try self.init(file: ModuleFile(path: path)) } catch { throw RuntimeError(error) }
  }

  /// Reads the module in `bytes`.
  public convenience init(bytes: [UInt8]) throws(RuntimeError) {
    do throws(FormatError) { try self.init(file: ModuleFile(bytes: bytes)) } catch { throw RuntimeError(error) }
  }

  /// Creates a module of a file.
  private init(file: ModuleFile) {
    self.file = file
    program = Program(file.description)
    var exported: [String: ProgramFunction] = [:]
    for function in program.functions where function.signature.function.isExported { exported[function.name] = function }
    self.exported = exported
    first = program.functions.first { $0.signature.function.isExported }
  }

  /// The exported functions, in the order of the file.
  public var functions: [FunctionDescription] { description.functions.filter(\.isExported) }

  /// Returns an exported function.
  func function(named name: String) throws(RuntimeError) -> ProgramFunction {
    if let first, first.name == name { return first }
    guard let function = exported[name] else { throw .unknownFunction(name, exported: functions.map(\.name)) }
    return function
  }
}
