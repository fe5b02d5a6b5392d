import TesseraDiagnostics

/// A position in a part of a file of MLIR bytecode, and the values that can stand there. Each read is checked.
struct ByteCursor {
  let bytes: UnsafeRawBufferPointer
  let path: String
  private(set) var position: Int
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, path: String) {
    (self.bytes, self.path, position, end) = (bytes, path, range.lowerBound, range.upperBound)
  }

  var isAtEnd: Bool { position >= end }

  func failure(_ reason: String) -> Diagnostic { .unreadableBytecode(path, "\(reason) at byte \(position)") }

  mutating func byte() throws(Diagnostic) -> UInt8 {
    guard position < end else { throw failure("it ends") }
    defer { position += 1 }
    return bytes[position]
  }

  /// A number whose first byte has as many zeros at its low end as there are bytes more.
  mutating func number() throws(Diagnostic) -> UInt64 {
    let first = try byte()
    if first & 1 == 1 { return UInt64(first >> 1) }
    if first == 0 {
      var value: UInt64 = 0
      for i in 0..<8 { value |= UInt64(try byte()) << UInt64(8 * i) }
      return value
    }
    let more = first.trailingZeroBitCount
    var value = UInt64(first)
    for i in 1...more { value |= UInt64(try byte()) << UInt64(8 * i) }
    return value >> UInt64(more + 1)
  }

  /// A number of at most `limit`.
  mutating func integer(_ limit: Int = .max) throws(Diagnostic) -> Int {
    guard let value = Int(exactly: try number()), value <= limit else { throw failure("a number is too large") }
    return value
  }

  /// A number whose lowest bit is its sign.
  mutating func signed() throws(Diagnostic) -> Int {
    let value = try number()
    return Int(truncatingIfNeeded: value >> 1) ^ (value & 1 == 1 ? -1 : 0)
  }

  /// A number of things that take a byte each, or more.
  mutating func count() throws(Diagnostic) -> Int { try integer(end - position) }

  /// The range of the next `count` bytes.
  mutating func take(_ count: Int) throws(Diagnostic) -> Range<Int> {
    guard count >= 0, count <= end - position else { throw failure("it ends") }
    defer { position += count }
    return position..<position + count
  }

  /// Passes over what fills up to a multiple of `alignment`.
  mutating func align(_ alignment: Int, from base: Int) throws(Diagnostic) {
    guard alignment > 0 else { throw failure("an alignment of 0") }
    while (position - base) % alignment != 0 {
      guard try byte() == 0xCB else { throw failure("wrong padding") }
    }
  }

  /// A list of what `read` reads.
  mutating func list<Element>(_ read: (inout ByteCursor) throws(Diagnostic) -> Element) throws(Diagnostic) -> [Element] {
    let count = try count()
    var list: [Element] = []
    for _ in 0..<count { list.append(try read(&self)) }
    return list
  }

  /// A float of 64 bits as the integer of its bits.
  mutating func double() throws(Diagnostic) -> Double { Double(bitPattern: UInt64(bitPattern: Int64(try signed()))) }

  /// An integer of `bits` bits: short ones are a byte.
  mutating func integer(bits: Int) throws(Diagnostic) -> Int { bits <= 8 ? Int(Int8(bitPattern: try byte())) : try signed() }
}
