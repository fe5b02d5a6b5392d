import Synchronization

/// A message for the user on standard error, as text or as one JSON object on a line.
public struct Message: Sendable {
  /// The severity of a message.
  public enum Severity: String, Sendable {
    /// The command failed.
    case error = "error"
    /// The command failed, and this program is to blame.
    case compilerBug = "compiler bug"
    /// Something that was asked for has no effect, or figures are doubtful.
    case warning = "warning"
    /// A remark.
    case note = "note"
  }

  /// The severity.
  public var severity: Severity
  /// The kind of error by the name that gRPC and Abseil gave it, such as `INVALID_ARGUMENT`; `nil` for warnings and notes.
  public var status: String?
  /// A stable name of the error, for programs.
  public var id: String?
  /// A sentence, lower case, without a final stop; further lines may follow.
  public var text: String
  /// The operator, node, tensor or place in a file that it is about.
  public var location: String?
  /// The observations, one a line.
  public var notes: [String]
  /// The remedy for the user.
  public var help: String?

  /// Creates a message.
  public init(
    _ severity: Severity, status: String? = nil, id: String? = nil, _ text: String, location: String? = nil, notes: [String] = [],
    help: String? = nil
  ) {
    self.severity = severity
    self.status = status
    self.id = id
    self.text = text
    self.location = location
    self.notes = notes
    self.help = help
  }

  /// `true` iff messages are printed as JSON: `--error-format=json`.
  private static let printsJSON = Atomic<Bool>(false)

  /// Chooses the form of all messages from now on: the value of `--error-format`.
  public static func choose(format: String) { printsJSON.store(format == "json", ordering: .relaxed) }

  /// Chooses the form by the arguments as they came, for what goes wrong before they are parsed.
  public static func chooseFormat(_ arguments: [String]) {
    for (position, argument) in arguments.enumerated() {
      let flag = argument.map { $0 == "_" ? "-" : $0 }.drop { $0 == "-" }
      if flag.starts(with: "error-format=") { choose(format: String(flag.drop { $0 != "=" }.dropFirst())) }
      if String(flag) == "error-format", position + 1 < arguments.count { choose(format: arguments[position + 1]) }
    }
  }

  /// `true` iff messages are printed as JSON.
  public static var isJSON: Bool { printsJSON.load(ordering: .relaxed) }

  /// The text that is printed, with a final line break.
  public func line(hasColour: Bool) -> String { Message.isJSON ? "\(json)\n" : text(hasColour: hasColour) }

  /// The message for people.
  private func text(hasColour: Bool) -> String {
    let colour = [.error, .compilerBug].contains(severity) ? "31" : severity == .warning ? "33" : "36"
    let kind = hasColour ? "\u{1B}[\(colour)m\(severity.rawValue):\u{1B}[0m" : "\(severity.rawValue):"
    var lines = ["tessera: \(kind) \(status.map { "\($0); " } ?? "")\(text)"]
    if let location { lines.append("  at: \(location)") }
    lines += notes.map { "  note: \($0)" }
    if let help { lines.append("  help: \(help)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The message for programs.
  private var json: JSON {
    var members: [(String, JSON)] = [("severity", .string(severity.rawValue))]
    if let status { members.append(("status", .string(status))) }
    if let id { members.append(("id", .string(id))) }
    members.append(("message", .string(text)))
    if let location { members.append(("location", .string(location))) }
    if !notes.isEmpty { members.append(("notes", .array(notes.map { .string($0) }))) }
    if let help { members.append(("help", .string(help))) }
    return .object(members)
  }
}
