import TesseraFiles
import TesseraModuleFormat

/// Inputs as users write them on a command line; the forms are IREE's, and a few more.
///
/// | form | what |
/// |---|---|
/// | `2x3xf32=1,2,3,4,5,6`, `2x2xi32=1 2 3 4`, `2x2xi32=[[1 2][3 4]]` | elements, row by row |
/// | `2x3xf32=1` | the same number everywhere |
/// | `4xf32=@raw.bin` | the bytes of a file |
/// | `@a.npy`, `-` | the arrays of a file (`TensorFile` has the forms), or of standard input |
/// | `3.14`, `i64=5` | a scalar |
/// | `2xstring=yes,no`, `2xstring=["a b", 'c,d']` | strings, in quotes where they have spaces, commas or brackets |
/// | `random:7`, `2x3xf32=random:7` | numbers from a seed |
/// | `name=...` | any of these, for the input of that name |
public enum TensorLiteral {
  /// The source of a literal's elements.
  public struct Value: Sendable {
    /// The name before the first `=`, where that is not a type.
    public var name: String?
    /// The tensors: one, but for files with several arrays.
    public var tensors: [Tensor]
  }

  /// Returns the name before the first `=`, where that is not a type.
  public static func name(of text: String) -> (name: String?, rest: String) {
    guard let equals = text.firstIndex(of: "="), !text.hasPrefix("@"), !text.hasPrefix("[") else { return (nil, text) }
    let left = String(text[..<equals])
    if TensorShape(left) != nil || looksLikeShape(left) { return (nil, text) }
    return (left, String(text[text.index(after: equals)...]))
  }

  /// Parses a literal. `expected` gives the type where the literal has none; `dimensions` gives sizes to its symbols.
  public static func parse(
    _ text: String, expected: TensorInfo? = nil, dimensions: [String: Int] = [:]
  ) throws(RuntimeError) -> Value {
    let (name, rest) = name(of: text)
    return Value(name: name, tensors: try tensors(rest, expected, dimensions))
  }

  /// Returns the path that a literal without a name is, `-` for standard input; `nil` for other literals.
  public static func path(_ text: String) -> String? { text == "-" ? text : text.hasPrefix("@") ? String(text.dropFirst()) : nil }

  /// Parses a literal without a name.
  private static func tensors(_ text: String, _ expected: TensorInfo?, _ dimensions: [String: Int]) throws(RuntimeError) -> [Tensor] {
    if let path = path(text) { return try TensorFile.read(path: path) { _ in expected?.elementType }.flatMap(\.tensors) }
    if text.hasPrefix("random:") {
      guard let expected else { throw fail(text, "'random:' needs a type here: 2x3xf32=random:7") }
      return [try random(expected.elementType, try shape(expected, dimensions), seed: seed(text))]
    }
    guard let equals = text.firstIndex(of: "=") else {
      // A scalar takes the type that the function expects; else what IREE takes.
      guard let type = TensorShape(text) else {
        let elementType = expected?.elementType ?? (Int64(text) != nil ? .i32 : .f32)
        return [try elements(text, text[...], elementType, [])]
      }
      // A type alone is a tensor of zeros.
      return [try Tensor(elementType: type.elementType, shape: type.extents) { _ in }]
    }
    let left = String(text[..<equals])
    let right = text[text.index(after: equals)...]
    guard let type = TensorShape(left) else { throw fail(text, "'\(left)' is no type; types look like 2x3xf32") }
    if right.hasPrefix("@") { return [try raw(text, String(right.dropFirst()), type)] }
    if right.hasPrefix("random:") { return [try random(type.elementType, type.extents, seed: try seed(String(right)))] }
    return [try elements(text, right, type.elementType, type.extents)]
  }

  /// Returns an error about a literal.
  @inline(never) private static func fail(_ text: String, _ why: String) -> RuntimeError {
    let shown = text.count > 60 ? text.prefix(57) + "..." : text[...]
    return RuntimeError(.invalidArgument, "cannot read the input '\(shown)': \(why)", id: "malformedLiteral")
  }

  /// Returns the seed of `random:7`.
  private static func seed(_ text: String) throws(RuntimeError) -> UInt64 {
    guard let seed = UInt64(text.dropFirst(7)) else { throw fail(text, "the seed is no whole number") }
    return seed
  }

  /// Returns the shape of an input, with its symbols' sizes.
  public static func shape(_ info: TensorInfo, _ dimensions: [String: Int]) throws(RuntimeError) -> [Int] {
    var shape: [Int] = []
    for dimension in info.shape {
      switch dimension {
      case .fixed(let size): shape.append(Int(size))
      case .symbolic(let symbol):
        guard let size = dimensions[symbol] else {
          throw RuntimeError(
            .invalidArgument,
            "input '\(info.name)' (\(info.typeText)) needs a size for its dimension '\(symbol)'; give one with --dims \(symbol)=1",
            id: "unknownDimension")
        }
        shape.append(size)
      }
    }
    return shape
  }

