package import TesseraDiagnostics

/// A table of a FlatBuffer: fields by their numbers in the schema. A field that is not there has its default.
package struct FlatTable {
  package let buffer: FlatBuffer
  /// The byte at which it stands.
  package let start: Int
  /// Where the offsets of the fields stand, and how many there are.
  private let fields: Int
  private let fieldCount: Int

  init(_ buffer: FlatBuffer, at start: Int) throws(Diagnostic) {
    let fields = start - Int(try buffer.load(start, as: Int32.self))
    let size = Int(try buffer.load(fields, as: UInt16.self))
    guard size >= 4, size % 2 == 0, size <= buffer.bytes.count - fields else {
      throw .damagedBuffer(buffer, "the fields of a table are not in the file", at: start)
    }
    (self.buffer, self.start) = (buffer, start)
    (self.fields, fieldCount) = (fields + 4, (size - 4) / 2)
  }

  /// The byte at which a field stands; `nil` if it is not there.
  private func place(_ field: Int) throws(Diagnostic) -> Int? {
    guard field < fieldCount else { return nil }
    let offset = Int(try buffer.load(fields + 2 * field, as: UInt16.self))
    return offset == 0 ? nil : start + offset
  }

  /// `true` iff the field is there.
  package func has(_ field: Int) throws(Diagnostic) -> Bool { try place(field) != nil }

  // MARK: numbers

  package func number<T: FixedWidthInteger>(_ field: Int, default value: T) throws(Diagnostic) -> T {
    guard let place = try place(field) else { return value }
    return try buffer.load(place, as: T.self)
  }

  package func float(_ field: Int, default value: Float = 0) throws(Diagnostic) -> Float {
    Float(bitPattern: try number(field, default: value.bitPattern))
  }

  package func flag(_ field: Int, default value: Bool = false) throws(Diagnostic) -> Bool {
    try number(field, default: UInt8(value ? 1 : 0)) != 0
  }

  // MARK: what fields lead to

  package func table(_ field: Int) throws(Diagnostic) -> FlatTable? {
    guard let place = try place(field) else { return nil }
    return try FlatTable(buffer, at: try buffer.follow(place))
  }

  /// The bytes of the file that the elements of a vector take, which have `stride` bytes each; `nil` if the vector is not there.
  package func range(_ field: Int, stride: Int = 1) throws(Diagnostic) -> Range<Int>? {
    guard let place = try place(field) else { return nil }
    return try buffer.elements(at: try buffer.follow(place), stride: stride)
  }

  package func string(_ field: Int) throws(Diagnostic) -> String? {
    guard let range = try range(field) else { return nil }
    return try buffer.text(range)
  }

  package func numbers<T: FixedWidthInteger>(_ field: Int, of type: T.Type) throws(Diagnostic) -> [T]? {
    guard let range = try range(field, stride: MemoryLayout<T>.size) else { return nil }
    try buffer.spend(range.count, at: range.lowerBound)
    var list: [T] = []
    list.reserveCapacity(range.count / MemoryLayout<T>.size)
    for place in stride(from: range.lowerBound, to: range.upperBound, by: MemoryLayout<T>.size) {
      list.append(try buffer.load(place, as: T.self))
    }
    return list
  }

  package func floats(_ field: Int) throws(Diagnostic) -> [Float]? { try numbers(field, of: UInt32.self)?.map(Float.init(bitPattern:)) }

  package func strings(_ field: Int) throws(Diagnostic) -> [String]? {
    guard let places = try targets(field) else { return nil }
    var list: [String] = []
    for place in places { list.append(try buffer.text(try buffer.elements(at: place, stride: 1))) }
    return list
  }

  /// The tables of a vector; none if it is not there.
  package func tables(_ field: Int) throws(Diagnostic) -> [FlatTable] {
    var list: [FlatTable] = []
    for place in try targets(field) ?? [] { list.append(try FlatTable(buffer, at: place)) }
    return list
  }

  /// The table of a union: its kind stands in the field before. `nil` if there is none.
  package func union(_ field: Int) throws(Diagnostic) -> (kind: Int, table: FlatTable)? {
    let kind = Int(try number(field - 1, default: UInt8(0)))
    guard kind != 0, let table = try table(field) else { return nil }
    return (kind, table)
  }

  /// Where the offsets of a vector lead.
  private func targets(_ field: Int) throws(Diagnostic) -> [Int]? {
    guard let range = try range(field, stride: 4) else { return nil }
    try buffer.spend(range.count, at: range.lowerBound)
    var list: [Int] = []
    list.reserveCapacity(range.count / 4)
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 4) { list.append(try buffer.follow(place)) }
    return list
  }
}
