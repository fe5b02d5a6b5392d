/// The options and arguments of a command line.
public struct ParsedOptions: Sendable {
  /// The positional arguments.
  public private(set) var positionals: [String] = []
  /// The values of each flag, by the flag's main name.
  private var values: [String: [String]] = [:]
  /// The command, for errors.
  private let command: CommandDeclaration
  /// The other commands of the program, for errors.
  private let others: [CommandDeclaration]
  /// The number of argument files read so far: a file that names itself would never end.
  private var fileCount = 0
  private static let fileLimit = 100

  /// Parses the arguments of a command, without the program's and the command's name.
  ///
  /// With `--help`, `--help-all` or `--version` among them, missing positional arguments are no error.
  public init(_ arguments: [String], for command: CommandDeclaration, among others: [CommandDeclaration] = []) throws(UsageError) {
    self.command = command
    self.others = others
    var rest = arguments[...]
    var flagsEnded = false
    while let argument = rest.popFirst() {
      if !flagsEnded && argument.hasPrefix("@") && argument.count > 1 {
        try countFile(argument)
        rest = try ArgumentFile.words(path: String(argument.dropFirst())) + rest
      } else if flagsEnded || !argument.hasPrefix("-") || argument == "-" {
        positionals.append(argument)
      } else if argument == "--" {
        flagsEnded = true
      } else {
        try take(argument, &rest)
      }
    }
    if let format = try choice("error-format", of: ["text", "json"]) { Message.choose(format: format) }
    if CommandDeclaration.ending.contains(where: { has($0) }) { return }
    if positionals.count < command.positionalCount.lowerBound {
      throw UsageError("missing argument <\(command.positionals[positionals.count])>; see '\(command.name) --help'")
    }
    if positionals.count > command.positionalCount.upperBound {
      throw UsageError("unexpected argument '\(positionals[command.positionalCount.upperBound])'; see '\(command.name) --help'")
    }
  }

  /// Returns the arguments with a response file `@FILE` in the first place replaced by what it holds, so that it may name the command.
  public static func expandingFirst(_ arguments: [String]) throws(UsageError) -> [String] {
    guard let first = arguments.first, first.hasPrefix("@"), first.count > 1 else { return arguments }
    return try ArgumentFile.words(path: String(first.dropFirst())) + arguments.dropFirst()
  }

  /// Counts a file of arguments.
  private mutating func countFile(_ name: String) throws(UsageError) {
    fileCount += 1
    guard fileCount <= Self.fileLimit else {
      throw UsageError("more than \(Self.fileLimit) files of arguments: does '\(name)' name itself?")
    }
  }

  /// Takes a flag, with its value out of `rest` where it needs one.
  private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let body = argument.drop { $0 == "-" }
    let equals = body.firstIndex(of: "=")
    let spelled = String(body[..<(equals ?? body.endIndex)])
    let given = equals.map { String(body[body.index(after: $0)...]) }
    let name = ParsedOptions.normalized(spelled)
    if let option = command.options.first(where: { $0.name == name || $0.aliases.contains(name) }) {
      return try take(option, given, &rest)
    }
    if let flag = command.foreign.first(where: { $0.name == name }) {
      let value = try self.value(given, of: name, flag.valueName, &rest)
      let meaning = try flag.arguments(value)
      rest = meaning + rest
      return
    }
    if name.hasPrefix("no-"), given == nil,
      let option = command.options.first(where: { $0.valueName == nil && "no-" + $0.name == name })
    {
      return try take(option, "false", &rest)
    }
    throw UsageError(
      "unknown flag '\(argument.prefix { $0 == "-" })\(spelled)'\(suggestion(for: name)); see '\(command.name) --help'")
  }

  /// Takes a flag of the command.
  private mutating func take(_ option: OptionDeclaration, _ given: String?, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let value = try self.value(given, of: option.name, option.valueName, &rest)
    if option.name == "flagfile" {
      try countFile(value)
      let flags = try ArgumentFile.flags(path: value)
      rest = flags + rest
      return
    }
    if !option.isRepeatable, let earlier = values[option.name], option.valueName != nil || earlier != [value] {
      throw UsageError(
        option.valueName == nil ? "flag '--\(option.name)' is given as on and as off" : "flag '--\(option.name)' is given twice")
    }
    if option.isRepeatable { values[option.name, default: []].append(value) } else { values[option.name] = [value] }
  }

  /// Returns the value of a flag: the given one, the argument after it, or `true` where it is on or off.
  private func value(
    _ given: String?, of name: String, _ valueName: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let valueName else { return try Self.truth(given, name) }
    if let given { return given }
    guard let next = rest.popFirst() else { throw UsageError("flag '--\(name)' needs a value: --\(name)=\(valueName)") }
    return next
  }

  /// Returns the value of a flag that is on or off as `true` or `false`.
  private static func truth(_ given: String?, _ name: String) throws(UsageError) -> String {
    guard let given else { return "true" }
    guard ["true", "false", "1", "0"].contains(given) else {
      throw UsageError("flag '--\(name)' is on or off and takes no value, but '\(given)' was given")
    }
    return given == "true" || given == "1" ? "true" : "false"
  }

  /// Returns `name` with `-` between words.
  private static func normalized(_ name: String) -> String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// Returns a hint at the known flag that is nearest to `name`, where one is near.
  private func suggestion(for name: String) -> String {
    if let other = others.first(where: { other in other.options.contains { $0.name == name || $0.aliases.contains(name) } }) {
      return ", which '\(other.name)' has"
    }
    let names = command.options.flatMap { [$0.name] + $0.aliases.filter { $0.count > 1 } } + command.foreign.map(\.name)
    return nearest(name, in: names).map { "; did you mean '--\($0)'?" } ?? ""
  }

  /// `true` iff the flag is on, or a flag with a value was given.
  public func has(_ name: String) -> Bool { values[name].map { $0 != ["false"] } ?? false }

  /// Returns the value of a flag.
  public func value(_ name: String) -> String? { values[name]?.last }

  /// Returns the values of a flag, in order.
  public func values(_ name: String) -> [String] { values[name] ?? [] }

  /// Throws where a flag stands without another that gives it a meaning.
  public func require(_ name: String, goesWith other: String) throws(UsageError) {
    if has(name) && !has(other) { throw UsageError("flag '--\(name)' goes with --\(other)") }
  }

  /// Throws where two flags stand that exclude each other.
  public func exclude(_ name: String, _ other: String) throws(UsageError) {
    if has(name) && has(other) { throw UsageError("flags '--\(name)' and '--\(other)' exclude each other") }
  }

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

  /// Returns the sizes that `NAME=SIZE` pairs give, several with commas between them. Errors: a name without a size, or with two.
  public func sizes(_ name: String) throws(UsageError) -> [String: Int] {
    var sizes: [String: Int] = [:]
    for pair in values(name).flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      guard let equals = pair.lastIndex(of: "="), equals != pair.startIndex, let size = Int(pair[pair.index(after: equals)...]), size >= 0
      else {
        throw UsageError("flag '--\(name)' needs sizes like batch=1,seq=128, but '\(pair)' was given")
      }
      let dimension = String(pair[..<equals])
      if let earlier = sizes.updateValue(size, forKey: dimension) {
        throw UsageError("flag '--\(name)' gives '\(dimension)' twice: \(earlier) and \(size)")
      }
    }
    return sizes
  }
}
