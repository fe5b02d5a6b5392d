/// Escapes, and classes in brackets.
extension PatternParser {
  /// Parses an escape, outside of brackets.
  mutating func escape() throws(PatternError) -> PatternNode {
    switch next {
    case "A":
      _ = take()
      return .assertion(.textBegins)
    case "z":
      _ = take()
      return .assertion(.textEnds)
    case "b":
      _ = take()
      return .assertion(.wordBoundary)
    case "B":
      _ = take()
      return .assertion(.noWordBoundary)
    default: break
    }
    if let item = try escapedClass() { return .set(ScalarSet([item], ignoresCase: flags.ignoresCase)) }
    return try literal(try escapedScalar())
  }

  /// The class that an escape such as `\d` or `\pL` names; `nil` if it names none.
  private mutating func escapedClass() throws(PatternError) -> ScalarSet.Item? {
    guard let letter = next else { return nil }
    switch letter {
    case "d", "s", "w", "D", "S", "W":
      _ = take()
      var item = ScalarSet.named(String(letter).lowercased())
      item?.isNegated = "DSW".unicodeScalars.contains(letter)
      return item
    case "p", "P":
      _ = take()
      var name = skip("{") ? take(upTo: "}") : take().map(String.init)
      var isNegated = letter == "P"
      if name?.hasPrefix("^") == true {
        name?.removeFirst()
        isNegated.toggle()
      }
      guard var item = ScalarSet.category(name ?? "") else {
        throw PatternError(
          reason: "it has the class '\\\(letter){\(name ?? "")}', which is not supported; general categories such as Lu are")
      }
      if flags.ignoresCase { throw PatternError(reason: "it has a class '\\\(letter)' under the flag 'i', which is not supported") }
      item.isNegated = isNegated
      return item
    default: return nil
    }
  }

  /// The character that an escape means.
  private mutating func escapedScalar() throws(PatternError) -> Unicode.Scalar {
    guard let scalar = take() else { throw PatternError(reason: "it ends with a backslash") }
    switch scalar {
    case "a": return "\u{07}"
    case "f": return "\u{0C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{0B}"
    case "x": return try hexadecimal()
    case "0"..."7": return try octal(scalar)
    case "8", "9": throw PatternError(reason: "it refers back to a group, '\\\(scalar)', which RE2 has not")
    case "a"..."z", "A"..."Z": throw PatternError(reason: "it has the escape '\\\(scalar)', which is not supported")
    default:
      guard scalar.isASCII else { throw PatternError(reason: "it escapes the character '\(scalar)'") }
      return scalar
    }
  }

  /// The character of `\x7F` or `\x{10FFFF}`.
  private mutating func hexadecimal() throws(PatternError) -> Unicode.Scalar {
    var digits = ""
    if skip("{") {
      digits = take(upTo: "}") ?? ""
    } else {
      for _ in 0..<2 { if let digit = take() { digits.unicodeScalars.append(digit) } }
      if digits.utf8.count < 2 { digits = "" }
    }
    guard digits.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }), let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
    else {
      throw PatternError(reason: "it has an escape '\\x' without a character's number in hexadecimal")
    }
    return scalar
  }

  /// The character of `\0`, `\12` or `\123`.
  private mutating func octal(_ first: Unicode.Scalar) throws(PatternError) -> Unicode.Scalar {
    func isOctal(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ("0"..."7").contains($0) } ?? false }
    if first != "0", !isOctal(next) {
      throw PatternError(reason: "it refers back to a group, '\\\(first)', which RE2 has not")
    }
    var value = first.value - 0x30
    for _ in 0..<2 where isOctal(next) { if let digit = take() { value = value * 8 + digit.value - 0x30 } }
    guard let scalar = Unicode.Scalar(value) else { throw PatternError(reason: "it has an octal escape of no character") }
    return scalar
  }

  /// The set in brackets, after the first.
  mutating func bracketed() throws(PatternError) -> ScalarSet {
    let isNegated = skip("^")
    var items: [ScalarSet.Item] = []
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while isFirst || next != "]" {
      isFirst = false
      if skip("[:") {
        let isOther = skip("^")
        guard let name = take(upTo: ":"), skip("]"), var item = ScalarSet.named(name), name.utf8.count > 1 else {
          throw PatternError(reason: "it has a class '[:' whose name is not known")
        }
        item.isNegated = isOther
        items.append(item)
        continue
      }
      let isEscaped = skip("\\")
      if isEscaped, let item = try escapedClass() {
        items.append(item)
        continue
      }
      let low = try member(isEscaped: isEscaped)
      var high = low
      if next == "-" {
        _ = take()
        if next == "]" {
          try add(0x2D...0x2D, to: &ranges)
        } else {
          high = try member(isEscaped: skip("\\"))
        }
      }
      guard low <= high else { throw PatternError(reason: "it has the range '\(low)-\(high)', which is empty") }
      try add(low.value...high.value, to: &ranges)
    }
    _ = take()
    if !ranges.isEmpty { items.append(.init(ranges: ranges)) }
    return ScalarSet(items, isNegated: isNegated, ignoresCase: flags.ignoresCase)
  }

  /// A character in brackets.
  private mutating func member(isEscaped: Bool) throws(PatternError) -> Unicode.Scalar {
    if isEscaped { return try escapedScalar() }
    guard let scalar = take() else { throw PatternError(reason: "it has a '[' that no ']' closes") }
    return scalar
  }

  private func add(_ range: ClosedRange<UInt32>, to ranges: inout [ClosedRange<UInt32>]) throws(PatternError) {
    try requireCase(range)
    ranges.append(range)
  }
}
