import TesseraConstants
import TesseraGraphs

/// The elements of a constant while they are read: those of the file's form become bytes of ours.
struct DenseBytes {
  let element: ElementType
  /// The type of a part of a complex number, or the element's own.
  let part: ElementType
  private(set) var bytes: [UInt8] = []
  private(set) var partCount = 0
  private let format: FloatFormat?

  init(_ element: ElementType) {
    self.element = element
    part = element.complexPart ?? element
    format = FloatFormat(part.name)
  }

  /// The number of elements so far.
  var count: Int { element.isComplex ? partCount / 2 : partCount }

  mutating func append(_ number: Double) {
    switch part {
    case .f32: append(bits: UInt64(Float(number).bitPattern))
    case .f64: append(bits: number.bitPattern)
    default: append(bits: format?.bits(of: number) ?? 0)
    }
  }

  /// Appends the low bytes of `bits`.
  mutating func append(bits: UInt64) {
    partCount += 1
    var rest = bits
    for _ in 0..<part.byteCount {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// The integer `value` in as many bits as the type has; `false` if it does not fit.
  mutating func append(integer value: Int) -> Bool {
    if part == .bool {
      guard (-1...1).contains(value) else { return false }
      append(bits: value == 0 ? 0 : 1)
      return true
    }
    let bounds = part.integerBounds
    // Unsigned numbers of 64 bits are their bits.
    guard part == .u64 || (value >= bounds.least && value <= bounds.greatest) else { return false }
    append(bits: UInt64(bitPattern: Int64(value)) & mask)
    return true
  }

  private var mask: UInt64 { part.packing > 1 ? (1 << UInt64(8 / part.packing)) - 1 : .max }
}

extension DenseConstant {
  /// A constant of `type` whose elements stand in `bytes` as MLIR lays them out: one element may stand for all, and booleans may be bits.
  /// `nil` if the number of bytes does not fit.
  init?(_ type: TensorType, raw bytes: ConstantBytes) {
    guard let element = type.element.storage, let count = type.count else { return nil }
    self.type = type
    let size = element.byteCount
    if element == .bool {
      if bytes.count == 1 {
        // All bits or none: a splat, unless there are few enough elements that each is a bit.
        let first = bytes.withBytes { $0[0] }
        if first == 0 || first == 0xFF || count == 1 {
          (self.bytes, isSplat) = (.owned([first & 1]), true)
          return
        }
      }
      if bytes.count == count {
        (self.bytes, isSplat) = (bytes.withBytes { .owned($0.map { $0 == 0 ? 0 : 1 }) }, false)
        return
      }
      guard bytes.count == (count + 7) / 8 else { return nil }
      let unpacked = bytes.withBytes { raw in (0..<count).map { raw[$0 / 8] >> UInt8($0 % 8) & 1 } }
      (self.bytes, isSplat) = (.owned(unpacked), false)
      return
    }
    if bytes.count == size, count != 1 {
      (self.bytes, isSplat) = (bytes, true)
    } else {
      let (whole, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, bytes.count == whole else { return nil }
      (self.bytes, isSplat) = (bytes, false)
    }
    if element.packing > 1 {  // the high bits of small integers repeat the sign
      let mask = UInt8(1 << (8 / element.packing) - 1)
      self.bytes = self.bytes.withBytes { .owned($0.map { $0 & mask }) }
    }
  }
}

extension ProgramElement {
  /// The type of what is stored.
  var storage: ElementType? {
    switch self {
    case .plain(let type): type
    case .quantized(let type): type.storage
    case .other: nil
    }
  }
}
