import CommandLineOptions
import Testing

/// The flag parser.
struct CommandLineTests {
  /// A command with a bit of everything.
  static let command = CommandDeclaration(
    name: "tool go", summary: "do it", positionals: ["file", "extra"], positionalCount: 1...2,
    options: [
      .value("output", "FILE", aliases: ["o"], "where it goes"), .value("input", "X", repeatable: true, "what goes in"),
      .value("time-ms", "T", "how long"), .flag("json", "as JSON"),
    ])

  /// The forms of flags.
  @Test func forms() throws {
    let options = try ParsedOptions(
      ["a", "-o", "x", "--input=1", "--input", "--2", "--time_ms=5", "--json", "-", "--input=a=b"], for: Self.command)
    #expect(options.positionals == ["a", "-"])
    #expect(options.value("output") == "x")
    #expect(options.values("input") == ["1", "--2", "a=b"])
    #expect(try options.integer("time-ms", in: 0...10) == 5)
    #expect(options.has("json"))
    #expect(try ParsedOptions(["--", "-a"], for: Self.command).positionals == ["-a"])
    #expect(try !ParsedOptions(["a", "--json=false"], for: Self.command).has("json"))
    #expect(try !ParsedOptions(["a", "--no-json"], for: Self.command).has("json"))
    #expect(try ParsedOptions(["--help"], for: Self.command).has("help"))
    #expect(try ParsedOptions(["a"], for: Self.command).integer("time-ms", in: 0...10) == nil)
  }

  /// Wrong command lines, with the complaint.
  @Test(arguments: [
    ([], "missing argument <file>; see 'tool go --help'"), (["a", "b", "c"], "unexpected argument 'c'; see 'tool go --help'"),
    (["a", "--ouptut=x"], "unknown flag '--ouptut'; did you mean '--output'?; see 'tool go --help'"),
    (["a", "--completely-else"], "unknown flag '--completely-else'; see 'tool go --help'"),
    (["a", "-q"], "unknown flag '-q'; see 'tool go --help'"),
    (["a", "--output"], "flag '--output' needs a value: --output=FILE"),
    (["a", "--json=maybe"], "flag '--json' is on or off and takes no value, but 'maybe' was given"),
    (["a", "-o", "1", "--output=2"], "flag '--output' is given twice"),
    (["a", "--time-ms=x"], "flag '--time-ms' needs a whole number from 0 to 10, but 'x' was given"),
    (["a", "--time-ms=11"], "flag '--time-ms' needs a whole number from 0 to 10, but '11' was given"),
  ])
  func complaints(arguments: [String], complaint: String) {
    let error = #expect(throws: UsageError.self) { _ = try ParsedOptions(arguments, for: Self.command).integer("time-ms", in: 0...10) }
    #expect(error?.description == complaint)
  }

  /// Numbers and choices.
  @Test func values() throws {
    #expect(try ParsedOptions(["a", "--time-ms=1e3"], for: Self.command).number("time-ms") == 1000)
    #expect(throws: UsageError.self) { try ParsedOptions(["a", "--time-ms=-1"], for: Self.command).number("time-ms") }
    let error = #expect(throws: UsageError.self) {
      try ParsedOptions(["a", "-o", "z"], for: Self.command).choice("output", of: ["x", "y"])
    }
    #expect(error?.description == "flag '--output' is one of 'x', 'y', but 'z' was given")
  }

  /// The help is made of the declarations.
  @Test func help() {
    #expect(
      Self.command.helpText == """
        do it

        usage: tool go <file> <extra> [flags]

        flags:
          -o, --output=FILE  where it goes
          --input=X          what goes in (repeatable)
          --time-ms=T        how long
          --json             as JSON
          -h, --help         print this help
          --version          print the version

        """)
  }
}
