import TesseraLibC

/// Why a file cannot be read or written.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of trouble, which programs turn into exit codes.
  public enum Kind: Sendable {
    /// The file to read is not there.
    case missing
    /// The system said no: no room, no permission.
    case system
    /// The command line asks for what would destroy a file, or make a mess of a terminal.
    case refused
    /// Who read the results on standard output has gone, and knows it.
    case noReader
  }

  /// The kind of trouble.
  public let kind: Kind
  /// One sentence for the user, lower case, without a final stop.
  public let message: String
  /// The system's number where it said no, else 0.
  public let number: Int32
  /// The system's sentence: `no such file or directory`.
  public var reason: String { systemMessage(number) }

  /// The message.
  public var description: String { message }

  /// Creates an error of what the system said: `cannot write 'x.tsm': no space left on device`.
  public static func system(_ doing: String, _ path: String, _ number: Int32) -> FileError {
    FileError(
      kind: number == ENOENT && doing == "read" ? .missing : .system,
      message: "cannot \(doing) \(FileError.name(path)): \(systemMessage(number))", number: number)
  }

  /// Creates an error about what a command line asks for.
  public static func refused(_ message: String) -> FileError { FileError(kind: .refused, message: message, number: 0) }

  /// Returns a path as messages have it: in quotes, but for `-`.
  static func name(_ path: String, isOutput: Bool = false) -> String {
    path == "-" ? (isOutput ? "standard output" : "standard input") : "'\(path)'"
  }

  /// Creates an error of what the system said about printed results.
  static func printing(_ number: Int32) -> FileError {
    FileError(kind: number == EPIPE ? .noReader : .system, message: output("-", number).message, number: number)
  }

  /// Creates an error of what the system said about an output.
  static func output(_ path: String, _ number: Int32) -> FileError {
    FileError(
      kind: .system, message: "cannot write \(path == "-" ? "to " : "")\(name(path, isOutput: true)): \(systemMessage(number))",
      number: number)
  }
}
