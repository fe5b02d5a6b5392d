/// A flag that a command knows.
public struct OptionDeclaration: Sendable {
  /// The name without dashes, with `-` between words: `time-ms`. On the command line `_` does too.
  public let name: String
  /// Other names; one of a single letter is used with one dash: `o`.
  public let aliases: [String]
  /// The name of the value in the help; `nil` for a flag that is on or off.
  public let valueName: String?
  /// The help text.
  public let help: String
  /// `true` iff the flag may stand several times.
  public let isRepeatable: Bool
  /// `true` iff only `--help-all` shows it.
  public private(set) var isRare = false

  /// Declares a flag with a value.
  public static func value(
    _ name: String, _ valueName: String, aliases: [String] = [], repeatable: Bool = false, _ help: String
  ) -> OptionDeclaration {
    OptionDeclaration(name: name, aliases: aliases, valueName: valueName, help: help, isRepeatable: repeatable)
  }

  /// Declares a flag that is on or off.
  public static func flag(_ name: String, aliases: [String] = [], _ help: String) -> OptionDeclaration {
    OptionDeclaration(name: name, aliases: aliases, valueName: nil, help: help, isRepeatable: false)
  }

  /// The same flag, shown by `--help-all` only.
  public var rare: OptionDeclaration {
    var copy = self
    copy.isRare = true
    return copy
  }
}

/// A command of a program: its positional arguments and its flags.
public struct CommandDeclaration: Sendable {
  /// The words before the arguments, such as `tessera run`.
  public let name: String
  /// The summary, one sentence.
  public let summary: String
  /// What more a user should know before the flags, lines of text.
  public let explanation: [String]
  /// The names of the positional arguments, such as `module.tsm`.
  public let positionals: [String]
  /// The range of the number of positional arguments.
  public let positionalCount: ClosedRange<Int>
  /// The flags, those that every command knows among them.
  public let options: [OptionDeclaration]
  /// Flags of other programs.
  public let foreign: [ForeignFlag]
  /// Examples, for the help.
  public let examples: [String]

  /// Declares a command. Without `positionalCount` every positional argument must be there.
  public init(
    name: String, summary: String, explanation: [String] = [], positionals: [String] = [], positionalCount: ClosedRange<Int>? = nil,
    options: [OptionDeclaration] = [], foreign: [ForeignFlag] = [], examples: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.explanation = explanation
    self.positionals = positionals
    self.positionalCount = positionalCount ?? positionals.count...positionals.count
    self.options = options + CommandDeclaration.common
    self.foreign = foreign
    self.examples = examples
  }

  /// The flags that every command knows.
  static let common: [OptionDeclaration] = [
    .flag("help", aliases: ["h"], "print this help"), .flag("help-all", "print all flags, those of other programs among them"),
    .flag("version", "print the version"),
    .value("error-format", "text|json", "how errors, warnings and notes are written").rare,
    .value("flagfile", "FILE", repeatable: true, "read flags from a file, one a line; @FILE reads arguments as a shell splits them").rare,
  ]

  /// The flags that end a command before it begins.
  static let ending = ["help", "help-all", "version", "list-devices", "dump-devices"]

  /// The help text, derived from the declarations.
  public func helpText(all: Bool = false) -> String {
    var text = "\(summary)\n\nusage: \(name)"
    for (position, positional) in positionals.enumerated() {
      text += position < positionalCount.lowerBound ? " <\(positional)>" : " [<\(positional)>]"
    }
    text += " [flags]\n\n"
    if !explanation.isEmpty { text += explanation.map { "\($0)\n" }.joined() + "\n" }
    text += "flags:\n"
    let shown = options.filter { all || !$0.isRare }
    text += Self.table(
      shown.map { option in
        var left = option.aliases.filter { $0.count == 1 }.map { "-\($0), " }.joined() + "--\(option.name)"
        if let valueName = option.valueName { left += "=\(valueName)" }
        return (left, option.help + (option.isRepeatable ? " (repeatable)" : ""))
      })
    if all, !foreign.isEmpty {
      text += "\nflags of other programs:\n"
      text += Self.table(foreign.map { ("--\($0.name)" + ($0.valueName.map { "=\($0)" } ?? ""), $0.help) })
    }
    if !examples.isEmpty { text += "\nexamples:\n" + examples.map { "  \($0)\n" }.joined() }
    if !all && shown.count < options.count { text += "\n'\(name) --help-all' lists \(options.count - shown.count + foreign.count) more\n" }
    return text
  }

  /// Returns rows of two columns.
  private static func table(_ rows: [(left: String, help: String)]) -> String {
    let width = min(rows.map(\.left.count).max() ?? 0, 32)
    return rows.map { row in
      "  \(row.left)\(String(repeating: " ", count: max(width - row.left.count, 0) + 2))\(row.help)\n"
    }.joined()
  }
}
