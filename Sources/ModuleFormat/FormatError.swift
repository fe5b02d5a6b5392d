public import TesseraFiles

/// Why a module file could not be read or written.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of trouble, which programs turn into exit codes.
  public enum Kind: Sendable {
    /// The file cannot be read or written: the system's reason is in the message.
    case inputOutput
    /// The file to read is not there.
    case missing
    /// The bytes are not what was written.
    case corrupt
    /// A module of another version, or no module at all.
    case incompatible
    /// The module contradicts itself: whoever wrote it is wrong.
    case invalid
  }

  /// The kind of trouble.
  public var kind: Kind
  /// A stable name for the error, for programs and tests.
  public var id: String
  /// One sentence for the user, lower case, without a final stop.
  public var message: String

  /// Creates an error named after the function that makes it.
  init(_ kind: Kind, _ message: String, id: String = #function) {
    self.kind = kind
    self.message = message
    self.id = String(id.prefix { $0 != "(" })
  }

  /// The message.
  public var description: String { message }

  /// An operand is missing or has the wrong form.
  @inline(never) static func malformedInstruction() -> FormatError {
    FormatError(.corrupt, "an instruction of the module is malformed")
  }

  /// Creates an error of a file that cannot be read.
  public init(_ error: FileError) { self.init(error.kind == .missing ? .missing : .inputOutput, error.message, id: "file") }

  /// The file does not begin like a module.
  @inline(never) static func notAModule(_ why: String) -> FormatError {
    FormatError(.incompatible, "this is not a tessera module: \(why)")
  }

  /// The module has another version.
  @inline(never) static func wrongVersion(_ version: UInt32) -> FormatError {
    FormatError(
      .incompatible,
      "the module has format version \(version), this program reads version \(ModuleLayout.version); compile the model again with a matching tessera"
    )
  }

  /// The file is longer or shorter than it should be.
  @inline(never) static func wrongLength(expected: UInt64, found: Int) -> FormatError {
    FormatError(.corrupt, "the module is corrupt: it should have \(expected) bytes but has \(found)")
  }

  /// A checksum does not fit.
  @inline(never) static func checksumMismatch(_ what: String) -> FormatError {
    FormatError(.corrupt, "the module is corrupt: the checksum of the \(what) does not match; copy or compile it again")
  }

  /// Something in the file is out of bounds or malformed.
  @inline(never) static func malformed(_ what: String) -> FormatError {
    FormatError(.corrupt, "the module is malformed: \(what)")
  }

  /// The module contradicts itself.
  @inline(never) static func invalid(_ what: String) -> FormatError {
    FormatError(.invalid, "the module is invalid: \(what)")
  }
}
