/// A command line that makes no sense: exit code 2.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence for the user, lower case, without a final stop.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}

/// What stood on a command line.
public struct ParsedOptions: Sendable {
  /// The positional arguments.
  public private(set) var positionals: [String] = []
  /// The values of each flag, by the flag's main name.
  private var values: [String: [String]] = [:]
  /// The command, for errors.
  private let command: CommandDeclaration

  /// Parses the arguments of a command, without the program's and the command's name.
  ///
  /// With `--help` or `--version` among them, missing positional arguments are no error.
  public init(_ arguments: [String], for command: CommandDeclaration) throws(UsageError) {
    self.command = command
    var rest = arguments[...]
    var flagsEnded = false
    while let argument = rest.popFirst() {
      if flagsEnded || !argument.hasPrefix("-") || argument == "-" {
        positionals.append(argument)
      } else if argument == "--" {
        flagsEnded = true
      } else {
        try take(argument, &rest)
      }
    }
    if has("help") || has("version") { return }
    if positionals.count < command.positionalCount.lowerBound {
      throw UsageError("missing argument <\(command.positionals[positionals.count])>; see '\(command.name) --help'")
    }
    if positionals.count > command.positionalCount.upperBound {
      throw UsageError("unexpected argument '\(positionals[command.positionalCount.upperBound])'; see '\(command.name) --help'")
    }
  }

  /// Takes a flag, with its value out of `rest` where it needs one.
  private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let body = argument.drop { $0 == "-" }
    let equals = body.firstIndex(of: "=")
    let spelled = String(body[..<(equals ?? body.endIndex)])
    var value = equals.map { String(body[body.index(after: $0)...]) }
    let name = ParsedOptions.normalized(spelled)
    guard let option = command.options.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
      if name.hasPrefix("no-"), value == nil,
        let option = command.options.first(where: { $0.valueName == nil && "no-" + $0.name == name })
      {
        values[option.name] = ["false"]
        return
      }
      throw UsageError("unknown flag '\(argument.prefix { $0 == "-" })\(spelled)'\(suggestion(for: name)); see '\(command.name) --help'")
    }
    if let valueName = option.valueName {
      if value == nil {
        guard let next = rest.popFirst() else { throw UsageError("flag '--\(option.name)' needs a value: --\(option.name)=\(valueName)") }
        value = next
      }
    } else if let given = value {
      guard ["true", "false", "1", "0"].contains(given) else {
        throw UsageError("flag '--\(option.name)' is on or off and takes no value, but '\(given)' was given")
      }
      value = given == "true" || given == "1" ? "true" : "false"
    }
    if option.valueName != nil && !option.isRepeatable && values[option.name] != nil {
      throw UsageError("flag '--\(option.name)' is given twice")
    }
    let taken = value ?? "true"
    if option.isRepeatable { values[option.name, default: []].append(taken) } else { values[option.name] = [taken] }
  }

  /// Returns `name` with `-` between words.
  private static func normalized(_ name: String) -> String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// Returns a hint at the known flag that is nearest to `name`, where one is near.
  private func suggestion(for name: String) -> String {
    let near = command.options.map { (name: $0.name, distance: editDistance($0.name, name)) }.min { $0.distance < $1.distance }
    guard let near, near.distance <= max(2, name.count / 3) else { return "" }
    return "; did you mean '--\(near.name)'?"
  }

  /// `true` iff the flag is on, or a flag with a value was given.
  public func has(_ name: String) -> Bool { values[name].map { $0 != ["false"] } ?? false }

  /// Returns the value of a flag.
  public func value(_ name: String) -> String? { values[name]?.last }

  /// Returns the values of a flag, in order.
  public func values(_ name: String) -> [String] { values[name] ?? [] }

  /// Returns the value of a flag as a whole number in `range`.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let wanted =
        range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw UsageError("flag '--\(name)' needs a whole number \(wanted), but '\(text)' was given")
    }
    return number
  }

  /// Returns the value of a flag as a number that is not negative.
  public func number(_ name: String) throws(UsageError) -> Double? {
    guard let text = value(name) else { return nil }
    guard let number = Double(text), number >= 0, number.isFinite else {
      throw UsageError("flag '--\(name)' needs a number that is not negative, but '\(text)' was given")
    }
    return number
  }

  /// Returns the value of a flag, one of `choices`.
  public func choice(_ name: String, of choices: [String]) throws(UsageError) -> String? {
    guard let text = value(name) else { return nil }
    guard choices.contains(text) else {
      throw UsageError("flag '--\(name)' is one of \(choices.map { "'\($0)'" }.joined(separator: ", ")), but '\(text)' was given")
    }
    return text
  }
}

/// Returns how many characters to insert, delete or replace to make `b` of `a` (Levenshtein).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[b.count]
}
