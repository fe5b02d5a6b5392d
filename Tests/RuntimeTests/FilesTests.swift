import TesseraFiles
import TesseraLibC
import Testing

/// What is written where, and what is refused.
struct FilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Returns a path in the folder.
  private func path(_ name: String) -> String { folder.file(name) }

  private func content(_ name: String) throws -> String { try FileBytes(path: path(name)).text }

  private func write(_ text: String, _ name: String, _ plan: FilePlan = FilePlan()) throws(FileError) {
    try writeFile(Array(text.utf8), to: path(name), plan: plan)
  }

  /// `true` iff the file is a link.
  private func isLink(_ name: String) -> Bool {
    var status = stat()
    return lstat(path(name), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// A link stays, and what it points to is written: what is there, what is not there yet, and what another link points to.
  @Test func throughLinks() throws {
    try write("old", "file")
    symlink("file", path("near"))
    symlink(path("near"), path("far"))
    symlink("new", path("dangling"))
    try write("1", "far")
    try write("2", "dangling")
    #expect(try content("file") == "1")
    #expect(try content("new") == "2")
    #expect(isLink("near") && isLink("far") && isLink("dangling"))
    symlink("circle", path("circle"))
    #expect(throws: FileError.self) { try write("", "circle") }
    symlink(".", path("here"))
    #expect(throws: FileError.self) { try write("", "here") }
    #expect(throws: FileError.self) { try write("", "file/x") }
    #expect(throws: FileError.self) { try write("", "slash/") }
    #expect(throws: FileError.self) { try writeFile([], to: "") }
  }

  /// An open file gets the bytes where its offset stands, whatever link leads to it.
  @Test func openFiles() throws {
    let descriptor = open(path("open"), O_RDWR | O_CREAT, 0o600)
    defer { close(descriptor) }
    symlink("/dev/fd/\(descriptor)", path("link"))
    for target in ["/dev/fd/\(descriptor)", "/proc/self/fd/\(descriptor)", path("link")] { try writeFile([65], to: target) }
    #expect(try content("open") == "AAA")
    #expect(isLink("link"))
    #expect(throws: FileError.self) { try writeFile([65], to: "/dev/fd/987") }
  }

  /// A pipe and a device stay what they are.
  @Test func devices() throws {
    mkfifo(path("pipe"), 0o600)
    symlink("pipe", path("link"))
    let reader = open(path("pipe"), O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try write("x", "link")
    var byte: UInt8 = 0
    #expect(read(reader, &byte, 1) == 1 && byte == UInt8(ascii: "x"))
    symlink("/dev/full", path("full"))
    let error = #expect(throws: FileError.self) { try write("x", "full") }
    #expect(error?.number == ENOSPC)
    #expect(isLink("full"))
  }

  /// A file that is replaced keeps its permissions; one without the permission to write is kept.
  @Test(arguments: [0o600, 0o640, 0o755] as [mode_t]) func permissions(mode: mode_t) throws {
    try write("old", "file")
    chmod(path("file"), mode)
    try write("new", "file")
    var status = stat()
    #expect(stat(path("file"), &status) == 0 && status.st_mode & 0o777 == mode)
    guard geteuid() != 0 else { return }
    chmod(path("file"), 0o400)
    #expect(throws: FileError.self) { try write("newer", "file") }
  }

  /// A failure leaves the old content, and nothing beside it; so does a file that is given up.
  @Test func failures() throws {
    try write("old", "file")
    do {
      let file = try OutputFile(path: path("file"))
      try file.write(Array("half".utf8))
    }
    #expect(try content("file") == "old")
    #expect(fileNames(in: folder.path) == ["file"])
    // A name that leaves no room for an ending.
    let long = String(repeating: "x", count: 255)
    try write("long", long)
    #expect(fileNames(in: folder.path) == ["file", long])
  }

  /// Appending to what is there, and to what is not.
  @Test func appending() throws {
    for text in ["a", "b"] {
      let file = try OutputFile(path: path("file"), appending: true)
      try file.write(Array(text.utf8))
      try file.commit()
    }
    #expect(try content("file") == "ab")
  }

  /// An input is no output, by any spelling; and no two outputs are one file, there or not there yet.
  @Test func plans() throws {
    try write("input", "input")
    symlink("input", path("soft"))
    link(path("input"), path("hard"))
    symlink(".", path("here"))
    var plan = FilePlan()
    try plan.reads(path("input"))
    for name in ["input", "soft", "hard", "./input", "here/input"] {
      let error = #expect(throws: FileError.self) { try plan.writes(path(name)) }
      #expect(error?.kind == .refused)
      #expect(throws: FileError.self) { try write("lost", name, plan) }
    }
    let shown = open(path("input"), O_WRONLY)
    defer { close(shown) }
    #expect(throws: FileError.self) { try plan.writes("/dev/fd/\(shown)") }
    #expect(try content("input") == "input")
    try plan.writes(path("new"))
    #expect(throws: FileError.self) { try plan.writes(path("here/new")) }
    try plan.writes(path("new"), appending: true)
    // What is no file may be given as often as one likes.
    for _ in 0..<2 { try plan.writes("/dev/null") }
    try plan.reads("/dev/null")
    try plan.reads("-")
    #expect(throws: FileError.self) { try plan.reads("-") }
  }

  /// Small files are copies: what others do to them later is not seen.
  @Test func copies() throws {
    try write("content", "file")
    let bytes = try FileBytes(path: path("file"))
    truncate(path("file"), 0)
    #expect(bytes.text == "content")
    #expect(throws: FileError.self) { try FileBytes(path: "/dev/zero") }
    #expect(throws: FileError.self) { try FileBytes(path: folder.path) }
    #expect(try FileBytes(path: "/dev/null").array == [])
  }

  /// Both sides of the size at which files are mapped.
  @Test(arguments: [(1 << 20) - 1, 1 << 20, (1 << 20) + 1]) func sizes(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    try writeFile(bytes, to: path("file"), content: .binary)
    let read = try FileBytes(path: path("file"))
    #expect(read.array == bytes)
    #expect(UInt(bitPattern: read.bytes.baseAddress) % 64 == 0)
  }

  /// A program that is started gets no input, and what it prints goes where it should.
  @Test func programs() throws {
    let end = try ChildProcess.run("sh", ["-c", "cat; echo out; echo err >&2; exit 3"], output: .file(path("log")))
    guard case .exited(3) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(try content("log") == "out\nerr\n")
    guard case .killed(SIGTERM) = try ChildProcess.run("sh", ["-c", "kill $$"], output: .file(path("log"))) else {
      Issue.record("not killed")
      return
    }
    #expect(throws: FileError.self) { try ChildProcess.run(path("nowhere"), [], output: .standardError) }
  }
}
