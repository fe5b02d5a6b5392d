internal import TesseraCMLIR

/// The elements of constants as they lie in memory.
extension Attribute {
  /// `true` iff the elements stand in a resource of the module, outside of the IR.
  public var isResource: Bool { mlirAttributeIsADenseResourceElements(handle) }

  /// All elements in row-major order, as the program has them in memory: integers of an unusual width stand in the next type of whole bytes that has
  /// room, booleans take a byte. `nil` if this is neither dense elements nor a resource that is there, or has another number of bytes.
  public func elementBytes(_ type: Type) -> [UInt8]? {
    let count = type.shape.reduce(1, *), element = type.element
    guard let stored = Self.byteCount(element, packed: false), let raw = Self.byteCount(element, packed: true) else { return nil }
    if isResource {
      guard let bytes = resourceBytes() else { return nil }
      return bytes.count == count * raw ? Self.spread(bytes, from: raw, to: stored) : nil
    }
    guard isDenseElements else { return nil }
    if element.bitWidth == 1 { return (0..<count).map { boolElement($0) ? 1 : 0 } }
    let bytes = withRawBytes(elementCount: count, elementByteCount: raw) { raw in
      isSplat ? Array((0..<count).map { _ in Array(raw) }.joined()) : Array(raw)
    }
    return Self.spread(bytes, from: raw, to: stored)
  }

  /// The bytes of an element in memory, or `packed` in an attribute; `nil` for types without a form in memory.
  private static func byteCount(_ element: Type, packed: Bool) -> Int? {
    if element.isIndex { return 8 }
    if element.isComplex { return byteCount(element.complexElement, packed: packed).map { 2 * $0 } }
    guard let bits = element.bitWidth, bits <= 64 else { return nil }
    let bytes = (bits + 7) / 8
    return packed || bytes <= 2 ? bytes : bytes <= 4 ? 4 : 8
  }

  /// Integers of `old` bytes as such of `new`, with their sign.
  private static func spread(_ bytes: [UInt8], from old: Int, to new: Int) -> [UInt8] {
    if old == new { return bytes }
    var wide: [UInt8] = []
    wide.reserveCapacity(bytes.count / old * new)
    for start in stride(from: 0, to: bytes.count, by: old) {
      wide += bytes[start..<start + old]
      wide += [UInt8](repeating: bytes[start + old - 1] & 0x80 == 0 ? 0 : 0xFF, count: new - old)
    }
    return wide
  }

  /// The bytes of a resource. The C interface of MLIR shows them in the text of a module only, which has the alignment before them.
  private func resourceBytes() -> [UInt8]? {
    let module = mlirModuleCreateEmpty(mlirLocationUnknownGet(mlirAttributeGetContext(handle)))
    defer { mlirModuleDestroy(module) }
    let operation = mlirModuleGetOperation(module)
    withStringRef("elements") { mlirOperationSetAttributeByName(operation, $0, handle) }
    let text = Array(printed { mlirOperationPrint(operation, $0, $1) }.utf8)
    // The last quotation is the resource: '{-# dialect_resources: { builtin: { key: "0x0400..." } } #-}'.
    guard let last = text.lastIndex(of: UInt8(ascii: "\"")), let first = text[..<last].lastIndex(of: UInt8(ascii: "\"")),
      text[first...].starts(with: Array("\"0x".utf8)), (last - first) % 2 == 1
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity((last - first) / 2)
    for position in stride(from: first + 3, to: last, by: 2) {
      guard let high = Self.digit(text[position]), let low = Self.digit(text[position + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes.count >= 4 ? Array(bytes.dropFirst(4)) : nil
  }

  /// The value of a hexadecimal digit.
  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
