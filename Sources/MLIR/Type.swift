internal import TesseraCMLIR

/// A handle of an MLIR type. Types are unique: equal types have equal handles.
public struct Type: Hashable, CustomStringConvertible {
  let handle: MlirType

  /// Creates the type that `text` spells, or `nil` (the context then has the message).
  public init?(_ text: String, _ context: Context) {
    let parsed = withStringRef(text) { mlirTypeParseGet(context.handle, $0) }
    if mlirTypeIsNull(parsed) { return nil }
    handle = parsed
  }

  init(handle: MlirType) { self.handle = handle }

  public static func == (a: Type, b: Type) -> Bool { mlirTypeEqual(a.handle, b.handle) }
  public func hash(into hasher: inout Hasher) { hasher.combine(handle.ptr) }
  public var description: String { printed { mlirTypePrint(handle, $0, $1) } }

  // MARK: scalars

  public static func index(_ c: Context) -> Type { Type(handle: mlirIndexTypeGet(c.handle)) }
  public static func integer(_ bits: Int, _ c: Context) -> Type { Type(handle: mlirIntegerTypeGet(c.handle, UInt32(bits))) }
  public static func i1(_ c: Context) -> Type { integer(1, c) }
  public static func i8(_ c: Context) -> Type { integer(8, c) }
  public static func i32(_ c: Context) -> Type { integer(32, c) }
  public static func i64(_ c: Context) -> Type { integer(64, c) }
  public static func unsigned(_ bits: Int, _ c: Context) -> Type { Type(handle: mlirIntegerTypeUnsignedGet(c.handle, UInt32(bits))) }
  public static func f16(_ c: Context) -> Type { Type(handle: mlirF16TypeGet(c.handle)) }
  public static func bf16(_ c: Context) -> Type { Type(handle: mlirBF16TypeGet(c.handle)) }
  public static func f32(_ c: Context) -> Type { Type(handle: mlirF32TypeGet(c.handle)) }
  public static func f64(_ c: Context) -> Type { Type(handle: mlirF64TypeGet(c.handle)) }
  public static func complex(_ element: Type) -> Type { Type(handle: mlirComplexTypeGet(element.handle)) }

  public var isIndex: Bool { mlirTypeIsAIndex(handle) }
  public var isInteger: Bool { mlirTypeIsAInteger(handle) }
  public var isFloat: Bool { mlirTypeIsAFloat(handle) }
  public var isComplex: Bool { mlirTypeIsAComplex(handle) }
  public var complexElement: Type { Type(handle: mlirComplexTypeGetElementType(handle)) }
  /// The width in bits of an integer or float type; `nil` for others.
  public var bitWidth: Int? {
    if isInteger { return Int(mlirIntegerTypeGetWidth(handle)) }
    if isFloat { return Int(mlirFloatTypeGetWidth(handle)) }
    return nil
  }

  // MARK: shaped

  /// A size that is known only at run time.
  public static let dynamic: Int = Int(mlirShapedTypeGetDynamicSize())

  /// Creates `tensor<shape x element>`; `Type.dynamic` marks a dynamic size.
  public static func tensor(_ shape: [Int], _ element: Type, encoding: Attribute? = nil) -> Type {
    let sizes = shape.map(Int64.init)
    return Type(handle: mlirRankedTensorTypeGet(sizes.count, sizes, element.handle, encoding?.handle ?? mlirAttributeGetNull()))
  }
  /// Creates `vector<shape x element>`.
  public static func vector(_ shape: [Int], _ element: Type) -> Type {
    let sizes = shape.map(Int64.init)
    return Type(handle: mlirVectorTypeGet(sizes.count, sizes, element.handle))
  }
  /// Creates a contiguous row-major `memref<shape x element>`.
  public static func memref(_ shape: [Int], _ element: Type) -> Type {
    let sizes = shape.map(Int64.init)
    return Type(handle: mlirMemRefTypeContiguousGet(element.handle, sizes.count, sizes, mlirAttributeGetNull()))
  }
  /// Creates a function type.
  public static func function(_ inputs: [Type], _ results: [Type], _ context: Context) -> Type {
    let ins = inputs.map(\.handle), outs = results.map(\.handle)
    return Type(handle: mlirFunctionTypeGet(context.handle, ins.count, ins, outs.count, outs))
  }

  public var isTensor: Bool { mlirTypeIsARankedTensor(handle) }
  public var isVector: Bool { mlirTypeIsAVector(handle) }
  public var isShaped: Bool { mlirTypeIsAShaped(handle) }
  /// The sizes of a ranked shaped type, `Type.dynamic` where unknown.
  public var shape: [Int] {
    (0..<Int(mlirShapedTypeGetRank(handle))).map { Int(mlirShapedTypeGetDimSize(handle, $0)) }
  }
  /// `true` iff a tensor of this type can be meant: what is known of its size is possible.
  public var hasPossibleShape: Bool { Self.isPossible(shape.filter { $0 != Self.dynamic }) }
  /// `true` iff this is the type `!dialect.data` of a dialect that MLIR does not know.
  public func isOpaque(_ dialect: String, _ data: String) -> Bool {
    mlirTypeIsAOpaque(handle) && String(mlirOpaqueTypeGetDialectNamespace(handle)) == dialect
      && String(mlirOpaqueTypeGetData(handle)) == data
  }
  /// The number of dynamic sizes.
  public var dynamicCount: Int { shape.count { $0 == Self.dynamic } }
  /// Returns the position of a dynamic size among the dynamic ones, which is its position among the operands of `tensor.empty`.
  public func dynamicPosition(of axis: Int) -> Int { shape[..<axis].count { $0 == Self.dynamic } }
  /// `true` iff tensors of these sizes can be meant. A size of 0 makes others no smaller: distances are products of them.
  public static func isPossible(_ sizes: [Int]) -> Bool {
    var count = 1
    for size in sizes {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: max(1, size))
      guard size >= 0, !isTooLarge, product <= elementLimit else { return false }
      count = product
    }
    return true
  }
  /// The most elements of a tensor: a tensor of them would take 16 TB and more.
  public static let elementLimit = 1 << 44
  public var rank: Int { Int(mlirShapedTypeGetRank(handle)) }
  public var hasStaticShape: Bool { mlirShapedTypeHasStaticShape(handle) }
  /// The element type of a shaped type.
  public var element: Type { Type(handle: mlirShapedTypeGetElementType(handle)) }
  /// The encoding of a ranked tensor type.
  public var encoding: Attribute? {
    let e = mlirRankedTensorTypeGetEncoding(handle)
    return mlirAttributeIsNull(e) ? nil : Attribute(handle: e)
  }
  public var functionInputs: [Type] {
    (0..<mlirFunctionTypeGetNumInputs(handle)).map { Type(handle: mlirFunctionTypeGetInput(handle, $0)) }
  }
  public var functionResults: [Type] {
    (0..<mlirFunctionTypeGetNumResults(handle)).map { Type(handle: mlirFunctionTypeGetResult(handle, $0)) }
  }

  // MARK: LLVM

  /// The opaque pointer type of the LLVM dialect.
  public static func pointer(_ c: Context) -> Type { Type(handle: mlirLLVMPointerTypeGet(c.handle, 0)) }
}
