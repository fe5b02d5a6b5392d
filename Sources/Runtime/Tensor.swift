import TesseraModuleFormat

/// The element type and shape of a tensor; shared, so that handing a tensor on allocates nothing.
final class TensorType: Sendable {
  /// The type of the elements.
  let elementType: ElementType
  /// The extents, outermost first.
  let shape: [Int]

  /// Creates a type.
  init(_ elementType: ElementType, _ shape: [Int]) {
    self.elementType = elementType
    self.shape = shape
  }

  /// The type as users read it, such as `2x3xf32`.
  var text: String { (shape.map { "\($0)" } + [elementType.name]).joined(separator: "x") }
}

/// A dense, row-major array of numbers or strings. A value: its content never changes, and copies share memory.
public struct Tensor: Sendable {
  /// The memory; the host reaches it.
  let storage: Storage
  /// The start of the elements, in bytes.
  let byteOffset: Int
  /// The length of the elements in bytes.
  public let byteCount: Int
  /// Element type and shape.
  let type: TensorType
  /// The strings by number; `nil` if there is only the empty one.
  let strings: StringTable?

  /// The type of the elements.
  public var elementType: ElementType { type.elementType }
  /// The extents, outermost first; empty for a scalar.
  public var shape: [Int] { type.shape }
  /// The number of elements.
  public var count: Int { byteCount / elementType.byteCount }
  /// The type as users read it, such as `2x3xf32`.
  public var typeText: String { type.text }

  /// Creates a tensor of bytes that are there already.
  init(storage: Storage, byteOffset: Int, byteCount: Int, type: TensorType, strings: StringTable? = nil) {
    self.storage = storage
    self.byteOffset = byteOffset
    self.byteCount = byteCount
    self.type = type
    self.strings = strings
  }

  /// Creates a tensor whose bytes `body` writes; they are zero before. Errors: an impossible shape, no memory.
  public init(
    elementType: ElementType, shape: [Int], initializing body: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(RuntimeError) {
    try self.init(
      uninitialized: elementType, shape: shape,
      writing: { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        body(bytes)
      })
  }

  /// Creates a tensor whose bytes `body` writes, all of them. Errors: an impossible shape, no memory.
  package init(
    uninitialized elementType: ElementType, shape: [Int], writing body: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(RuntimeError) {
    byteCount = try Tensor.byteCount(elementType, shape)
    storage = try Storage(byteCount: byteCount)
    byteOffset = 0
    type = TensorType(elementType, shape)
    strings = nil
    body(UnsafeMutableRawBufferPointer(start: storage.hostPointer, count: byteCount))
  }

  /// Creates a tensor with a copy of `bytes`, which are in the machine's byte order.
  public init(elementType: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer) throws(RuntimeError) {
    let byteCount = try Tensor.byteCount(elementType, shape)
    guard byteCount == bytes.count else { throw .wrongElementCount(shape, given: bytes.count, unit: "bytes of \(elementType.name)") }
    try self.init(uninitialized: elementType, shape: shape, writing: { $0.copyMemory(from: bytes) })
  }

  /// Creates a tensor with the elements of an array, row by row: `try Tensor(shape: [2, 2], [1, 2, 3, 4] as [Float])`.
  public init<Element: TensorElement>(shape: [Int], _ elements: [Element]) throws(RuntimeError) {
    let byteCount = try Tensor.byteCount(Element.elementType, shape)
    guard byteCount == elements.count * Element.elementType.byteCount else {
      throw .wrongElementCount(shape, given: elements.count, unit: "elements")
    }
    try self.init(
      uninitialized: Element.elementType, shape: shape,
      writing: { bytes in
        elements.withUnsafeBytes { bytes.copyMemory(from: $0) }
      })
  }

  /// Creates a tensor of no dimensions.
  public init<Element: TensorElement>(_ scalar: Element) throws(RuntimeError) { try self.init(shape: [], [scalar]) }

  /// Calls `body` with the bytes of the elements, 64-byte aligned unless the tensor is a part of another.
  public func withUnsafeBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: storage.hostPointer.map { $0 + byteOffset }, count: byteCount))
  }

  /// Returns the elements as an array, row by row. Errors: the elements have another type.
  public func array<Element: TensorElement>(of _: Element.Type = Element.self) throws(RuntimeError) -> [Element] {
    guard elementType == Element.elementType else { throw .wrongElementType(elementType, asked: Element.elementType) }
    let count = self.count
    return withUnsafeBytes { bytes in
      Array(unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        initialized = count
      }
    }
  }

  /// `false` where the tensor is a part of another, at a place that kernels cannot take: they rely on 64 bytes.
  var isAligned: Bool { (storage.address + UInt64(byteOffset)) & 63 == 0 }

  /// Returns the tensor in memory of its own.
  func copy() throws(RuntimeError) -> Tensor {
    try withUnsafeBytes { (bytes) throws(RuntimeError) in try Tensor(elementType: elementType, shape: shape, bytes: bytes) }
  }

  /// Returns the bytes that a tensor takes.
  package static func byteCount(_ elementType: ElementType, _ shape: [Int]) throws(RuntimeError) -> Int {
    var count = elementType.byteCount
    var isEmpty = false
    for extent in shape {
      guard extent >= 0 else { throw .impossibleShape(shape) }
      if extent == 0 { isEmpty = true; continue }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= 1 << 46 else { throw .impossibleShape(shape) }
      count = product
    }
    return isEmpty ? 0 : count
  }
}

extension Tensor: CustomStringConvertible {
  /// The type, and the elements as NumPy prints them.
  public var description: String { "\(typeText)\n\(text())" }
}

/// A Swift type whose values have the memory layout of an element type.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type with the same layout.
  static var elementType: ElementType { get }
}

extension Bool: TensorElement { public static var elementType: ElementType { .bool } }
extension Int8: TensorElement { public static var elementType: ElementType { .i8 } }
extension Int16: TensorElement { public static var elementType: ElementType { .i16 } }
extension Int32: TensorElement { public static var elementType: ElementType { .i32 } }
extension Int64: TensorElement { public static var elementType: ElementType { .i64 } }
extension UInt8: TensorElement { public static var elementType: ElementType { .u8 } }
extension UInt16: TensorElement { public static var elementType: ElementType { .u16 } }
extension UInt32: TensorElement { public static var elementType: ElementType { .u32 } }
extension UInt64: TensorElement { public static var elementType: ElementType { .u64 } }
extension Float16: TensorElement { public static var elementType: ElementType { .f16 } }
extension Float: TensorElement { public static var elementType: ElementType { .f32 } }
extension Double: TensorElement { public static var elementType: ElementType { .f64 } }
extension Int: TensorElement { public static var elementType: ElementType { .i64 } }
