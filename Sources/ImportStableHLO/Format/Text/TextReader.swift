import TesseraDiagnostics
import TesseraFiles

/// Reads a StableHLO program from text: the generic form of any operation, and what the dialects func, stablehlo and chlo print.
///
/// Attributes get the names and the flat form of VHLO (`FlatAttributes.swift`).
final class TextReader {
  /// Regions, types and attributes nest no deeper.
  static let depthLimit = 200

  let file: FileBytes
  var cursor: TextCursor
  /// Where what `#name = ...` and `!name = ...` stand for begins.
  private(set) var aliases: [String: Int] = [:]
  /// What aliases were found to stand for.
  private var aliased: [String: Any] = [:]
  /// The bytes of `dense_resource<name>`.
  var resources: [String: Range<Int>] = [:]
  /// Names of values: the last scope is the innermost.
  private var scopes: [[String: Int]] = [[:]]
  private var valueCount = 0
  private var depth = 0
  /// Names of locations by the position of their aliases.
  var labels: [Int: String?] = [:]

  init(_ file: FileBytes) {
    self.file = file
    cursor = TextCursor(bytes: file.bytes, path: file.path)
  }

  /// Reads the whole file.
  func read() throws(Diagnostic) -> Program {
    try findAliases()
    var program = Program(file: file)
    while true {
      cursor.skipSpace()
      if cursor.isAtEnd { break }
      if cursor.isHere("#") || cursor.isHere("!") {
        cursor.position += 1
        _ = try cursor.word()
        try cursor.need("=")
        try skipAliased()
      } else if cursor.take("{-#") {
        break
      } else {
        try add(try operation(), to: &program)
      }
    }
    return program
  }

  /// Takes what stands outside of functions.
  private func add(_ operation: ProgramOperation, to program: inout Program) throws(Diagnostic) {
    switch operation.name {
    case "module", "builtin.module":
      if let name = operation.attributes["sym_name"]?.text { program.name = name }
      program.attributes.merge(operation.attributes) { $1 }
      for inner in operation.regions.first?.operations ?? [] { try add(inner, to: &program) }
    case "func.func": program.functions.append(try function(operation))
    case "sdy.mesh": break
    default: throw cursor.failure("a function, found the operation '\(operation.name)'")
    }
  }

  /// Aliases may stand behind what uses them.
  private func findAliases() throws(Diagnostic) {
    var atLineStart = true
    var position = 0
    while position < file.bytes.count {
      let byte = file.bytes[position]
      if atLineStart, byte == UInt8(ascii: "#") || byte == UInt8(ascii: "!") {
        var trial = cursor
        trial.position = position + 1
        if let name = try? trial.word(), trial.take("=") { aliases[String(UnicodeScalar(byte)) + name] = trial.position }
        position = max(position, min(trial.position, file.bytes.count) - 1)
      } else if atLineStart, byte == UInt8(ascii: "{") {
        var trial = cursor
        trial.position = position
        if trial.take("{-#") {
          let kept = cursor
          cursor = trial
          try readResources()
          cursor = kept
          return
        }
      }
      atLineStart = byte == UInt8(ascii: "\n")
      position += 1
    }
  }

  /// Passes over what an alias stands for.
  private func skipAliased() throws(Diagnostic) {
    if try location() { return }
    if cursor.sees("!") || cursor.sees("tensor") || cursor.sees("(") { _ = try type() } else { _ = try attribute() }
  }

  /// What `body` reads where the alias `name` says; it goes on behind the use. Each alias is read once: those that name others twice double.
  func aliased<Result>(_ name: String, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result? {
    guard let start = aliases[name] else { return nil }
    if let known = aliased[name] as? Result { return known }
    let kept = cursor.position
    cursor.position = start
    defer { cursor.position = kept }
    let result = try nested(body)
    aliased[name] = result
    return result
  }

  /// `body` one level deeper.
  func nested<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    guard depth < Self.depthLimit else { throw .unreadableText(file.path, line: cursor.line, "it nests deeper than \(Self.depthLimit)") }
    depth += 1
    defer { depth -= 1 }
    return try body()
  }

  // MARK: values

  /// A number for the value `name` of the innermost scope.
  func define(_ name: String) -> Int {
    defer { valueCount += 1 }
    scopes[scopes.count - 1][name] = valueCount
    return valueCount
  }

  func newValue() -> Int {
    defer { valueCount += 1 }
    return valueCount
  }

  /// `body` with names of its own, beside those around it.
  func scoped<Result>(isolated: Bool = false, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let outer = scopes
    scopes = isolated ? [[:]] : scopes + [[:]]
    defer { scopes = outer }
    return try nested(body)
  }

  /// `%name` or `%name#1`.
  func operand() throws(Diagnostic) -> Int {
    try cursor.need("%")
    var name = try cursor.suffixName()
    if cursor.isHere("#") {
      cursor.position += 1
      name += "#\(try cursor.integer())"
    }
    for scope in scopes.reversed() { if let value = scope[name] { return value } }
    throw .unreadableText(file.path, line: cursor.line, "the value '%\(name)' is not defined")
  }

  /// Operands up to what is none.
  func operands() throws(Diagnostic) -> [Int] {
    var list: [Int] = []
    while cursor.sees("%") {
      list.append(try operand())
      if !cursor.take(",") { break }
    }
    return list
  }
}
