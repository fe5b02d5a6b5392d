import TesseraModuleFormat

extension Tensor {
  /// The elements as texts, in order: numbers as `text()` has them, strings as they are.
  public func elementTexts() throws(RuntimeError) -> [String] {
    if elementType == .string { return try texts().map { String(decoding: $0, as: UTF8.self) } }
    let size = elementType.byteCount
    return withUnsafeBytes { bytes in
      (0..<count).compactMap { index in bytes.baseAddress.map { elementType.text($0 + index * size) } }
    }
  }

  /// The elements as text, like NumPy's: nested brackets, long axes cut to their first and last three.
  public func text(limit: Int = 1000) -> String {
    // Nothing may stand in a great many brackets.
    if count == 0, shape.prefix(while: { $0 > 0 }).reduce(1, { min($0, limit + 1) * min($1, limit + 1) }) > limit { return "[]" }
    let edge = count > limit ? 3 : Int.max
    let size = elementType.byteCount
    let texts = elementType == .string ? try? texts() : nil
    return withUnsafeBytes { bytes in
      var position = 0
      /// Returns the text of the block at `start` of the axes from `axis` on.
      func block(_ axis: Int, _ start: Int, _ stride: Int) -> String {
        if axis == shape.count {
          if let texts { return texts.indices.contains(start) ? quoted(texts[start]) : "" }
          return bytes.baseAddress.map { elementType.text($0 + start * size) } ?? ""
        }
        let extent = shape[axis]
        let inner = extent == 0 ? 0 : stride / extent
        var items: [String] = []
        for index in 0..<extent {
          if edge < extent / 2, index >= edge, index < extent - edge {
            if index == edge { items.append("...") }
            continue
          }
          items.append(block(axis + 1, start + index * inner, inner))
        }
        position += 1
        let isInnermost = axis == shape.count - 1
        let separator =
          isInnermost ? " " : String(repeating: "\n", count: min(shape.count - 1 - axis, 2)) + String(repeating: " ", count: axis + 1)
        return "[" + items.joined(separator: separator) + "]"
      }
      return block(0, 0, count)
    }
  }
}

/// Returns a string in quotes, with escapes for what would not be seen.
func quoted(_ text: [UInt8]) -> String {
  "'"
    + String(decoding: text, as: UTF8.self).unicodeScalars.map { scalar in
      scalar == "'"
        ? "\\'" : scalar == "\\" ? "\\\\" : scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined() + "'"
}

extension ElementType {
  /// Returns the element at `pointer` as text: the shortest that reads back the same.
  func text(_ pointer: UnsafeRawPointer) -> String { text(read(pointer)) }

  /// Returns a number of the type as text: the shortest that reads back the same.
  func text(_ value: ElementValue) -> String {
    func short(_ text: String) -> String { text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
    func float(_ number: Double) -> String { short(self == .f64 || self == .complex128 ? "\(number)" : "\(Float(number))") }
    switch value {
    case .signed(let number): return "\(number)"
    case .unsigned(let number): return self == .bool ? (number != 0 ? "true" : "false") : "\(number)"
    case .float(let number): return self == .f16 ? short("\(Float16(number))") : float(number)
    case .complex(let real, let imaginary): return "\(float(real))\(imaginary.sign == .minus ? "" : "+")\(float(imaginary))j"
    }
  }
}
