/// A 64-bit checksum of bytes that arrive in pieces, at memory speed.
///
/// The scheme is that of xxHash64 (Yann Collet): four lanes of multiply-rotate-multiply over 32 bytes a step, then a
/// merge and a finish. Every step is a bijection of the lane, so a change of one word always changes the lane.
public struct Checksum: Sendable {
  /// The primes of xxHash64.
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The lanes.
  private var lane0 = Checksum.prime1 &+ Checksum.prime2
  private var lane1 = Checksum.prime2
  private var lane2: UInt64 = 0
  private var lane3 = 0 &- Checksum.prime1
  /// The bytes so far.
  private var count: UInt64 = 0
  /// Up to 31 bytes that do not fill a step yet.
  private var tail: [UInt8] = []

  /// Creates the checksum of nothing.
  public init() {}

  /// Returns the checksum of `bytes`.
  public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var checksum = Checksum()
    checksum.update(bytes)
    return checksum.value
  }

  /// Returns `lane` after taking in `word`.
  @inline(__always) private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let sum = lane &+ word &* prime2
    return (sum &<< 31 | sum &>> 33) &* prime1
  }

  /// Takes in whole steps of 32 bytes.
  private mutating func consume(_ start: UnsafeRawPointer, steps: Int) {
    var (a, b, c, d) = (lane0, lane1, lane2, lane3)
    var pointer = start
    for _ in 0..<steps {
      a = Checksum.round(a, UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self)))
      b = Checksum.round(b, UInt64(littleEndian: pointer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      c = Checksum.round(c, UInt64(littleEndian: pointer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
      d = Checksum.round(d, UInt64(littleEndian: pointer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
      pointer += 32
    }
    (lane0, lane1, lane2, lane3) = (a, b, c, d)
  }

  /// Takes in `bytes`.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard var pointer = bytes.baseAddress else { return }
    var left = bytes.count
    count &+= UInt64(left)
    if !tail.isEmpty {
      let taken = min(32 - tail.count, left)
      tail.append(contentsOf: UnsafeRawBufferPointer(start: pointer, count: taken))
      pointer += taken
      left -= taken
      guard tail.count == 32 else { return }
      let full = tail
      full.withUnsafeBytes { if let start = $0.baseAddress { consume(start, steps: 1) } }
      tail.removeAll(keepingCapacity: true)
    }
    consume(pointer, steps: left / 32)
    pointer += left / 32 * 32
    tail.append(contentsOf: UnsafeRawBufferPointer(start: pointer, count: left % 32))
  }

  /// The checksum of all bytes so far.
  public var value: UInt64 {
    func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { x &<< n | x &>> (64 &- n) }
    var hash = rotate(lane0, 1) &+ rotate(lane1, 7) &+ rotate(lane2, 12) &+ rotate(lane3, 18)
    for lane in [lane0, lane1, lane2, lane3] {
      hash = (hash ^ Checksum.round(0, lane)) &* Checksum.prime1 &+ Checksum.prime4
    }
    hash &+= count
    for byte in tail {
      hash = rotate(hash ^ (UInt64(byte) &* Checksum.prime5), 11) &* Checksum.prime1
    }
    hash = (hash ^ hash &>> 33) &* Checksum.prime2
    hash = (hash ^ hash &>> 29) &* Checksum.prime3
    return hash ^ hash &>> 32
  }
}
