public import TesseraFiles

/// A message for the user about their model or their command line.
///
/// Wording: lower case, no final stop, the tensor or operator in quotes, what was found and what was expected or is supported.
/// The factories stand beside the code that reports, in files named `X+Diagnostics.swift`.
public struct Diagnostic: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whose fault it is.
  public enum Category: Sendable, Equatable {
    /// The file or flag is malformed or inconsistent. Exit code 1.
    case invalidInput
    /// A file is not there. Exit code 1.
    case notFound
    /// The system does not let us read, write, or start a program. Exit code 1.
    case unavailable
    /// Valid, but Tessera does not support it (yet). Exit code 3.
    case unsupported
    /// The command line asks for what the model does not have. Exit code 2.
    case wrongUsage
    /// Tessera broke its own rules. Exit code 1.
    case compilerBug
  }

  public var category: Category
  /// A short stable identifier, such as `unknownOperators`: the name of the factory that made it.
  public var id: String
  /// One sentence that names the thing.
  public var message: String
  /// The user's operator, node, tensor or file position, if there is one.
  public var location: String?
  /// Further lines: what was seen, one a line.
  public var notes: [String]
  /// The remedy for the user, if there is one.
  public var help: String?

  public init(
    _ category: Category, id: String = #function, _ message: String, location: String? = nil, notes: [String] = [], help: String? = nil
  ) {
    self.category = category
    self.id = String(id.prefix { $0 != "(" })
    self.message = message
    self.location = location
    self.notes = notes
    self.help = help
  }

  /// Creates a diagnostic of a file that cannot be read or written.
  public init(_ error: FileError) {
    let category: Category =
      switch error.kind {
      case .missing: .notFound
      case .system, .noReader: .unavailable
      case .refused: .wrongUsage
      }
    self.init(category, id: "file", error.message)
  }

  /// The whole text: `error: message`, then location, notes and help, each on a line.
  public var description: String {
    var lines = [(category == .compilerBug ? "compiler bug: " : "error: ") + message]
    if let location { lines.append("  at: \(location)") }
    lines += notes.map { "  note: \($0)" }
    if let help { lines.append("  help: \(help)") }
    return lines.joined(separator: "\n")
  }

  /// The exit code of a program that stops with this diagnostic.
  public var exitCode: Int32 {
    switch category {
    case .invalidInput, .notFound, .unavailable, .compilerBug: 1
    case .wrongUsage: 2
    case .unsupported: 3
    }
  }

  /// The kind of error by the name that gRPC and Abseil gave it.
  public var status: String {
    switch category {
    case .invalidInput, .wrongUsage: "INVALID_ARGUMENT"
    case .notFound: "NOT_FOUND"
    case .unavailable: "UNAVAILABLE"
    case .unsupported: "UNIMPLEMENTED"
    case .compilerBug: "INTERNAL"
    }
  }
}
