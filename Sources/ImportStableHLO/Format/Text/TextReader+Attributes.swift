import TesseraDiagnostics
import TesseraLibC

extension TextReader {
  /// One attribute.
  func attribute() throws(Diagnostic) -> ProgramAttribute {
    try nested { () throws(Diagnostic) in
      cursor.skipSpace()
      switch cursor.current {
      case UInt8(ascii: "\""):
        let text = try cursor.string()
        if cursor.take(":") { _ = try type() }
        return .text(text)
      case UInt8(ascii: "["): return .list(try list())
      case UInt8(ascii: "{"): return .dictionary(try dictionary())
      case UInt8(ascii: "@"): return .symbol(try symbol())
      case UInt8(ascii: "#"): return try dialectAttribute()
      case UInt8(ascii: "!"): return .type(try type())
      case UInt8(ascii: "("):  // of a function: the types of its arguments, and of its results
        let (inputs, results) = try functionType()
        return .list([inputs, results].map { types in .list(types.map { .type($0) }) })
      default: return cursor.seesNumber() ? try typedNumber() : try wordAttribute()
      }
    }
  }

  /// `@name`, or the last name of `@outer::@inner`.
  func symbol() throws(Diagnostic) -> String {
    try cursor.need("@")
    var name = try cursor.suffixName()
    while cursor.take("::") {
      try cursor.need("@")
      name = try cursor.suffixName()
    }
    return name
  }

  func list() throws(Diagnostic) -> [ProgramAttribute] {
    try cursor.need("[")
    var list: [ProgramAttribute] = []
    while !cursor.take("]") {
      list.append(try attribute())
      if !cursor.take(",") {
        try cursor.need("]")
        break
      }
    }
    return list
  }

  func dictionary() throws(Diagnostic) -> [String: ProgramAttribute] {
    try cursor.need("{")
    return try entries(until: "}")
  }

  /// `key = attribute, ...` up to a bracket; a key alone is a unit.
  func entries(until end: StaticString) throws(Diagnostic) -> [String: ProgramAttribute] {
    var entries: [String: ProgramAttribute] = [:]
    while !cursor.take(end) {
      let key = cursor.sees("\"") ? try cursor.string() : try cursor.word()
      entries[key] = cursor.take("=") ? try attribute() : .unit
      if !cursor.take(",") {
        try cursor.need(end)
        break
      }
    }
    return entries
  }

  /// A number without its type.
  func number() throws(Diagnostic) -> Double {
    let range = try numberRange()
    return Self.double(cursor.bytes, range)
  }

