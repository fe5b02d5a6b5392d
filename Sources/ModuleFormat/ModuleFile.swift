import TesseraFiles

/// A module that was read, with every checksum and every index verified. Constants stay in the mapped file.
public final class ModuleFile: Sendable {
  /// The programs, the preferred one first: all of the module but its constants, which they share.
  public let programs: [ModuleDescription]
  /// The first program.
  public var description: ModuleDescription { programs[0] }
  /// The bytes of the file.
  private let storage: FileBytes
  /// The ranges of the constants in the file.
  private let constantRanges: [Range<Int>]
  /// The sections: name, offset in the file, and length.
  public let sections: [(name: String, offset: Int, byteCount: Int)]

  /// Reads the module at `path`; `-` is standard input.
  public convenience init(path: String) throws(FormatError) {
    let storage: FileBytes
    do throws(FileError) { storage = try FileBytes(path: path) } catch { throw FormatError(error) }
    try self.init(storage: storage)
  }

  /// Reads the module in `bytes`, which are copied.
  public convenience init(bytes: [UInt8]) throws(FormatError) {
    try self.init(storage: bytes.withUnsafeBytes { FileBytes($0) })
  }

  /// Reads and verifies the module in `storage`.
  private init(storage: FileBytes) throws(FormatError) {
    let bytes = storage.bytes
    let table = try ModuleFile.sectionTable(bytes)
    func find(_ kind: ModuleLayout.SectionKind, _ index: UInt32) throws(FormatError) -> ModuleLayout.Section {
      guard let row = table.first(where: { $0.kind == kind && $0.index == index }) else {
        throw .malformed("it has no \(kind.name) section")
      }
      return row
    }
    func content(_ row: ModuleLayout.Section) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[Int(row.offset)..<Int(row.offset + row.length)])
    }
    var descriptions = PackedDescriptions()
    let (first, ranges) = try Self.program(
      descriptions.next(content(try find(.description, 0))), constants: try find(.constants, 0))
    var programs = [first]
    let count = table.count { $0.kind == .description }
    guard count <= ModuleDescription.programLimit else { throw .invalid("it has \(count) programs") }
    for number in 1..<count { programs.append(try Self.program(descriptions.next(content(try find(.description, UInt32(number))))).0) }
    var image: UInt32 = 0
    for program in programs.indices {
      for executable in programs[program].executables.indices {
        for variant in programs[program].executables[executable].variants.indices {
          let content = content(try find(.image, image))
          programs[program].executables[executable].variants[variant].image = try SectionPacking.bytes(content, section: "image")
          image += 1
        }
      }
    }
    self.programs = programs
    constantRanges = ranges
    sections = table.map { ($0.kind.name, Int($0.offset), Int($0.length)) }
    self.storage = storage
    try ModuleDescription.verify(programs, constantCount: constantRanges.count)
  }

  /// Reads a program, and behind the first one where in the file the constants are.
  private static func program(
    _ bytes: [UInt8], constants: ModuleLayout.Section? = nil
  ) throws(FormatError) -> (ModuleDescription, constants: [Range<Int>]) {
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(FormatError) in
        var reader = ByteReader(bytes, section: "description")
        let program = try ModuleDescription(reading: &reader)
        var found: [Range<Int>] = []
        if let constants { found = try ranges(&reader, constants) }
        try reader.finish()
        return (program, found)
      }
    }.get()
  }

  /// Reads where in the file the constants are.
  private static func ranges(_ reader: inout ByteReader, _ constants: ModuleLayout.Section) throws(FormatError) -> [Range<Int>] {
    var end = 0
    return try reader.list { (r: inout ByteReader) throws(FormatError) in
      let length = try r.int()
      let offset = Int(ModuleLayout.aligned(UInt64(end)))
      guard offset <= Int(constants.length), length <= Int(constants.length) - offset else {
        throw r.error("a constant outside its section")
      }
      end = offset + length
      return Int(constants.offset) + offset..<Int(constants.offset) + end
    }
  }

  /// The number of constants.
  public var constantCount: Int { constantRanges.count }

  /// The bytes of the file.
  public var byteCount: Int { storage.bytes.count }

  /// Returns the bytes of a constant, 64-byte aligned, valid as long as this object; `nil` if there is no such constant.
  public func constant(_ index: Int) -> UnsafeRawBufferPointer? {
    guard constantRanges.indices.contains(index) else { return nil }
    return UnsafeRawBufferPointer(rebasing: storage.bytes[constantRanges[index]])
  }

  /// Reads the header, and checks every byte of the file against the checksums.
  private static func sectionTable(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> [ModuleLayout.Section] {
    func load<Value: FixedWidthInteger>(_ offset: Int) -> Value {
      Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
    guard !bytes.isEmpty else { throw .notAModule("the file is empty") }
    guard bytes.prefix(8).elementsEqual(ModuleLayout.magic.prefix(bytes.count)) else {
      throw .notAModule("it does not begin with the signature of one")
    }
    guard bytes.count >= ModuleLayout.headerByteCount else { throw .wrongLength(expected: 32, found: bytes.count) }
    let version: UInt32 = load(8)
    guard version == ModuleLayout.version else { throw .wrongVersion(version) }
    let fileLength: UInt64 = load(16)
    guard fileLength == UInt64(bytes.count) else { throw .wrongLength(expected: fileLength, found: bytes.count) }
    let count = Int(load(12) as UInt32)
    let end = ModuleLayout.headerByteCount + count * ModuleLayout.rowByteCount
    guard count <= ModuleLayout.sectionLimit, end <= bytes.count else { throw .checksumMismatch("header") }

    var checksum = Checksum()
    checksum.update(UnsafeRawBufferPointer(rebasing: bytes[0..<24]))
    [UInt8](repeating: 0, count: 8).withUnsafeBytes { checksum.update($0) }
    checksum.update(UnsafeRawBufferPointer(rebasing: bytes[32..<end]))
    guard checksum.value == load(24) as UInt64 else { throw .checksumMismatch("header") }

    var sections: [ModuleLayout.Section] = []
    var position = UInt64(end)
    for row in 0..<count {
      let base = ModuleLayout.headerByteCount + row * ModuleLayout.rowByteCount
      guard let kind = ModuleLayout.SectionKind(rawValue: load(base)) else { throw .malformed("it has a section of an unknown kind") }
      let section = ModuleLayout.Section(
        kind: kind, index: load(base + 4), offset: load(base + 8), length: load(base + 16), checksum: load(base + 24))
      guard section.offset <= fileLength, section.length <= fileLength - section.offset, section.offset >= position,
        section.offset - position < UInt64(ModuleLayout.alignment), section.offset % UInt64(ModuleLayout.alignment) == 0
      else { throw .malformed("the \(kind.name) section is out of place") }
      guard bytes[Int(position)..<Int(section.offset)].allSatisfy({ $0 == 0 }) else {
        throw .checksumMismatch("padding before the \(kind.name) section")
      }
      position = section.offset + section.length
      guard Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[Int(section.offset)..<Int(position)])) == section.checksum else {
        throw .checksumMismatch("\(kind.name) section")
      }
      sections.append(section)
    }
    guard position == fileLength else { throw .malformed("it has bytes after the last section") }
    return sections
  }
}
