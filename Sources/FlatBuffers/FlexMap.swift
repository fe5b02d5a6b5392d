package import TesseraDiagnostics

/// A map of numbers and texts in the FlexBuffers form, which needs no schema: the options of custom operators.
///
/// The buffer is read from its end: the width of the root, its type, and its value. What has no room in a value stands before it, at a distance.
package struct FlexMap {
  /// A value of a map.
  package enum Item: Equatable {
    case integer(Int)
    case float(Double)
    case text(String)
    case list([Item])
    /// What no options hold: maps in maps, bytes.
    case other
  }

  /// Lists in lists are read to this depth.
  private static let depthLimit = 8

  private let buffer: FlatBuffer
  /// The bytes of the file that belong to the map.
  private let range: Range<Int>
  package private(set) var items: [String: Item] = [:]

  /// Reads the map that stands in `range` of `buffer`. No bytes are an empty map.
  package init(_ buffer: FlatBuffer, _ range: Range<Int>) throws(Diagnostic) {
    (self.buffer, self.range) = (buffer, range)
    if range.isEmpty { return }
    let width = Int(try byte(range.upperBound - 1)), packed = try byte(range.upperBound - 2)
    guard [1, 2, 4, 8].contains(width) else { throw damaged("a number of \(width) bytes", range.upperBound - 1) }
    guard packed >> 2 == 9 else { throw damaged("options that are no map", range.upperBound - 2) }
    let start = try target(range.upperBound - 2 - width, width), own = 1 << Int(packed & 3)
    let count = try length(start, own)
    let keys = try target(start - 3 * own, own), keyWidth = Int(clamping: try unsigned(start - 2 * own, own))
    guard [1, 2, 4, 8].contains(keyWidth) else { throw damaged("a number of \(keyWidth) bytes", start - 2 * own) }
    guard try length(keys, keyWidth) == count else { throw damaged("a map with more keys than values", start) }
    for i in 0..<count {
      let key = try terminatedText(try target(keys + i * keyWidth, keyWidth))
      items[key] = try item(start + i * own, own, try byte(start + count * own + i), depth: 0)
    }
  }

  // MARK: values

  private func item(_ place: Int, _ width: Int, _ packed: UInt8, depth: Int) throws(Diagnostic) -> Item {
    let kind = packed >> 2, inner = 1 << Int(packed & 3)
    switch kind {
    case 0: return .other
    case 1: return .integer(try signed(place, width))
    case 2, 26: return try integer(place, width)
    case 3: return .float(try float(place, width))
    case 4: return .text(try terminatedText(try target(place, width)))
    case 5:
      let start = try target(place, width)
      return .text(try buffer.text(start..<start + (try length(start, inner))))
    case 6: return .integer(try signed(try target(place, width), inner))
    case 7: return try integer(try target(place, width), inner)
    case 8: return .float(try float(try target(place, width), inner))
    case 10...13, 16...24, 36:
      guard depth < Self.depthLimit else { throw damaged("lists that are nested too deep", place) }
      return .list(try list(try target(place, width), inner, kind, depth: depth + 1))
    default: return .other
    }
  }

  private func list(_ start: Int, _ width: Int, _ kind: UInt8, depth: Int) throws(Diagnostic) -> [Item] {
    // Lists of 2, 3 or 4 elements of one type have no length before them.
    let count = kind >= 16 && kind <= 24 ? Int(kind - 16) / 3 + 2 : try length(start, width)
    try buffer.spend(count * width, at: start)
    var items: [Item] = []
    for i in 0..<count {
      let packed: UInt8 =
        switch kind {
        case 10: try byte(start + count * width + i)
        case 36: 26 << 2
        case 16...24: ((kind - 16) % 3 + 1) << 2
        default: (kind - 10) << 2
        }
      items.append(try item(start + i * width, width, packed, depth: depth))
    }
    return items
  }

  // MARK: bytes

  private func check(_ place: Int, _ count: Int) throws(Diagnostic) {
    guard place >= range.lowerBound, count >= 0, count <= range.upperBound - place else { throw damaged("a value is cut off", place) }
  }

  private func byte(_ place: Int) throws(Diagnostic) -> UInt8 {
    try check(place, 1)
    return buffer.bytes[place]
  }

  private func unsigned(_ place: Int, _ width: Int) throws(Diagnostic) -> UInt64 {
    try check(place, width)
    switch width {
    case 1: return UInt64(buffer.bytes[place])
    case 2: return UInt64(try buffer.load(place, as: UInt16.self))
    case 4: return UInt64(try buffer.load(place, as: UInt32.self))
    default: return try buffer.load(place, as: UInt64.self)
    }
  }

  private func signed(_ place: Int, _ width: Int) throws(Diagnostic) -> Int {
    let bits = try unsigned(place, width), spare = UInt64(64 - 8 * width)
    return Int(Int64(bitPattern: bits << spare) >> Int64(spare))
  }

  private func integer(_ place: Int, _ width: Int) throws(Diagnostic) -> Item {
    guard let number = Int(exactly: try unsigned(place, width)) else { throw damaged("a number that is too large", place) }
    return .integer(number)
  }

  private func float(_ place: Int, _ width: Int) throws(Diagnostic) -> Double {
    let bits = try unsigned(place, width)
    switch width {
    case 4: return Double(Float(bitPattern: UInt32(bits)))
    case 8: return Double(bitPattern: bits)
    default: throw damaged("a float of \(width) bytes", place)
    }
  }

  /// The place that the distance at `place` leads back to.
  private func target(_ place: Int, _ width: Int) throws(Diagnostic) -> Int {
    let distance = try unsigned(place, width)
    guard distance <= UInt64(place - range.lowerBound) else { throw damaged("an offset leads out of the options", place) }
    return place - Int(distance)
  }

  /// The number before the elements at `start`, which is no more than there is room for.
  private func length(_ start: Int, _ width: Int) throws(Diagnostic) -> Int {
    let count = try unsigned(start - width, width)
    guard count <= UInt64(range.upperBound - start) else { throw damaged("a list reaches past the end", start) }
    return Int(count)
  }

  /// The text up to the next zero byte.
  private func terminatedText(_ start: Int) throws(Diagnostic) -> String {
    guard let end = buffer.bytes[start..<range.upperBound].firstIndex(of: 0) else { throw damaged("a name has no end", start) }
    return try buffer.text(start..<end)
  }

  private func damaged(_ what: String, _ place: Int) -> Diagnostic { .damagedBuffer(buffer, what, at: place) }
}
