/// A flag that a command knows.
public struct OptionDeclaration: Sendable {
  /// The name without dashes, with `-` between words: `time-ms`. On the command line `_` does too.
  public let name: String
  /// Other names; one of a single letter is used with one dash: `o`.
  public let aliases: [String]
  /// What the value is called in the help; `nil` for a flag that is on or off.
  public let valueName: String?
  /// What the flag does, for the help.
  public let help: String
  /// `true` iff the flag may stand several times.
  public let isRepeatable: Bool

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
}

/// A command of a program: its positional arguments and its flags.
public struct CommandDeclaration: Sendable {
  /// What is typed before the arguments, such as `tessera run`.
  public let name: String
  /// What the command does, in a sentence.
  public let summary: String
  /// The names of the positional arguments, such as `module.tsm`.
  public let positionals: [String]
  /// How many positional arguments may stand.
  public let positionalCount: ClosedRange<Int>
  /// The flags; `--help` and `--version` are known to every command.
  public let options: [OptionDeclaration]
  /// Examples, for the help.
  public let examples: [String]

  /// Declares a command. Without `positionalCount` every positional argument must be there.
  public init(
    name: String, summary: String, positionals: [String] = [], positionalCount: ClosedRange<Int>? = nil,
    options: [OptionDeclaration] = [], examples: [String] = []
  ) {
    self.name = name
    self.summary = summary
    self.positionals = positionals
    self.positionalCount = positionalCount ?? positionals.count...positionals.count
    self.options = options + CommandDeclaration.common
    self.examples = examples
  }

  /// The flags that every command knows.
  static let common: [OptionDeclaration] = [
    .flag("help", aliases: ["h"], "print this help"),
    .flag("version", "print the version"),
  ]

  /// The help text, derived from the declarations.
  public var helpText: String {
    var text = "\(summary)\n\nusage: \(name)"
    for positional in positionals { text += " <\(positional)>" }
    text += " [flags]\n\nflags:\n"
    let rows = options.map { option -> (left: String, help: String) in
      var left = option.aliases.filter { $0.count == 1 }.map { "-\($0), " }.joined() + "--\(option.name)"
      if let valueName = option.valueName { left += "=\(valueName)" }
      return (left, option.help + (option.isRepeatable ? " (repeatable)" : ""))
    }
    let width = min(rows.map(\.left.count).max() ?? 0, 32)
    for row in rows {
      let padding = String(repeating: " ", count: max(width - row.left.count, 0) + 2)
      text += "  \(row.left)\(padding)\(row.help)\n"
    }
    if !examples.isEmpty { text += "\nexamples:\n" + examples.map { "  \($0)\n" }.joined() }
    return text
  }
}
