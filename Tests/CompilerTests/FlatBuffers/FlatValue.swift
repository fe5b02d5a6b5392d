/// A value of a FlatBuffer that a test writes: tables by the numbers of their fields.
///
/// Parents stand before what they lead to, so offsets point forward. Nothing is aligned: our reader does not need it.
indirect enum FlatValue: Sendable {
  case i8(Int8), i32(Int32), u32(UInt32), f32(Float), flag(Bool)
  case text(String), bytes([UInt8]), i32s([Int32]), i64s([Int64]), f32s([Float])
  case table([Int: FlatValue]), tables([[Int: FlatValue]])

  private static func little<T: FixedWidthInteger>(_ number: T) -> [UInt8] { withUnsafeBytes(of: number.littleEndian, Array.init) }

  /// The bytes that stand in a table; of what is led to, those are the four of an offset.
  private var inline: [UInt8] {
    switch self {
    case .i8(let number): Self.little(number)
    case .i32(let number): Self.little(number)
    case .u32(let number): Self.little(number)
    case .f32(let number): Self.little(number.bitPattern)
    case .flag(let flag): [flag ? 1 : 0]
    default: [0, 0, 0, 0]
    }
  }

  /// The buffer whose root is this table.
  func buffer(identifier: String) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4) + identifier.utf8
    append(to: &bytes, from: 0)
    return bytes
  }

  /// Appends what is led to from the offset at `place`.
  private func append(to bytes: inout [UInt8], from place: Int) {
    func lead() { bytes.replaceSubrange(place..<place + 4, with: Self.little(UInt32(bytes.count - place))) }
    func vector(_ count: Int, _ elements: [UInt8]) {
      lead()
      bytes += Self.little(UInt32(count)) + elements
    }
    switch self {
    case .text(let text): vector(text.utf8.count, Array(text.utf8) + [0])
    case .bytes(let list): vector(list.count, list)
    case .i32s(let list): vector(list.count, list.flatMap(Self.little))
    case .i64s(let list): vector(list.count, list.flatMap(Self.little))
    case .f32s(let list): vector(list.count, list.flatMap { Self.little($0.bitPattern) })
    case .tables(let list):
      let first = bytes.count + 4
      vector(list.count, Array(repeating: 0, count: 4 * list.count))
      for (i, fields) in list.enumerated() { FlatValue.table(fields).append(to: &bytes, from: first + 4 * i) }
    case .table(let fields):
      let count = (fields.keys.max() ?? -1) + 1
      var offsets = [UInt16](repeating: 0, count: count), body: [UInt8] = [], places: [(FlatValue, Int)] = []
      for number in fields.keys.sorted() {
        guard let value = fields[number] else { continue }
        offsets[number] = UInt16(4 + body.count)
        places.append((value, 4 + body.count))
        body += value.inline
      }
      let start = bytes.count
      bytes += Self.little(UInt16(4 + 2 * count)) + Self.little(UInt16(4 + body.count)) + offsets.flatMap(Self.little)
      lead()
      let table = bytes.count
      bytes += Self.little(Int32(table - start)) + body
      for (value, offset) in places { value.append(to: &bytes, from: table + offset) }
    default: break
    }
  }
}
