/// The fixed part of a module file: a header of 32 bytes, the section table, then the sections, each at a multiple of 64.
///
/// | bytes | what |
/// |---|---|
/// | 0-7 | magic: `89 54 53 4D 0D 0A 1A 0A` (not text, and damaged by any newline conversion) |
/// | 8-11 | version |
/// | 12-15 | number of sections |
/// | 16-23 | length of the file |
/// | 24-31 | checksum of the header (with zero here) and the section table: it covers the sections' checksums, so the whole |
///
/// A row of the section table has 32 bytes: kind and index (32 bits each), offset, length, checksum. All numbers are
/// little-endian. Bytes between sections are zero, which is checked too.
public enum ModuleLayout {
  /// The first bytes of a module.
  public static let magic: [UInt8] = [0x89, 0x54, 0x53, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The version of the format. A reader reads its own version only.
  public static let version: UInt32 = 8
  /// The bytes of the header.
  static let headerByteCount = 32
  /// The bytes of a row of the section table.
  static let rowByteCount = 32
  /// Sections and constants start at multiples of this: a cache line, and the widest vector register.
  public static let alignment = 64
  /// The most sections that a file may have: far more than executables' variants need, and a bound for the table.
  static let sectionLimit = 4096

  /// The kinds of sections.
  enum SectionKind: UInt32, CaseIterable {
    /// A program: all but images and constants, packed; the index is its place among them.
    case description = 1
    /// The image of one variant, packed; the index counts the variants of all executables of all programs.
    case image = 2
    /// The constants.
    case constants = 3

    /// The name in errors and dumps.
    var name: String { "\(self)" }
  }

  /// A row of the section table.
  struct Section {
    /// The kind of the section.
    var kind: SectionKind
    /// Which of several of the kind.
    var index: UInt32
    /// The start in the file.
    var offset: UInt64
    /// Its bytes.
    var length: UInt64
    /// Its checksum.
    var checksum: UInt64
  }

  /// Returns `offset` rounded up to a multiple of the alignment.
  static func aligned(_ offset: UInt64) -> UInt64 { (offset + UInt64(alignment - 1)) / UInt64(alignment) * UInt64(alignment) }

  /// Appends `value` in little-endian order.
  static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Returns the header and the section table.
  static func header(sections: [Section], fileLength: UInt64) -> [UInt8] {
    func bytes(checksum: UInt64) -> [UInt8] {
      var bytes = magic
      append(version, to: &bytes)
      append(UInt32(sections.count), to: &bytes)
      append(fileLength, to: &bytes)
      append(checksum, to: &bytes)
      for section in sections {
        append(section.kind.rawValue, to: &bytes)
        append(section.index, to: &bytes)
        append(section.offset, to: &bytes)
        append(section.length, to: &bytes)
        append(section.checksum, to: &bytes)
      }
      return bytes
    }
    let checksum = bytes(checksum: 0).withUnsafeBytes { Checksum.of($0) }
    return bytes(checksum: checksum)
  }
}