  /// The value of the decimal number at `range`, behind which another byte stands.
  static func double(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Double {
    var copy = bytes[range].map { CChar(bitPattern: $0) }
    copy.append(0)
    return strtod(copy, nil)
  }

  /// Passes over a decimal or hexadecimal number.
  func numberRange() throws(Diagnostic) -> Range<Int> {
    cursor.skipSpace()
    let start = cursor.position
    if cursor.isHere("-") { cursor.position += 1 }
    guard TextCursor.isDigit(cursor.current) else { throw cursor.failure("a number") }
    if cursor.isHere("0"), cursor.position + 1 < cursor.bytes.count, cursor.bytes[cursor.position + 1] == UInt8(ascii: "x") {
      cursor.position += 2
      while TextCursor.hexDigit(cursor.current) != nil { cursor.position += 1 }
      return start..<cursor.position
    }
    while TextCursor.isDigit(cursor.current) { cursor.position += 1 }
    if cursor.isHere(".") {
      cursor.position += 1
      while TextCursor.isDigit(cursor.current) { cursor.position += 1 }
    }
    if cursor.current | 0x20 == UInt8(ascii: "e") {
      cursor.position += 1
      if cursor.isHere("-") || cursor.isHere("+") { cursor.position += 1 }
      while TextCursor.isDigit(cursor.current) { cursor.position += 1 }
    }
    return start..<cursor.position
  }

  private func typedNumber() throws(Diagnostic) -> ProgramAttribute {
    let range = try numberRange()
    let text = cursor.text(range)
    var element: ProgramType?
    if cursor.take(":") { element = try type() }
    if text.hasPrefix("0x") || text.hasPrefix("-0x") {
      guard let bits = UInt64(text.drop { $0 != "x" }.dropFirst(), radix: 16) else { throw cursor.failure("a number of 64 bits") }
      switch element?.description {
      case "f32": return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
      case "f64": return .number(Double(bitPattern: bits))
      case "f16", "bf16": return .number(FloatFormat(element?.description ?? "").map { $0.value(bits) } ?? 0)
      default: return .integer(Int(bitPattern: UInt(bits)))
      }
    }
    if let integer = Int(text) { return .integer(integer) }
    if let unsigned = UInt(text) { return .integer(Int(bitPattern: unsigned)) }
    return .number(Self.double(cursor.bytes, range))
  }

  /// An attribute that begins with a word: a literal, a constant, a type.
  private func wordAttribute() throws(Diagnostic) -> ProgramAttribute {
    let start = cursor.position
    let word = try cursor.word()
    switch word {
    case "true", "false":
      if cursor.take(":") { _ = try type() }
      return .flag(word == "true")
    case "unit": return .unit
    case "dense", "dense_resource": return .dense(try constant(isResource: word == "dense_resource"))
    case "array": return try array()
    case "loc":
      cursor.position = start
      _ = try location()
      return .other
    case "affine_map", "affine_set", "distinct", "sparse", "strided":
      while cursor.isHere("<") || cursor.isHere("[") { _ = try cursor.balanced() }
      return .other
    default:
      if cursor.isHere("<") {
        cursor.position = start
        return .type(try type())
      }
      if ElementTypeNames.isScalar(word) { return .type(.other(word)) }
      return .word(word)
    }
  }

  /// `array<i64: 1, 2>`
  private func array() throws(Diagnostic) -> ProgramAttribute {
    try cursor.need("<")
    _ = try cursor.word()
    var values: [Int] = []
    var isOther = false
    if cursor.take(":") {
      while !cursor.sees(">") {
        if let word = cursor.nextWord(), word == "true" || word == "false" {
          _ = try cursor.word()
          values.append(word == "true" ? 1 : 0)
        } else {
          let text = cursor.text(try numberRange())
          if let value = Int(text) { values.append(value) } else { isOther = true }
        }
        if !cursor.take(",") { break }
      }
    }
    try cursor.need(">")
    return isOther ? .other : .integers(values)
  }

  /// `#stablehlo.gather<key = value, ...>`, `#stablehlo<precision DEFAULT>`, `#stablehlo.conv<[b, f, 0]x[...]->[...]>`, or an alias.
  private func dialectAttribute() throws(Diagnostic) -> ProgramAttribute {
    try cursor.need("#")
    let word = try cursor.word()
    guard cursor.isHere("<") else {
      return try aliased("#" + word) { () throws(Diagnostic) in try attribute() } ?? .other
    }
    let isOwn = word.hasPrefix("stablehlo") || word.hasPrefix("chlo") || word.hasPrefix("mhlo")
    let start = cursor.position
    let body = try cursor.balanced()
    let end = cursor.position
    guard isOwn else { return .other }
    defer { cursor.position = end }
    cursor.position = start
    try cursor.need("<")
    if word.hasSuffix(".conv") { return .dictionary(try convolutionDimensions(until: body.upperBound - 1)) }
    if !word.contains(".") {  // an enumeration: its kind, and the value
      _ = try cursor.word()
      return cursor.sees(">") ? .other : .word(try cursor.word())
    }
    // Forms that nothing here reads may be no list of entries.
    guard Self.keyedAttributes.contains(word) else { return .other }
    return .dictionary(try entries(until: ">"))
  }

  private static let keyedAttributes: Set<String> = [
    "stablehlo.gather", "stablehlo.scatter", "stablehlo.dot", "stablehlo.dot_algorithm", "stablehlo.channel_handle", "chlo.ragged_dot",
    "stablehlo.output_operand_alias",
  ]
}

/// Names of types without brackets.
enum ElementTypeNames {
  static func isScalar(_ word: String) -> Bool {
    if word == "index" || word == "none" || word == "tf32" { return true }
    let digits = word.drop { !$0.isNumber }
    guard !digits.isEmpty, digits.count < word.count else { return false }
    return ["i", "ui", "si", "f", "bf"].contains(String(word.prefix { !$0.isNumber }))
  }
}
