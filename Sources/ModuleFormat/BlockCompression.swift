/// Compression of sections: an LZ4 block (Yann Collet's format), which is unpacked faster than it is read from a disk.
///
/// A block is a list of sequences: a token of two half bytes (the numbers of literals, and of bytes of the match beyond 4; 15 goes on in the bytes
/// that follow, as long as they are 255), the literals, the distance back to the match in two bytes. The last sequence has literals only.
package enum BlockCompression {
  /// The shortest match.
  private static let shortest = 4
  /// The furthest match.
  private static let window = 65_535
  /// The bytes at the end in which no match begins, and those that are literals: the format asks for both.
  private static let (unmatched, finalLiterals) = (12, 5)
  /// The number of earlier places with the same first bytes that are compared: more of them make images a hundredth smaller at best.
  private static let candidateLimit = 32
  private static let hashBits: UInt32 = 15

  // MARK: packing

  /// Returns a block that stands for `bytes`; the same one each time. Its matches may begin in `dictionary`, which the reader must have.
  package static func block(_ bytes: [UInt8], after dictionary: [UInt8] = []) -> [UInt8] {
    (dictionary + bytes).withUnsafeBytes { packed($0, from: dictionary.count) }
  }

  private static func packed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> [UInt8] {
    var output: [UInt8] = []
    var matches = Matches(bytes)
    var (anchor, position) = (start, start)
    let end = bytes.count - unmatched
    while position < end {
      var match = matches.longest(at: position)
      guard match.length >= shortest else {
        position += 1
        continue
      }
      // A longer match that begins a byte later saves more than this one.
      while position + 1 < end {
        let next = matches.longest(at: position + 1)
        guard next.length > match.length else { break }
        (match, position) = (next, position + 1)
      }
      append(bytes[anchor..<position], match, to: &output)
      position += match.length
      anchor = position
    }
    append(bytes[anchor...], nil, to: &output)
    return output
  }

  private static func append(_ literals: Slice<UnsafeRawBufferPointer>, _ match: (distance: Int, length: Int)?, to output: inout [UInt8]) {
    let beyond = match.map { $0.length - shortest } ?? 0
    output.append(UInt8(min(literals.count, 15) << 4 | min(beyond, 15)))
    appendRest(literals.count, to: &output)
    output.append(contentsOf: literals)
    guard let match else { return }
    output.append(UInt8(match.distance & 0xFF))
    output.append(UInt8(match.distance >> 8))
    appendRest(beyond, to: &output)
  }

  /// Appends what of a number does not fit into half a byte.
  private static func appendRest(_ number: Int, to output: inout [UInt8]) {
    guard number >= 15 else { return }
    output.append(contentsOf: repeatElement(255, count: (number - 15) / 255))
    output.append(UInt8((number - 15) % 255))
  }

  /// Places with the same four bytes, the latest first.
  private struct Matches {
    private let bytes: UnsafeRawBufferPointer
    private var latest = [Int](repeating: -1, count: 1 << Int(hashBits))
    private var earlier: [Int]
    private var known = 0

    init(_ bytes: UnsafeRawBufferPointer) {
      self.bytes = bytes
      earlier = [Int](repeating: -1, count: bytes.count)
    }

    private func word(_ position: Int) -> UInt32 { bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self) }

    /// Knuth's multiplicative hash: 2^32 divided by the golden ratio.
    private func slot(_ position: Int) -> Int { Int((UInt32(littleEndian: word(position)) &* 2_654_435_761) >> (32 - hashBits)) }

    /// Returns the longest match at `position`, the nearest of equals; one of no length where there is none. Positions must ascend.
    mutating func longest(at position: Int) -> (distance: Int, length: Int) {
      while known < position {
        let slot = slot(known)
        earlier[known] = latest[slot]
        latest[slot] = known
        known += 1
      }
      var best = (distance: 0, length: 0)
      var (candidate, left) = (latest[slot(position)], candidateLimit)
      while candidate >= 0, candidate >= position - window, left > 0 {
        let length = commonLength(candidate, position)
        if length > best.length { best = (position - candidate, length) }
        candidate = earlier[candidate]
        left -= 1
      }
      return best
    }

    private func commonLength(_ p: Int, _ q: Int) -> Int {
      let limit = bytes.count - finalLiterals - q
      var length = 0
      while length < limit, bytes[p + length] == bytes[q + length] { length += 1 }
      return length
    }
  }

  // MARK: unpacking

  /// Returns the `count` bytes that `block` stands for, which was made after the same dictionary. Errors: it is damaged, or stands for more or for less.
  package static func bytes(
    _ block: UnsafeRawBufferPointer, count: Int, after dictionary: [UInt8] = []
  ) throws(FormatError) -> [UInt8] {
    // A byte of a block stands for 255 bytes at most: nothing is allocated for a number that cannot be right.
    guard count >= 0, count / 255 <= block.count else { throw damaged() }
    var isWhole = false
    let start = dictionary.count
    let result = [UInt8](unsafeUninitializedCapacity: start + count) { output, written in
      dictionary.withUnsafeBytes { UnsafeMutableRawBufferPointer(output).copyMemory(from: $0) }
      isWhole = unpack(block, UnsafeMutableRawBufferPointer(output), start..<start + count)
      written = isWhole ? start + count : start
    }
    guard isWhole else { throw damaged() }
    return start == 0 ? result : Array(result[start...])
  }

  private static func damaged() -> FormatError { .malformed("a compressed section is damaged") }

  /// Fills `range` of `output`, with what is before it as the dictionary; `false` iff `block` does not stand for as many bytes.
  private static func unpack(_ block: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, _ range: Range<Int>) -> Bool {
    var (from, to) = (0, range.lowerBound)
    let count = range.upperBound
    /// Reads what goes on behind half a byte; `nil` at the end of the block. No number is larger than 255 times the block's bytes.
    func number(_ half: Int) -> Int? {
      var value = half
      guard half == 15 else { return value }
      while from < block.count {
        let next = Int(block[from])
        from += 1
        value += next
        if next != 255 { return value }
      }
      return nil
    }
    while from < block.count {
      let token = Int(block[from])
      from += 1
      guard let literals = number(token >> 4), literals <= block.count - from, literals <= count - to else { return false }
      UnsafeMutableRawBufferPointer(rebasing: output[to..<to + literals]).copyMemory(from: .init(rebasing: block[from..<from + literals]))
      from += literals
      to += literals
      if from == block.count { return to == count && token & 15 == 0 }
      guard block.count - from >= 2 else { return false }
      let distance = Int(block[from]) | Int(block[from + 1]) << 8
      from += 2
      guard let beyond = number(token & 15), beyond + shortest <= count - to, distance > 0, distance <= to else { return false }
      let length = beyond + shortest
      if distance >= length {
        UnsafeMutableRawBufferPointer(rebasing: output[to..<to + length]).copyMemory(
          from: .init(rebasing: output[to - distance..<to - distance + length]))
      } else {
        // The match reaches into what it makes: a byte repeats so.
        for i in to..<to + length { output[i] = output[i - distance] }
      }
      to += length
    }
    return false
  }
}
