import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC
import TesseraRuntime
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

  /// What stands in files, and flags of other programs.
  @Test func filesAndForeignFlags() throws {
    let path = "/tmp/tessera-arguments-\(getpid())"
    defer { unlink(path) }
    try writeFile(Array("# a comment\n--time-ms=5\n  --output=a b\n\n".utf8), to: path)
    let flags = try ParsedOptions(["a", "--flagfile=\(path)", "--json"], for: Self.command)
    #expect(flags.value("output") == "a b" && flags.value("time-ms") == "5" && flags.has("json"))
    try writeFile(Array("'a b' --output \"c \\\" d\"\n--input=\\@x".utf8), to: path)
    let words = try ParsedOptions(["@\(path)", "--json"], for: Self.command)
    #expect(words.positionals == ["a b"] && words.value("output") == "c \" d" && words.values("input") == ["@x"])
    #expect(try ParsedOptions.expandingFirst(["@\(path)", "z"]) == ["a b", "--output", "c \" d", "--input=@x", "z"])
    try writeFile(Array("@\(path)".utf8), to: path)
    #expect(throws: UsageError("more than 100 files of arguments: does '@\(path)' name itself?")) {
      _ = try ParsedOptions(["@\(path)"], for: Self.command)
    }
    let absent = #expect(throws: UsageError.self) { _ = try ParsedOptions(["a", "--flagfile=/nowhere"], for: Self.command) }
    #expect(absent?.status == "NOT_FOUND")
    let foreign = CommandDeclaration(
      name: "tool go", summary: "do it", options: [.value("time-ms", "T", "how long")],
      foreign: [ForeignFlag("seconds", "S", "--time-ms") { ["--time-ms=\($0)000"] }, .refused("niter", "N", use: "use --time-ms")])
    #expect(try ParsedOptions(["--seconds=2"], for: foreign).value("time-ms") == "2000")
    #expect(throws: UsageError("flag '--niter' is not one of this program: use --time-ms")) {
      _ = try ParsedOptions(["-niter", "5"], for: foreign)
    }
    #expect(throws: UsageError("flag '--time-ms' is given twice")) { _ = try ParsedOptions(["--seconds=2", "--time_ms=1"], for: foreign) }
    #expect(throws: UsageError("flag '--json' is given as on and as off")) {
      _ = try ParsedOptions(["a", "--json", "--no-json"], for: Self.command)
    }
  }

  /// Sizes by name: each once.
  @Test func sizes() throws {
    let command = CommandDeclaration(name: "tool go", summary: "do it", options: [.value("dims", "NAME=N,...", repeatable: true, "sizes")])
    #expect(try ParsedOptions(["--dims=a=1,b=2", "--dims=c.0=3"], for: command).sizes("dims") == ["a": 1, "b": 2, "c.0": 3])
    #expect(throws: UsageError("flag '--dims' gives 'a' twice: 1 and 2")) {
      _ = try ParsedOptions(["--dims=a=1", "--dims=a=2"], for: command).sizes("dims")
    }
    #expect(throws: UsageError("flag '--dims' needs sizes like batch=1,seq=128, but 'a=-1' was given")) {
      _ = try ParsedOptions(["--dims=a=-1"], for: command).sizes("dims")
    }
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
      Self.command.helpText() == """
        do it

        usage: tool go <file> [<extra>] [flags]

        flags:
          -o, --output=FILE  where it goes
          --input=X          what goes in (repeatable)
          --time-ms=T        how long
          --json             as JSON
          -h, --help         print this help
          --help-all         print all flags, those of other programs among them
          --version          print the version

        'tool go --help-all' lists 2 more

        """)
  }
}
