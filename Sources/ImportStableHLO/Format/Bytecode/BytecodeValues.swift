import TesseraConstants
import TesseraDiagnostics
import TesseraFiles
import TesseraGraphs

/// The types and attributes of a file of bytecode, each read when it is first asked for.
final class BytecodeValues {
  private static let depthLimit = 100
  /// Shared types could otherwise make a few bytes a large type.
  private static let leafLimit = 1 << 16

  let file: BytecodeFile
  private let source: FileBytes
  private var types: [ProgramType?]
  private var attributes: [ProgramAttribute?]
  private var depth = 0

  init(_ file: BytecodeFile, _ source: FileBytes) {
    (self.file, self.source) = (file, source)
    types = Array(repeating: nil, count: file.types.count)
    attributes = Array(repeating: nil, count: file.attributes.count)
  }

  private func cursor(_ entry: BytecodeFile.Entry) -> ByteCursor { ByteCursor(file.bytes, entry.range, path: file.path) }

  private func nested<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    guard depth < Self.depthLimit else { throw .unreadableBytecode(file.path, "types or attributes nest too deep") }
    depth += 1
    defer { depth -= 1 }
    return try body()
  }

  /// The text of what its dialect did not encode.
  private func text(_ entry: BytecodeFile.Entry) -> String {
    String(decoding: file.bytes[entry.range].prefix { $0 != 0 }, as: UTF8.self)
  }

  // MARK: types

  func type(_ i: Int) throws(Diagnostic) -> ProgramType {
    guard types.indices.contains(i) else { throw .unreadableBytecode(file.path, "there is no type \(i)") }
    if let known = types[i] { return known }
    let entry = file.types[i]
    let type = try nested { () throws(Diagnostic) -> ProgramType in
      var cursor = cursor(entry)
      guard entry.isEncoded else { return .other(text(entry)) }
      switch entry.dialect {
      case "vhlo": return try vhloType(&cursor, i)
      case "builtin": return try builtinType(&cursor)
      default: return .other("a type of dialect '\(entry.dialect)'")
      }
    }
    types[i] = type
    return type
  }

  func types(_ cursor: inout ByteCursor) throws(Diagnostic) -> [ProgramType] {
    let numbers = try cursor.list { cursor throws(Diagnostic) in try cursor.integer() }
    return try numbers.map { (i) throws(Diagnostic) in try type(i) }
  }

  /// Types of elements by their numbers.
  private static let elements = [
    0: "i1", 2: "bf16", 3: "f16", 4: "f32", 5: "f64", 6: "f8E4M3FN", 7: "f8E5M2", 9: "index", 10: "i4", 11: "i8", 12: "i16", 13: "i32",
    14: "i64", 15: "ui4", 16: "ui8", 17: "ui16", 18: "ui32", 19: "ui64", 27: "f8E4M3FNUZ", 28: "f8E5M2FNUZ", 29: "f8E4M3B11FNUZ",
    31: "i2", 32: "ui2", 34: "tf32", 35: "f8E4M3", 36: "f8E3M4", 37: "f4E2M1FN", 38: "f6E2M3FN", 39: "f6E3M2FN", 40: "f8E8M0FNU",
  ]

  private func vhloType(_ cursor: inout ByteCursor, _ number: Int) throws(Diagnostic) -> ProgramType {
    let code = try cursor.integer()
    if let name = Self.elements[code] { return .other(name) }
    switch code {
    case 1: return .other("complex<\(try type(try cursor.integer()).description)>")
    case 8, 42: return try functionType(&cursor, isFunction: code == 8)
    case 20, 21:
      // Bounds of sizes that only the run knows: they bind nothing here.
      if code == 21 { _ = try cursor.integer() }
      return try tensor(&cursor)
    case 22: return .token
    case 23: return try tuple(try types(&cursor))
    case 24, 30: return .other(try quantized(&cursor, number, isPerAxis: code == 30))
    case 25, 41: return .other(code == 25 ? "tensor<*x>" : "memref")
    case 33: return .other("none")
    default: throw cursor.failure("type \(code) of dialect vhlo is not known")
    }
  }

  private func builtinType(_ cursor: inout ByteCursor) throws(Diagnostic) -> ProgramType {
    switch try cursor.integer() {
    case 0: return .other("i\(try cursor.integer() >> 2)")
    case 1: return .other("index")
    case 2: return try functionType(&cursor, isFunction: true)
    case 3: return .other("bf16")
    case 4: return .other("f16")
    case 5: return .other("f32")
    case 6: return .other("f64")
    case 12: return .other("none")
    case 13: return try tensor(&cursor)
    default: return .other("a type of dialect 'builtin'")
    }
  }

  /// A function type, as a tuple of its arguments' and its results' types.
  private func functionType(_ cursor: inout ByteCursor, isFunction: Bool) throws(Diagnostic) -> ProgramType {
    let inputs = try types(&cursor)
    return try tuple([.tuple(inputs), .tuple(isFunction ? try types(&cursor) : [])])
  }

  private func tuple(_ types: [ProgramType]) throws(Diagnostic) -> ProgramType {
    let type = ProgramType.tuple(types)
    guard type.leafCount <= Self.leafLimit else { throw .unreadableBytecode(file.path, "a tuple has too many parts") }
    return type
  }

  private func tensor(_ cursor: inout ByteCursor) throws(Diagnostic) -> ProgramType {
    let sizes = try cursor.list { cursor throws(Diagnostic) in try cursor.signed() }
    let element = try element(try cursor.integer())
    guard sizes.count <= GraphTensor.rankLimit, sizes.allSatisfy({ $0 >= 0 || $0 == .min || $0 == -1 }) else {
      throw cursor.failure("a tensor has impossible sizes")
    }
    let type = TensorType(sizes: sizes.map { $0 < 0 ? nil : $0 }, element: element)
    guard type.isPossible else {
      throw cursor.failure("the type \(type.description) has more elements than any memory holds")
    }
    return .tensor(type)
  }

  /// The type of elements that type `i` is.
  private func element(_ i: Int) throws(Diagnostic) -> ProgramElement {
    if let known = quantizedElements[i] { return .quantized(known) }
    let type = try type(i)
    if let quantized = quantizedElements[i] { return .quantized(quantized) }
    let name = type.description
    return ElementType(stableHLO: name).map(ProgramElement.plain) ?? .other(name)
  }

  /// Quantized types by their numbers.
  private var quantizedElements: [Int: QuantizedElement] = [:]

  /// Reads the quantized type of this number, and returns its text.
  private func quantized(_ cursor: inout ByteCursor, _ number: Int, isPerAxis: Bool) throws(Diagnostic) -> String {
    let flags = try cursor.integer()
    let storage = try type(try cursor.integer()).description, expressed = try type(try cursor.integer()).description
    let axis = isPerAxis ? try cursor.integer() : nil
    var scales: [Double] = [], zeroPoints: [Int] = []
    if !isPerAxis {
      scales = [try cursor.double()]
      zeroPoints = [try cursor.signed()]
    }
    let least = try cursor.signed(), greatest = try cursor.signed()
    if isPerAxis {
      scales = try cursor.list { cursor throws(Diagnostic) in try cursor.double() }
      zeroPoints = try cursor.list { cursor throws(Diagnostic) in try cursor.signed() }
      guard scales.count == zeroPoints.count else {
        throw cursor.failure("a quantized type has different numbers of scales and zero points")
      }
    }
    let signed = flags & 1 == 1 ? storage : storage.hasPrefix("u") ? storage : "u" + storage
    let text = "!quant.uniform<\(signed):\(expressed)\(axis.map { ":\($0)" } ?? ""), \(scales):\(zeroPoints)>"
    if let storage = ElementType(stableHLO: signed), let expressed = ElementType(stableHLO: expressed) {
      quantizedElements[number] = QuantizedElement(
        storage: storage, expressed: expressed, axis: axis, scales: scales, zeroPoints: zeroPoints, least: least, greatest: greatest,
        text: text)
    }
    return text
  }

  // MARK: attributes

  func attribute(_ i: Int) throws(Diagnostic) -> ProgramAttribute {
    guard attributes.indices.contains(i) else { throw .unreadableBytecode(file.path, "there is no attribute \(i)") }
    if let known = attributes[i] { return known }
    let entry = file.attributes[i]
    let attribute = try nested { () throws(Diagnostic) -> ProgramAttribute in
      var cursor = cursor(entry)
      guard entry.isEncoded else { return .other }
      switch entry.dialect {
      case "vhlo": return try vhloAttribute(&cursor)
      case "builtin": return try builtinAttribute(&cursor)
      default: return .other
      }
    }
    attributes[i] = attribute
    return attribute
  }

  /// Enumerations of VHLO by their numbers, with their values.
  private static let enumerations: [Int: [String]] = [
    3: ["EQ", "NE", "GE", "GT", "LE", "LT"], 4: ["NOTYPE", "FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"], 5: [],
    7: ["FFT", "IFFT", "RFFT", "IRFFT"], 11: ["DEFAULT", "HIGH", "HIGHEST"], 12: ["DEFAULT", "THREE_FRY", "PHILOX"],
    13: ["", "UNIFORM", "NORMAL"], 16: ["TRANSPOSE_INVALID", "NO_TRANSPOSE", "TRANSPOSE", "ADJOINT"], 19: [],
  ]

  private func vhloAttribute(_ cursor: inout ByteCursor) throws(Diagnostic) -> ProgramAttribute {
    let code = try cursor.integer()
    if let words = Self.enumerations[code] {
      let value = try cursor.integer()
      return words.indices.contains(value) ? .word(words[value]) : .integer(value)
    }
    switch code {
    case 1: return .list(try list(&cursor))
    case 2: return .flag(try cursor.integer() == 1)
    case 6: return .dictionary(try dictionary(&cursor))
    case 8:
      let name = try type(try cursor.integer()).description
      let bits = try cursor.integer(bits: Self.bitCount(name))
      switch name {
      case "f32": return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
      case "f64": return .number(Double(bitPattern: UInt64(bitPattern: Int64(bits))))
      default: return FloatFormat(name).map { .number($0.value(UInt64(truncatingIfNeeded: bits) & 0xFFFF)) } ?? .other
      }
    case 9:
      let name = try type(try cursor.integer()).description
      return .integer(try cursor.integer(bits: Self.bitCount(name)))
    case 14: return .text(try file.string(try cursor.integer()))
    case 15: return try tensor(type: try type(try cursor.integer()), &cursor)
    case 17: return .type(try type(try cursor.integer()))
    case 18: return .integers(try cursor.list { cursor throws(Diagnostic) in try cursor.signed() })
    case 10, 20...25: return .other
    default: throw cursor.failure("attribute \(code) of dialect vhlo is not known")
    }
  }

  private static func bitCount(_ name: String) -> Int { Int(name.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 64 }

  private func builtinAttribute(_ cursor: inout ByteCursor) throws(Diagnostic) -> ProgramAttribute {
    switch try cursor.integer() {
    case 0: return .list(try list(&cursor))
    case 1: return .dictionary(try dictionary(&cursor))
    case 2, 3: return .text(try file.string(try cursor.integer()))
    case 4:
      guard case .text(let name) = try attribute(try cursor.integer()) else { throw cursor.failure("a symbol without a name") }
      return .symbol(name)
    case 6: return .type(try type(try cursor.integer()))
    case 7: return .unit
    case 8:
      let name = try type(try cursor.integer()).description
      return .integer(try cursor.integer(bits: Self.bitCount(name)))
    case 10, 12: return try locationOf(&cursor)  // a call, or several places: the first one
    case 14:  // a name
      guard case .text(let name) = try attribute(try cursor.integer()) else { throw cursor.failure("a location without a name") }
      return .word(name)
    default: return .other
    }
  }

  /// The first location of a call or a list.
  private func locationOf(_ cursor: inout ByteCursor) throws(Diagnostic) -> ProgramAttribute {
    let entry = cursor
    var list = entry
    if let items = try? list.list({ cursor throws(Diagnostic) in try cursor.integer() }), list.isAtEnd, let first = items.first {
      return try attribute(first)
    }
    return try attribute(try cursor.integer())
  }

  /// The name that location `i` has.
  func label(_ i: Int) -> String? { if case .word(let name)? = try? attribute(i) { name } else { nil } }

  private func list(_ cursor: inout ByteCursor) throws(Diagnostic) -> [ProgramAttribute] {
    let numbers = try cursor.list { cursor throws(Diagnostic) in try cursor.integer() }
    return try numbers.map { (i) throws(Diagnostic) in try attribute(i) }
  }

  private func dictionary(_ cursor: inout ByteCursor) throws(Diagnostic) -> [String: ProgramAttribute] {
    var entries: [String: ProgramAttribute] = [:]
    for _ in 0..<(try cursor.count()) {
      guard case .text(let key) = try attribute(try cursor.integer()) else {
        throw cursor.failure("a dictionary has a key that is no text")
      }
      entries[key] = try attribute(try cursor.integer())
    }
    return entries
  }

  /// A constant: its bytes stay where they are.
  private func tensor(type: ProgramType, _ cursor: inout ByteCursor) throws(Diagnostic) -> ProgramAttribute {
    let range = try cursor.take(try cursor.integer())
    guard case .tensor(let type) = type, !type.sizes.contains(nil) else { throw cursor.failure("a constant is no tensor of known sizes") }
    guard type.element.storage != nil else { return .dense(DenseConstant(type: type, bytes: .owned([]), isSplat: false)) }
    guard let constant = DenseConstant(type, raw: .mapped(source, offset: range.lowerBound, count: range.count)) else {
      throw cursor.failure("\(range.count) bytes are no elements of \(type.description)")
    }
    return .dense(constant)
  }
}

extension ProgramType {
  /// The number of types that it is made of.
  var leafCount: Int {
    guard case .tuple(let types) = self else { return 1 }
    return types.reduce(1) { $0.addingSaturated($1.leafCount) }
  }
}
