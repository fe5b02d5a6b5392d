import TesseraModuleFormat

/// A compiled model: read from a file or from memory, verified, ready for sessions on any device.
public final class Module: Sendable {
  /// The verified file.
  public let file: ModuleFile
  /// The programs in the form that the VM runs, the preferred one first.
  let programs: [Program]

  /// The module but its constants: where there are variants, what the preferred one has. All have the same functions.
  public var description: ModuleDescription { file.description }

  /// The variants of the module for several kinds of machines, the preferred one first; one where there are no others.
  public var variants: [ModuleDescription] { file.programs }

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
    programs = file.programs.map { Program($0) }
  }

  /// The exported functions, in the order of the file.
  public var functions: [FunctionDescription] { description.functions.filter(\.isExported) }
}
