internal import TesseraCMLIR

/// A handle of an MLIR attribute. Attributes are unique: equal attributes have equal handles.
public struct Attribute: Hashable, CustomStringConvertible {
  let handle: MlirAttribute

  init(handle: MlirAttribute) { self.handle = handle }

  /// Creates the attribute that `text` spells, or `nil` (the context then has the message).
  public init?(_ text: String, _ context: Context) {
    let parsed = withStringRef(text) { mlirAttributeParseGet(context.handle, $0) }
    if mlirAttributeIsNull(parsed) { return nil }
    handle = parsed
  }

  public static func == (a: Attribute, b: Attribute) -> Bool { mlirAttributeEqual(a.handle, b.handle) }
  public func hash(into hasher: inout Hasher) { hasher.combine(handle.ptr) }
  public var description: String { printed { mlirAttributePrint(handle, $0, $1) } }

  // MARK: creation

  public static func unit(_ c: Context) -> Attribute { Attribute(handle: mlirUnitAttrGet(c.handle)) }
  public static func bool(_ value: Bool, _ c: Context) -> Attribute { Attribute(handle: mlirBoolAttrGet(c.handle, value ? 1 : 0)) }
  public static func integer(_ value: Int, _ type: Type) -> Attribute {
    Attribute(handle: mlirIntegerAttrGet(type.handle, Int64(value)))
  }
  public static func i64(_ value: Int, _ c: Context) -> Attribute { integer(value, .i64(c)) }
  public static func float(_ value: Double, _ type: Type) -> Attribute {
    Attribute(handle: mlirFloatAttrDoubleGet(mlirTypeGetContext(type.handle), type.handle, value))
  }
  public static func string(_ value: String, _ c: Context) -> Attribute {
    withStringRef(value) { Attribute(handle: mlirStringAttrGet(c.handle, $0)) }
  }
  public static func symbol(_ name: String, _ c: Context) -> Attribute {
    withStringRef(name) { Attribute(handle: mlirFlatSymbolRefAttrGet(c.handle, $0)) }
  }
  public static func type(_ type: Type) -> Attribute { Attribute(handle: mlirTypeAttrGet(type.handle)) }
  public static func array(_ elements: [Attribute], _ c: Context) -> Attribute {
    Attribute(handle: mlirArrayAttrGet(c.handle, elements.count, elements.map(\.handle)))
  }
  public static func denseI64(_ values: [Int], _ c: Context) -> Attribute {
    Attribute(handle: mlirDenseI64ArrayGet(c.handle, values.count, values.map(Int64.init)))
  }
  public static func denseI32(_ values: [Int], _ c: Context) -> Attribute {
    Attribute(handle: mlirDenseI32ArrayGet(c.handle, values.count, values.map(Int32.init)))
  }
  public static func affineMap(_ map: AffineMap) -> Attribute { Attribute(handle: mlirAffineMapAttrGet(map.handle)) }
  /// Creates dense elements of `type` (static) from the raw bytes of its elements in row-major order.
  public static func dense(_ type: Type, bytes: UnsafeRawBufferPointer) -> Attribute? {
    let attribute = mlirDenseElementsAttrRawBufferGet(type.handle, bytes.count, bytes.baseAddress)
    return mlirAttributeIsNull(attribute) ? nil : Attribute(handle: attribute)
  }
  /// Creates dense elements of `type` that all equal `value`.
  public static func splat(_ type: Type, _ value: Attribute) -> Attribute {
    Attribute(handle: mlirDenseElementsAttrSplatGet(type.handle, value.handle))
  }

  // MARK: reading

  public var integerValue: Int? { mlirAttributeIsAInteger(handle) ? Int(mlirIntegerAttrGetValueInt(handle)) : nil }
  public var floatValue: Double? { mlirAttributeIsAFloat(handle) ? mlirFloatAttrGetValueDouble(handle) : nil }
  public var stringValue: String? { mlirAttributeIsAString(handle) ? String(mlirStringAttrGetValue(handle)) : nil }
  public var symbolName: String? {
    mlirAttributeIsAFlatSymbolRef(handle) ? String(mlirFlatSymbolRefAttrGetValue(handle)) : nil
  }
  public var typeValue: Type? { mlirAttributeIsAType(handle) ? Type(handle: mlirTypeAttrGetValue(handle)) : nil }
  public var affineMapValue: AffineMap? {
    mlirAttributeIsAAffineMap(handle) ? AffineMap(handle: mlirAffineMapAttrGetValue(handle)) : nil
  }
  public var arrayValue: [Attribute]? {
    guard mlirAttributeIsAArray(handle) else { return nil }
    return (0..<mlirArrayAttrGetNumElements(handle)).map { Attribute(handle: mlirArrayAttrGetElement(handle, $0)) }
  }
  /// The kinds of loops in a list of linalg's iterator types.
  public var iteratorKinds: [IteratorKind]? {
    guard mlirAttributeIsAArray(handle) else { return nil }
    let reduction = ReductionIterators.address(for: handle)
    return (0..<mlirArrayAttrGetNumElements(handle)).map {
      UInt(bitPattern: mlirArrayAttrGetElement(handle, $0).ptr) == reduction ? .reduction : .parallel
    }
  }
  /// The numbers of a dense array of i64 or i32.
  public var denseIntegers: [Int]? {
    if mlirAttributeIsADenseI64Array(handle) {
      return (0..<mlirDenseArrayGetNumElements(handle)).map { Int(mlirDenseI64ArrayGetElement(handle, $0)) }
    }
    if mlirAttributeIsADenseI32Array(handle) {
      return (0..<mlirDenseArrayGetNumElements(handle)).map { Int(mlirDenseI32ArrayGetElement(handle, $0)) }
    }
    return nil
  }
  /// `true` iff this is dense elements of integers or floats.
  public var isDenseElements: Bool { mlirAttributeIsADenseElements(handle) }
  public var isSplat: Bool { isDenseElements && mlirDenseElementsAttrIsSplat(handle) }
  /// The value that all elements of a splat have.
  public var splatValue: Attribute? { isSplat ? Attribute(handle: mlirDenseElementsAttrGetSplatValue(handle)) : nil }
  /// The type of a typed attribute (dense elements, integers, floats).
  public var type: Type { Type(handle: mlirAttributeGetType(handle)) }
  /// Calls `body` with the raw bytes of dense elements: one element if it is a splat, else all. Sub-byte booleans are bit-packed.
  public func withRawBytes<R>(elementCount: Int, elementByteCount: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let count = (isSplat ? 1 : elementCount) * elementByteCount
    return try body(UnsafeRawBufferPointer(start: mlirDenseElementsAttrGetRawData(handle), count: count))
  }
  /// The boolean at `index` of dense i1 elements.
  public func boolElement(_ index: Int) -> Bool {
    (isSplat ? mlirDenseElementsAttrGetBoolSplatValue(handle) != 0 : mlirDenseElementsAttrGetBoolValue(handle, index))
  }
}
