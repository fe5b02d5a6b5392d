/// The descriptions of a module's programs, packed one after the other.
///
/// The first follows the dictionary of common strings, another one the end of the description before it too: programs of one model differ little.
struct PackedDescriptions {
  /// The description before the next one.
  private var last: [UInt8]?
  /// The bytes that the next ones may have: those of all programs together are bounded, however many a hostile file says that there are.
  private var limit = SectionPacking.descriptionLimit
  /// Matches begin so near that a longer dictionary is of no use.
  private static let dictionaryLimit = 65_535

  /// What the next block follows.
  private var dictionary: [UInt8] { last.map { Array((SectionPacking.words + $0).suffix(Self.dictionaryLimit)) } ?? SectionPacking.words }

  /// Returns the next description, which `content` stands for.
  mutating func next(_ content: UnsafeRawBufferPointer) throws(FormatError) -> [UInt8] {
    let bytes = try SectionPacking.bytes(content, section: "description", after: dictionary, limit: limit)
    follow(bytes)
    return bytes
  }

  /// Returns the section of the next description. Errors: all together are too long.
  mutating func pack(_ bytes: [UInt8]) throws(FormatError) -> [UInt8] {
    guard bytes.count <= limit else { throw .invalid("its description has more than \(SectionPacking.descriptionLimit) bytes") }
    let packed = SectionPacking.packed(bytes, after: dictionary)
    follow(bytes)
    return packed
  }

  private mutating func follow(_ bytes: [UInt8]) {
    limit -= bytes.count
    last = bytes
  }
}
