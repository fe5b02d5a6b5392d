/// What a regular expression of a user may have: the C library compiles deep ones by recursion, and writes repeated ones out.
enum FilterLimits {
  /// Bytes of the text.
  static let length = 4096
  /// Groups in groups.
  static let depth = 50
  /// The product of the upper bounds of all repetitions, as `{2,8}`.
  static let repetitions = 1000

  /// `true` iff `text` is within all limits.
  static func allow(_ text: String) -> Bool {
    guard text.utf8.count <= length else { return false }
    var level = 0, product = 1
    // The numbers of a repetition: the one that is read, and the greatest.
    var bounds: (last: Int, greatest: Int)?
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "("): level += 1
      case UInt8(ascii: ")"): level = max(0, level - 1)
      case UInt8(ascii: "{"): bounds = (0, 1)
      case UInt8(ascii: ","): bounds?.last = 0
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard let known = bounds else { continue }
        let number = min(known.last * 10 + Int(byte - UInt8(ascii: "0")), repetitions + 1)
        bounds = (number, max(known.greatest, number))
      case UInt8(ascii: "}"):
        product = min(product * (bounds?.greatest ?? 1), repetitions + 1)
        bounds = nil
      default: bounds = nil
      }
      if level > depth || product > repetitions { return false }
    }
    return true
  }
}
