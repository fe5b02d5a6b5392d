/// The directory of a ZIP archive, with its forms for 4 GiB and more.
struct ZipArchive {
  /// Why bytes are no archive.
  struct Problem: Error {
    /// A clause for the user.
    let reason: String
  }

  /// A file in an archive.
  struct Entry {
    var name: String
    /// 0 is stored, 8 is DEFLATE.
    var method: Int
    var checksum: UInt32
    var byteCount: Int
    /// The range of its bytes, compressed or not.
    var range: Range<Int>
  }

  /// The files, in the order of the directory.
  let entries: [Entry]
  private let bytes: UnsafeRawBufferPointer

  /// `true` iff bytes begin as an archive does.
  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
  }

  /// Reads the directory, which stands at the end.
  init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    let reader = LittleEndianReader(bytes)
    self.bytes = bytes
    // Behind the record that ends the directory stands at most a comment of 64 KiB.
    let places = stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xFFFF), by: -1)
    guard bytes.count >= 22, let end = places.first(where: { reader.number($0, 4) == 0x0605_4B50 }), var count = reader.number(end + 10, 2),
      var position = reader.number(end + 16, 4)
    else { throw Problem(reason: "it does not end with the directory of an archive") }
    if end >= 20, reader.number(end - 20, 4) == 0x0706_4B50 {
      guard let record = reader.number(end - 12, 8), reader.number(record, 4) == 0x0606_4B50, let large = reader.number(record + 32, 8),
        let start = reader.number(record + 48, 8)
      else { throw Problem(reason: "its directory is damaged") }
      (count, position) = (large, start)
    }
    // An entry takes 46 bytes at least.
    guard count <= bytes.count / 46 else { throw Problem(reason: "its directory is damaged") }
    var entries: [Entry] = []
    for _ in 0..<count { entries.append(try ZipArchive.entry(reader, &position)) }
    self.entries = entries
  }

  /// Reads an entry of the directory at `position`, which moves behind it.
  private static func entry(_ reader: LittleEndianReader, _ position: inout Int) throws(Problem) -> Entry {
    guard reader.number(position, 4) == 0x0201_4B50, let flags = reader.number(position + 8, 2),
      let method = reader.number(position + 10, 2),
      let checksum = reader.number(position + 16, 4), var stored = reader.number(position + 20, 4),
      var size = reader.number(position + 24, 4), let nameLength = reader.number(position + 28, 2),
      let extraLength = reader.number(position + 30, 2), let commentLength = reader.number(position + 32, 2),
      var local = reader.number(position + 42, 4), let name = reader.text(position + 46, nameLength)
    else { throw Problem(reason: "its directory is damaged") }
    // The numbers that do not fit stand in a field of their own, in this order.
    var field = position + 46 + nameLength
    let fields = field + extraLength
    while field + 4 <= fields, let kind = reader.number(field, 2), let length = reader.number(field + 2, 2) {
      if kind == 1 {
        var next = field + 4
        func large(_ number: Int) throws(Problem) -> Int {
          guard number == 0xFFFF_FFFF else { return number }
          guard next + 8 <= field + 4 + length, let value = reader.number(next, 8) else {
            throw Problem(reason: "its directory is damaged")
          }
          next += 8
          return value
        }
        size = try large(size)
        stored = try large(stored)
        local = try large(local)
      }
      field += 4 + length
    }
    position = fields + commentLength
    guard flags & 1 == 0 else { throw Problem(reason: "'\(name)' is encrypted") }
    guard reader.number(local, 4) == 0x0403_4B50, let before = reader.number(local + 26, 2), let between = reader.number(local + 28, 2)
    else {
      throw Problem(reason: "the place of '\(name)' is damaged")
    }
    let start = local + 30 + before + between
    guard start <= reader.bytes.count, stored <= reader.bytes.count - start else { throw Problem(reason: "'\(name)' ends beyond the file") }
    return Entry(
      name: name, method: method, checksum: UInt32(truncatingIfNeeded: checksum), byteCount: size, range: start..<start + stored)
  }

  /// Calls `body` with the bytes of a file, decompressed and checked.
  func withBytes<Result, Failure>(
    of entry: Entry, _ fail: (String) -> Failure, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let stored = UnsafeRawBufferPointer(rebasing: bytes[entry.range])
    func checked(_ content: UnsafeRawBufferPointer) throws(Failure) -> Result {
      guard CRC32.of(content) == entry.checksum else { throw fail("the checksum of '\(entry.name)' does not match") }
      return try body(content)
    }
    switch entry.method {
    case 0:
      guard stored.count == entry.byteCount else { throw fail("the size of '\(entry.name)' does not match") }
      return try checked(stored)
    case 8:
      let content: [UInt8]
      do throws(Inflate.Problem) { content = try Inflate.bytes(stored, count: entry.byteCount) } catch {
        throw fail("'\(entry.name)': \(error.reason)")
      }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
      defer { buffer.deallocate() }
      buffer.copyBytes(from: content)
      return try checked(UnsafeRawBufferPointer(buffer))
    default:
      throw fail("'\(entry.name)' is compressed by method \(entry.method), and only 8 (deflate) is supported")
    }
  }
}
