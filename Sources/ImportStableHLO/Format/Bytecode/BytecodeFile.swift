import TesseraDiagnostics

/// The sections of a file of MLIR bytecode, with its tables of names, types and attributes, none of which is looked into yet.
struct BytecodeFile {
  /// A type or attribute that is not read yet.
  struct Entry {
    var dialect: String
    var range: Range<Int>
    /// `true` iff its dialect encoded it; else it is text.
    var isEncoded: Bool
  }

  /// The newest version of bytecode that is read.
  private static let newestVersion = 6
  private enum Section {
    static let strings = 0, dialects = 1, entries = 2, offsets = 3, operations = 4, properties = 8
  }

  let bytes: UnsafeRawBufferPointer
  let path: String
  /// Where the file begins in `bytes`.
  let start: Int
  private(set) var version = 0
  private(set) var producer = ""
  private(set) var strings: [String] = []
  private(set) var dialects: [String] = []
  private(set) var operations: [(name: String, isRegistered: Bool)] = []
  private(set) var attributes: [Entry] = []
  private(set) var types: [Entry] = []
  private(set) var properties: [Range<Int>] = []
  private(set) var body: Range<Int> = 0..<0

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, path: String) throws(Diagnostic) {
    (self.bytes, self.path, start) = (bytes, path, range.lowerBound)
    var cursor = ByteCursor(bytes, range, path: path)
    guard range.count > 4, bytes[try cursor.take(4)].elementsEqual([0x4D, 0x4C, 0xEF, 0x52]) else { throw cursor.failure("no bytecode") }
    version = try cursor.integer()
    guard version <= Self.newestVersion else { throw .newerBytecode(path, version, Self.newestVersion) }
    var name: [UInt8] = []
    while case let byte = try cursor.byte(), byte != 0 { name.append(byte) }
    producer = String(decoding: name, as: UTF8.self)
    var sections: [Int: Range<Int>] = [:]
    while !cursor.isAtEnd {
      let (id, range) = try Self.section(&cursor, start)
      sections[id] = range
    }
    func section(_ id: Int) throws(Diagnostic) -> ByteCursor {
      guard let range = sections[id] else { throw .unreadableBytecode(path, "section \(id) is missing") }
      return ByteCursor(bytes, range, path: path)
    }
    strings = try Self.readStrings(section(Section.strings))
    try readDialects(section(Section.dialects))
    try readEntries(section(Section.offsets), sections[Section.entries] ?? 0..<0)
    if sections[Section.properties] != nil {
      var cursor = try section(Section.properties)
      properties = try cursor.list { cursor throws(Diagnostic) in try cursor.take(try cursor.integer()) }
    }
    body = try section(Section.operations).range
  }

  /// The number and the range of a section.
  static func section(_ cursor: inout ByteCursor, _ base: Int) throws(Diagnostic) -> (id: Int, range: Range<Int>) {
    let id = try cursor.byte(), length = try cursor.integer()
    if id & 0x80 != 0 { try cursor.align(try cursor.integer(1 << 12), from: base) }
    return (Int(id & 0x7F), try cursor.take(length))
  }

  func string(_ i: Int) throws(Diagnostic) -> String {
    guard strings.indices.contains(i) else { throw .unreadableBytecode(path, "there is no string \(i)") }
    return strings[i]
  }

  /// Lengths stand in reverse order, before the characters.
  private static func readStrings(_ section: ByteCursor) throws(Diagnostic) -> [String] {
    var cursor = section
    let lengths = try cursor.list { cursor throws(Diagnostic) in try cursor.integer() }
    var end = cursor.end
    var strings: [String] = []
    for length in lengths {
      guard length >= 1, length <= end - cursor.position else { throw cursor.failure("a string is too long") }
      strings.append(String(decoding: cursor.bytes[end - length..<end - 1], as: UTF8.self))
      end -= length
    }
    return strings.reversed()
  }

  private mutating func readDialects(_ section: ByteCursor) throws(Diagnostic) {
    var cursor = section
    for _ in 0..<(try cursor.count()) {
      let code = try cursor.integer()
      guard version >= 1 else {
        dialects.append(try string(code))
        continue
      }
      dialects.append(try string(code >> 1))
      if code & 1 == 1 { _ = try Self.section(&cursor, start) }  // the version of the dialect
    }
    if version >= 4 { _ = try cursor.integer() }
    while !cursor.isAtEnd {
      let dialect = try dialect(try cursor.integer(), cursor)
      for _ in 0..<(try cursor.count()) {
        let code = try cursor.integer()
        operations.append((dialect + "." + (try string(version >= 5 ? code >> 1 : code)), version < 5 || code & 1 == 1))
      }
    }
  }

  private func dialect(_ i: Int, _ cursor: ByteCursor) throws(Diagnostic) -> String {
    guard dialects.indices.contains(i) else { throw cursor.failure("there is no dialect \(i)") }
    return dialects[i]
  }

  private mutating func readEntries(_ section: ByteCursor, _ data: Range<Int>) throws(Diagnostic) {
    var cursor = section
    let counts = [try cursor.count(), try cursor.count()]
    var position = data.lowerBound
    func group(_ total: Int) throws(Diagnostic) -> [Entry] {
      var entries: [Entry] = []
      while entries.count < total {
        let dialect = try dialect(try cursor.integer(), cursor)
        for _ in 0..<(try cursor.integer(total - entries.count)) {
          let code = try cursor.integer(), size = code >> 1
          guard size <= data.upperBound - position else { throw cursor.failure("a type or attribute is too long") }
          entries.append(Entry(dialect: dialect, range: position..<position + size, isEncoded: code & 1 == 1))
          position += size
        }
        if cursor.isAtEnd, entries.count < total { throw cursor.failure("types or attributes are missing") }
      }
      return entries
    }
    attributes = try group(counts[0])
    types = try group(counts[1])
  }
}

extension ByteCursor {
  /// All that is left.
  var range: Range<Int> { position..<end }
}
