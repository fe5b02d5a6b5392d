import TesseraModuleFormat

/// Strings in NumPy's files: each has the same number of characters of 4 bytes (`U`) or of bytes (`S`), filled up with zeros.
enum NPYStrings {
  /// Why the bytes are no strings.
  struct Problem: Error {
    /// A clause for the user.
    let reason: String
  }

  /// The encoding of strings in a file.
  struct Form {
    /// `true` iff a character takes 4 bytes.
    let isWide: Bool
    /// The characters of a string.
    let width: Int
    /// The bytes of a string.
    var byteCount: Int { isWide ? 4 * width : width }

    /// Parses an element type without the byte order, such as `U5`; `nil` if it is another.
    init?(_ code: String) {
      guard let first = code.first, "US".contains(first), let width = Int(code.dropFirst()), (0...1 << 40).contains(width) else {
        return nil
      }
      (isWide, self.width) = (first == "U", width)
    }
  }

  /// Reads `count` strings; `swaps` says that the bytes of a character are the other way around.
  static func read(_ bytes: UnsafeRawBufferPointer, _ form: Form, count: Int, swaps: Bool) throws(Problem) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    texts.reserveCapacity(count)
    for index in 0..<count {
      let element = bytes[index * form.byteCount..<(index + 1) * form.byteCount]
      texts.append(form.isWide ? try wide(element, swaps) : try narrow(element))
    }
    return texts
  }

  private static func narrow(_ bytes: Slice<UnsafeRawBufferPointer>) throws(Problem) -> [UInt8] {
    let length = (bytes.lastIndex { $0 != 0 }).map { $0 + 1 - bytes.startIndex } ?? 0
    let text = Array(bytes.prefix(length))
    guard String(validating: text, as: UTF8.self) != nil else { throw Problem(reason: "it has strings that are not UTF-8") }
    return text
  }

  private static func wide(_ bytes: Slice<UnsafeRawBufferPointer>, _ swaps: Bool) throws(Problem) -> [UInt8] {
    var scalars = String.UnicodeScalarView()
    var zeros = 0
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
      var value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      if swaps { value = value.byteSwapped }
      if value == 0 {
        zeros += 1
        continue
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw Problem(reason: "it has strings with the character \(value), which there is not")
      }
      for _ in 0..<zeros { scalars.append("\0") }
      zeros = 0
      scalars.append(scalar)
    }
    return Array(String(scalars).utf8)
  }

  /// Returns the element type that a file has for the strings of a tensor, and their bytes. Zeros at the end of a string are lost, as in NumPy.
  static func write(_ texts: [[UInt8]]) throws(RuntimeError) -> (descriptor: String, bytes: [UInt8]) {
    let strings = texts.map { String(decoding: $0, as: UTF8.self).unicodeScalars }
    let width = max(1, strings.map(\.count).max() ?? 0)
    // The longest string decides what all of them take.
    guard width <= byteLimit / 4 / max(texts.count, 1) else {
      throw RuntimeError(
        .resourceExhausted, "\(texts.count) strings of up to \(width) characters are too much for a .npy file", id: "stringsTooLong")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * width * texts.count)
    for string in strings {
      for scalar in string {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: scalar.value >> UInt32(shift))) }
      }
      bytes.append(contentsOf: repeatElement(0, count: 4 * (width - string.count)))
    }
    return ("<U\(width)", bytes)
  }

  /// The strings of a file take at most so many bytes.
  private static let byteLimit = 1 << 33
}