  /// Returns a tensor with the bytes of a file.
  private static func raw(_ text: String, _ path: String, _ type: TensorShape) throws(RuntimeError) -> Tensor {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw RuntimeError(error) }
    guard type.elementType != .string else { throw fail(text, "a file of bytes does not say where strings end; .npy files do") }
    let byteCount = try Tensor.byteCount(type.elementType, type.extents)
    return try file.withUnsafeBytes { (bytes) throws(RuntimeError) in
      guard bytes.count == byteCount else {
        throw fail(text, "'\(path)' has \(bytes.count) bytes, but the type needs \(byteCount)")
      }
      return try Tensor(elementType: type.elementType, shape: type.extents, bytes: bytes)
    }
  }

  /// Returns a tensor of numbers: uniform in -1...1 for floats, 0 or 1 for truth values, small for integers and in strings.
  public static func random(_ elementType: ElementType, _ shape: [Int], seed: UInt64) throws(RuntimeError) -> Tensor {
    // SplitMix64 (Steele, Lea, Flood 2014): one addition and a mix for each number.
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
    func uniform() -> Double { Double(next() >> 11) * 0x1p-52 - 1 }
    let size = elementType.byteCount
    if elementType == .string {
      let count = try Tensor.byteCount(.u8, shape)
      return try Tensor(shape: shape, (0..<count).map { _ in "\(next() % 100)" })
    }
    return try Tensor(elementType: elementType, shape: shape) { bytes in
      guard let base = bytes.baseAddress else { return }
      for offset in stride(from: 0, to: bytes.count, by: size) {
        let value: ElementValue =
          switch elementType {
          case .bool: .unsigned(next() & 1)
          case .complex64, .complex128: .complex(uniform(), uniform())
          default: elementType.isInteger ? .unsigned(next() % 100) : .float(uniform())
          }
        elementType.write(value, to: base + offset)
      }
    }
  }

  /// Returns a tensor of the numbers in `right`.
  private static func elements(
    _ text: String, _ right: Substring, _ elementType: ElementType, _ shape: [Int]
  ) throws(RuntimeError) -> Tensor {
    let byteCount = try Tensor.byteCount(elementType, shape)
    let count = byteCount / elementType.byteCount
    if elementType == .string {
      guard let texts = StringLiteral.elements(right) else { throw fail(text, "a quote has no end") }
      guard texts.count == count || texts.count == 1 else {
        throw fail(text, "it has \(texts.count) strings, but the shape \(shapeText(shape)) needs \(count), or one for all")
      }
      return try Tensor(shape: shape, texts: texts.count == count ? texts : Array(repeating: texts[0], count: count))
    }
    let words = right.split { " ,[]\t\n".contains($0) }
    guard words.count == count || words.count == 1 else {
      throw fail(text, "it has \(words.count) elements, but the shape \(shapeText(shape)) needs \(count), or one for all")
    }
    var values: [ElementValue] = []
    for word in words { values.append(try value(text, word, elementType)) }
    let size = elementType.byteCount
    return try Tensor(elementType: elementType, shape: shape) { bytes in
      guard let base = bytes.baseAddress else { return }
      for index in 0..<count { elementType.write(values[values.count == 1 ? 0 : index], to: base + index * size) }
    }
  }

  /// Returns the number that a word stands for; integers must fit the type.
  private static func value(_ text: String, _ word: Substring, _ elementType: ElementType) throws(RuntimeError) -> ElementValue {
    switch elementType {
    case .bool:
      switch word {
      case "true", "True", "1": return .unsigned(1)
      case "false", "False", "0": return .unsigned(0)
      default: throw fail(text, "'\(word)' is no truth value; use 0 or 1")
      }
    case .i2, .i4, .i8, .i16, .i32, .i64:
      let limit = Int64.max >> Int64(64 - elementType.bitCount)
      guard let number = integer(word, as: Int64.self), number <= limit, number >= -limit - 1 else {
        throw fail(text, "'\(word)' is no \(elementType.name)")
      }
      return .signed(number)
    case .u2, .u4, .u8, .u16, .u32, .u64:
      let limit = UInt64.max >> UInt64(64 - elementType.bitCount)
      guard let number = integer(word, as: UInt64.self), number <= limit else { throw fail(text, "'\(word)' is no \(elementType.name)") }
      return .unsigned(number)
    case .complex64, .complex128:
      if let number = Double(word) { return .complex(number, 0) }
      if word.hasSuffix("j") {
        let body = word.dropLast()
        // The sign between the parts is the last one that does not belong to an exponent.
        for index in body.indices.dropFirst().reversed() where "+-".contains(body[index]) {
          if "eE".contains(body[body.index(before: index)]) { continue }
          if let real = Double(body[..<index]), let imaginary = Double(body[index...]) { return .complex(real, imaginary) }
        }
        if let imaginary = Double(body) { return .complex(0, imaginary) }
      }
      throw fail(text, "'\(word)' is no complex number; use 1+2j")
    default:
      guard let number = Double(word) else { throw fail(text, "'\(word)' is no number") }
      return .float(number)
    }
  }

  /// Returns a decimal or hexadecimal (`0x1F`) integer.
  private static func integer<Integer: FixedWidthInteger>(_ word: Substring, as _: Integer.Type) -> Integer? {
    word.hasPrefix("0x") ? Integer(word.dropFirst(2), radix: 16) : Integer(word)
  }

  /// `true` iff `text` was probably meant as a type: it begins with a digit.
  private static func looksLikeShape(_ text: String) -> Bool { text.first.map { $0.isASCII && $0.isNumber } ?? false }
}

/// A type as users write it: `2x3xf32`, or `f32`.
struct TensorShape {
  /// The type of the elements.
  let elementType: ElementType
  /// The extents.
  let extents: [Int]

  /// Parses `text`; `nil` where it is no type.
  init?(_ text: String) {
    var words = text.split(separator: "x", omittingEmptySubsequences: false)
    // `complex64` has an x of its own.
    if words.count >= 2, words[words.count - 2].hasSuffix("comple"), let last = words.popLast() {
      let first = words.removeLast()
      words.append(first + "x" + last)
    }
    guard let last = words.popLast(), let elementType = ElementType(name: String(last)), words.count <= 64 else { return nil }
    var extents: [Int] = []
    for word in words {
      guard let extent = Int(word), extent >= 0 else { return nil }
      extents.append(extent)
    }
    self.elementType = elementType
    self.extents = extents
  }
}
