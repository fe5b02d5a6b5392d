import TesseraModuleFormat

// Numbers as texts, as NumPy's `str` writes them, and back.

extension ElementType {
  /// Returns the text of a number of the type: floats shortest, as `0.1`, `314.0`, `1e-05`, `nan`, `inf`; truth values as `True` and `False`.
  func numberText(_ value: ElementValue) -> String {
    switch value {
    case .signed(let number): return "\(number)"
    case .unsigned(let number): return self == .bool ? (number != 0 ? "True" : "False") : "\(number)"
    case .complex: return text(value)
    case .float(let number):
      guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
      let shortest = self == .f64 ? number.description : self == .f16 ? Self.shortHalf(number) : Float(number).description
      // Shorter types change to an exponent earlier.
      let limit = self == .f64 ? 1e16 : self == .f16 ? 1e3 : 1e6
      return Self.arranged(shortest, withExponent: number != 0 && !(1e-4..<limit).contains(number.magnitude))
    }
  }

  /// Returns the shortest digits that read back as the same `f16`: Swift writes whole numbers out.
  private static func shortHalf(_ number: Double) -> String {
    guard number.magnitude >= 1000 else { return Float16(number).description }
    for unit in [10_000.0, 1000, 100, 10] {
      let rounded = (number / unit).rounded() * unit
      if rounded != 0, Double(Float16(rounded)) == number { return rounded.description }
    }
    return Float16(number).description
  }

  /// Returns a number's digits in NumPy's form.
  private static func arranged(_ text: String, withExponent: Bool) -> String {
    var digits: [Character] = []
    var pointPlace: Int?
    var exponent = 0
    let sign = text.hasPrefix("-") ? "-" : ""
    let parts = text.dropFirst(sign.count).split(separator: "e")
    for character in parts.first ?? "" {
      if character == "." { pointPlace = digits.count } else { digits.append(character) }
    }
    if parts.count > 1 { exponent = Int(parts[1]) ?? 0 }
    // The number is 0.d1d2d3... times 10 to the power of `scale`.
    var scale = (pointPlace ?? digits.count) + exponent
    while digits.first == "0", digits.count > 1 {
      digits.removeFirst()
      scale -= 1
    }
    while digits.last == "0", digits.count > 1 { digits.removeLast() }
    if digits == ["0"] { return sign + "0.0" }
    if withExponent {
      let power = scale - 1
      let fraction = digits.count > 1 ? "." + String(digits.dropFirst()) : ""
      let padding = abs(power) < 10 ? "0" : ""
      return "\(sign)\(digits[0])\(fraction)e\(power < 0 ? "-" : "+")\(padding)\(abs(power))"
    }
    if scale <= 0 { return "\(sign)0." + String(repeating: "0", count: -scale) + String(digits) }
    let whole = String(digits.prefix(scale)) + String(repeating: "0", count: max(0, scale - digits.count))
    return "\(sign)\(whole)." + (digits.count > scale ? String(digits.dropFirst(scale)) : "0")
  }

  /// Returns the number of the type that a text says: decimal, with or without an exponent; `inf`, `nan`, `true` and `false` in any case; `nil`
  /// if it says none, or an integer type does not hold it. Integers are cut off at the point.
  func number(in text: [UInt8]) -> ElementValue? {
    let word = String(decoding: text, as: UTF8.self).trimmed()
    if let special = special(word) { return special }
    let digits = word.hasPrefix("-") || word.hasPrefix("+") ? word.dropFirst() : word[...]
    let isPlain = digits.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x65 || byte == 0x45 || byte == 0x2B || byte == 0x2D
    }
    guard isPlain, let first = digits.utf8.first, (0x30...0x39).contains(first) || first == 0x2E else { return nil }
    if self == .bool { return Double(word).map { .unsigned($0 != 0 ? 1 : 0) } }
    if self == .f32 { return Float(word).map { .float(Double($0)) } }
    if !isInteger { return Double(word).map { .float($0) } }
    return integer(word)
  }

  /// The value of a word that is no number; `nil` if the type has none.
  private func special(_ word: String) -> ElementValue? {
    switch word.lowercased() {
    case "true" where self == .bool: .unsigned(1)
    case "false" where self == .bool: .unsigned(0)
    case "nan" where !isInteger, "+nan" where !isInteger, "-nan" where !isInteger: .float(.nan)
    case "inf" where !isInteger, "+inf" where !isInteger, "infinity" where !isInteger, "+infinity" where !isInteger: .float(.infinity)
    case "-inf" where !isInteger, "-infinity" where !isInteger: .float(-.infinity)
    default: nil
    }
  }

  /// The integer that a decimal number says; `nil` if the type does not hold it.
  private func integer(_ word: String) -> ElementValue? {
    let isUnsigned = [.u8, .u16, .u32, .u64, .u4, .u2].contains(self)
    if isUnsigned {
      let number = UInt64(word) ?? Double(word).flatMap { UInt64(exactly: $0.rounded(.towardZero)) }
      guard let number, number <= UInt64.max >> UInt64(64 - bitCount) else { return nil }
      return .unsigned(number)
    }
    let number = Int64(word) ?? Double(word).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
    let limit = Int64.max >> Int64(64 - bitCount)
    guard let number, number <= limit, number >= -limit - 1 else { return nil }
    return .signed(number)
  }
}

extension String {
  /// The text without spaces, tabs and line ends around it.
  fileprivate func trimmed() -> String {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    return String(decoding: Array(bytes), as: UTF8.self)
  }
}
