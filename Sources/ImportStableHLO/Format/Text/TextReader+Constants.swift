import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraLibC

extension TextReader {
  /// What stands behind `dense` or `dense_resource`: the elements, which can be read once the type behind them is known.
  func constant(isResource: Bool) throws(Diagnostic) -> DenseConstant {
    guard cursor.isHere("<") else { throw cursor.failure("'<'") }
    let body = try constantBody()
    try cursor.need(":")
    guard case .tensor(let type) = try type() else { throw cursor.failure("a tensor type before this") }
    let end = cursor.position
    defer { cursor.position = end }
    cursor.position = body.lowerBound + 1
    guard type.count != nil else { throw cursor.failure("a constant of known sizes") }
    guard let element = type.element.storage else {
      // The operation that reads it says that its type is not supported.
      return DenseConstant(type: type, bytes: .owned([]), isSplat: false)
    }
    if isResource { return try resource(try cursor.word(), type) }
    if cursor.sees("__elided__") { throw .elidedConstant(file.path, line: cursor.line) }
    cursor.skipSpace()
    if cursor.isHere("\"") { return try hexadecimal(type) }
    if cursor.isHere(">") {
      guard type.count == 0 else { throw cursor.failure("elements") }
      return DenseConstant(type: type, bytes: .owned([]), isSplat: false)
    }
    return try listed(type, element, end: body.upperBound - 1)
  }

  /// Passes over `<...>`; strings are long.
  private func constantBody() throws(Diagnostic) -> Range<Int> {
    let start = cursor.position
    cursor.position += 1
    cursor.skipSpace()
    guard cursor.isHere("\"") else {
      cursor.position = start
      return try cursor.balanced()
    }
    guard let base = file.bytes.baseAddress,
      let quote = memchr(base + cursor.position + 1, Int32(UInt8(ascii: "\"")), file.bytes.count - cursor.position - 1)
    else { throw cursor.failure("a quotation mark") }
    cursor.position = quote - UnsafeMutableRawPointer(mutating: base) + 1
    try cursor.need(">")
    return start..<cursor.position
  }

  /// `"0x0102..."`
  private func hexadecimal(_ type: TensorType) throws(Diagnostic) -> DenseConstant {
    let digits = try hexDigits()
    guard let constant = DenseConstant(type, raw: .owned(digits)) else {
      throw .unreadableText(file.path, line: cursor.line, "\(digits.count) bytes are no elements of \(type.description)")
    }
    return constant
  }

  /// The bytes of a string of hexadecimal digits.
  func hexDigits() throws(Diagnostic) -> [UInt8] {
    try cursor.need("\"0x")
    let start = cursor.position, bytes = file.bytes
    while TextCursor.hexDigit(cursor.current) != nil { cursor.position += 1 }
    let count = cursor.position - start
    guard count % 2 == 0, cursor.isHere("\"") else { throw cursor.failure("an even number of hexadecimal digits") }
    return [UInt8](unsafeUninitializedCapacity: count / 2) { out, filled in
      for i in 0..<count / 2 {
        out[i] = (TextCursor.hexDigit(bytes[start + 2 * i]) ?? 0) << 4 | (TextCursor.hexDigit(bytes[start + 2 * i + 1]) ?? 0)
      }
      filled = count / 2
    }
  }

  /// The bytes that stand at the end of the file under a name.
  private func resource(_ name: String, _ type: TensorType) throws(Diagnostic) -> DenseConstant {
    if name == "__elided__" { throw .elidedConstant(file.path, line: cursor.line) }
    guard let place = resources[name] else {
      throw .unreadableText(file.path, line: cursor.line, "there is no resource '\(name)'")
    }
    cursor.position = place.lowerBound
    // The first four bytes say how the others are aligned.
    let bytes = try hexDigits()
    guard bytes.count >= 4, let constant = DenseConstant(type, raw: .owned(Array(bytes.dropFirst(4)))) else {
      throw .unreadableText(file.path, line: cursor.line, "the resource '\(name)' does not hold the elements of \(type.description)")
    }
    return constant
  }

  /// Reads `{-# dialect_resources: { builtin: { name: "0x..." } } #-}`, which has been begun.
  func readResources() throws(Diagnostic) {
    while !cursor.sees("#-}") {
      if cursor.isAtEnd { throw cursor.failure("'#-}'") }
      if cursor.take("}") || cursor.take("{") || cursor.take(",") { continue }
      let key = cursor.sees("\"") ? try cursor.string() : try cursor.word()
      try cursor.need(":")
      cursor.skipSpace()
      guard cursor.isHere("\"") else { continue }
      let start = cursor.position
      guard let base = file.bytes.baseAddress,
        let quote = memchr(base + start + 1, Int32(UInt8(ascii: "\"")), file.bytes.count - start - 1)
      else { throw cursor.failure("a quotation mark") }
      cursor.position = quote - UnsafeMutableRawPointer(mutating: base) + 1
      resources[key] = start..<cursor.position
    }
  }

  /// Elements in nested brackets, or one for all.
  private func listed(_ type: TensorType, _ element: ElementType, end: Int) throws(Diagnostic) -> DenseConstant {
    var elements = DenseBytes(element)
    let isList = cursor.isHere("[")
    while true {
      cursor.skipSpace()
      if cursor.position >= end { break }
      switch cursor.current {
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"): cursor.position += 1
      case UInt8(ascii: "t"), UInt8(ascii: "f"):
        let word = try cursor.word()
        guard element == .bool, word == "true" || word == "false" else { throw cursor.failure("numbers of \(element.stableHLOName)") }
        elements.append(bits: word == "true" ? 1 : 0)
      default: try appendNumber(&elements)
      }
    }
    let count = type.count ?? 0
    guard elements.count == (isList ? count : 1), elements.bytes.count == elements.count * element.byteCount else {
      throw .unreadableText(file.path, line: cursor.line, "\(elements.count) elements are not those of \(type.description)")
    }
    return DenseConstant(type: type, bytes: .owned(elements.bytes), isSplat: !isList && count != 1)
  }

  private func appendNumber(_ elements: inout DenseBytes) throws(Diagnostic) {
    let range = try numberRange()
    let isHexadecimal = range.count > 2 && file.bytes[range.lowerBound..<range.upperBound].contains(UInt8(ascii: "x"))
    let part = elements.part
    if isHexadecimal {
      guard file.bytes[range.lowerBound] != UInt8(ascii: "-"), let bits = UInt64(cursor.text(range).dropFirst(2), radix: 16) else {
        throw cursor.failure("bits of \(part.stableHLOName) before this")
      }
      elements.append(bits: bits)
    } else if part.isFloat || part.smallFloat != nil || FloatFormat(part.name) != nil {
      elements.append(TextReader.double(file.bytes, range))
    } else {
      let text = cursor.text(range)
      guard let value = Int(text) ?? UInt(text).map({ Int(bitPattern: $0) }), elements.append(integer: value) else {
        throw cursor.failure("a number of \(part.stableHLOName) before this, found \(text)")
      }
    }
  }
}
