/// Decompresses DEFLATE (RFC 1951), which ZIP archives hold.
struct Inflate {
  /// Why bytes are not compressed data.
  struct Problem: Error {
    /// A clause for the user.
    let reason: String
  }

  private let input: UnsafeRawBufferPointer
  private var position = 0
  /// Bits that were read and not used yet, the next one lowest.
  private var bits: UInt64 = 0
  private var bitCount = 0
  private let output: UnsafeMutableRawBufferPointer
  private var count = 0

  /// The longest code of an alphabet.
  private static let codeLimit = 15
  /// A symbol for each sequence of `codeLimit` bits, shifted by 4, with the length of its code; 0 where no code begins so.
  private typealias Table = [UInt16]

  private init(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) { (self.input, self.output) = (input, output) }

  /// Returns the `count` bytes that `input` stands for. Errors: the data is damaged, or stands for more or for less.
  static func bytes(_ input: UnsafeRawBufferPointer, count: Int) throws(Problem) -> [UInt8] {
    // A code of a bit can stand for 258 bytes at most: a size beyond that is a lie, and nothing is allocated for it.
    guard count >= 0, count / 1032 <= input.count + 1 else { throw Problem(reason: "its compressed size cannot be right") }
    var result = [UInt8](repeating: 0, count: count)
    let problem: Problem? = result.withUnsafeMutableBytes { output in
      do throws(Problem) {
        var inflate = Inflate(input, output)
        try inflate.run()
        return inflate.count == count ? nil : Problem(reason: "its compressed data ends early")
      } catch { return error }
    }
    if let problem { throw problem }
    return result
  }

  private mutating func run() throws(Problem) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1: try decode(Inflate.fixedLiterals, Inflate.fixedDistances)
      case 2:
        let (literals, distances) = try tables()
        try decode(literals, distances)
      default: throw Problem(reason: "its compressed data has a block of an unknown kind")
      }
    }
  }

  /// Makes at least `wanted` bits ready where the input has them.
  private mutating func fill() {
    while bitCount <= 48, position < input.count {
      bits |= UInt64(input[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  /// Takes some bits, the first one lowest.
  private mutating func take(_ wanted: Int) throws(Problem) -> Int {
    if wanted == 0 { return 0 }
    fill()
    guard wanted <= bitCount else { throw Problem(reason: "its compressed data is cut off") }
    let value = Int(bits & (1 << UInt64(wanted) - 1))
    bits >>= UInt64(wanted)
    bitCount -= wanted
    return value
  }

  /// Takes a symbol.
  private mutating func symbol(_ table: Table) throws(Problem) -> Int {
    fill()
    let entry = Int(table[Int(bits & UInt64(1 << Inflate.codeLimit - 1))])
    let length = entry & 15
    guard length > 0, length <= bitCount else {
      throw Problem(reason: length > 0 ? "its compressed data is cut off" : "its compressed data has an unknown code")
    }
    bits >>= UInt64(length)
    bitCount -= length
    return entry >> 4
  }

  /// Copies a block that is not compressed.
  private mutating func copyStored() throws(Problem) {
    _ = try take(bitCount % 8)
    let length = try take(16)
    guard try take(16) == length ^ 0xFFFF else { throw Problem(reason: "its compressed data has a damaged block") }
    guard length <= output.count - count else { throw Problem(reason: "its compressed data is longer than it says") }
    for _ in 0..<length {
      let byte = UInt8(try take(8))
      output[count] = byte
      count += 1
    }
  }

  /// Reads the codes of a block.
  private mutating func tables() throws(Problem) -> (Table, Table) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw Problem(reason: "its compressed data has too many codes") }
    var lengths = [Int](repeating: 0, count: 19)
    for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(lengthCount) { lengths[place] = try take(3) }
    let codes = try Inflate.table(lengths)
    var all: [Int] = []
    while all.count < literalCount + distanceCount {
      let symbol = try self.symbol(codes)
      switch symbol {
      case 0...15: all.append(symbol)
      case 16:
        guard let last = all.last else { throw Problem(reason: "its compressed data repeats what is not there") }
        all += Array(repeating: last, count: try take(2) + 3)
      case 17: all += Array(repeating: 0, count: try take(3) + 3)
      default: all += Array(repeating: 0, count: try take(7) + 11)
      }
    }
    guard all.count == literalCount + distanceCount, all[256] > 0 else { throw Problem(reason: "its compressed data has damaged codes") }
    return (try Inflate.table(Array(all[..<literalCount])), try Inflate.table(Array(all[literalCount...])))
  }

  /// Returns the table of codes of these lengths.
  private static func table(_ lengths: [Int]) throws(Problem) -> Table {
    var counts = [Int](repeating: 0, count: codeLimit + 1)
    for length in lengths where length > 0 { counts[length] += 1 }
    var next = [Int](repeating: 0, count: codeLimit + 2)
    var left = 1
    for length in 1...codeLimit {
      left = 2 * left - counts[length]
      guard left >= 0 else { throw Problem(reason: "its compressed data has more codes than there can be") }
      next[length + 1] = (next[length] + counts[length]) << 1
    }
    var table = Table(repeating: 0, count: 1 << codeLimit)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      var reversed = 0
      for bit in 0..<length where next[length] >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
      next[length] += 1
      for place in stride(from: reversed, to: table.count, by: 1 << length) { table[place] = UInt16(symbol << 4 | length) }
    }
    return table
  }

  /// Decodes a block to its end.
  private mutating func decode(_ literals: Table, _ distances: Table) throws(Problem) {
    while true {
      let symbol = try self.symbol(literals)
      if symbol < 256 {
        guard count < output.count else { throw Problem(reason: "its compressed data is longer than it says") }
        output[count] = UInt8(symbol)
        count += 1
        continue
      }
      if symbol == 256 { return }
      guard symbol <= 285 else { throw Problem(reason: "its compressed data has an unknown code") }
      let length = Inflate.lengths[symbol - 257] + (try take(Inflate.lengthBits[symbol - 257]))
      let code = try self.symbol(distances)
      guard code < 30 else { throw Problem(reason: "its compressed data has an unknown code") }
      let distance = Inflate.distances[code] + (try take(Inflate.distanceBits[code]))
      guard distance <= count else { throw Problem(reason: "its compressed data refers to what is before its start") }
      guard length <= output.count - count else { throw Problem(reason: "its compressed data is longer than it says") }
      // What is copied may be what was just written.
      for place in count..<count + length { output[place] = output[place - distance] }
      count += length
    }
  }

  // MARK: the constants of RFC 1951, section 3.2

  private static let lengths = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
  private static let distances = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
    24577,
  ]
  private static let distanceBits = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]
  private static let fixedLiterals: Table =
    (try? table((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })) ?? Table(repeating: 0, count: 1 << codeLimit)
  private static let fixedDistances: Table =
    (try? table(Array(repeating: 5, count: 30))) ?? Table(repeating: 0, count: 1 << codeLimit)
}
