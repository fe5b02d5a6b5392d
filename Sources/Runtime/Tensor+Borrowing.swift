import TesseraModuleFormat

// Tensors in memory of the caller, without a copy. Kernels take memory that begins at a multiple of 64; of other memory each call makes a
// copy.
extension Tensor {
  /// Creates a tensor in memory that stays as it is until `release` is called: once, when neither this tensor nor another that shares its
  /// memory, an output perhaps, exists any more, on whatever thread. Errors: an impossible shape, or bytes of another length; then
  /// `release` is not called.
  public init(
    elementType: ElementType, shape: [Int], sharing bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void
  ) throws(RuntimeError) {
    try Tensor.check(elementType, shape, bytes)
    self.init(
      storage: Storage(sharing: bytes, release: release), byteOffset: 0, byteCount: bytes.count, type: TensorType(elementType, shape))
  }

  /// Calls `body` with a tensor of the elements in `span`, row by row, in place. The tensor must not live longer than `body` takes: that is
  /// a programming error, which ends the program. Outputs of calls in `body` share no memory with it. Errors: an impossible shape, elements
  /// of another number, and those of `body`.
  public static func withTensor<Element: TensorElement, Result>(
    of span: Span<Element>, shape: [Int], _ body: (Tensor) throws -> Result
  ) throws -> Result {
    try span.withUnsafeBytes { bytes in try withTensor(Element.elementType, shape, bytes, body) }
  }

  /// Calls `body` with a tensor of the elements in the bytes of `span`, in the machine's byte order, as `withTensor(of:shape:_:)` does.
  public static func withTensor<Result>(
    of span: RawSpan, elementType: ElementType, shape: [Int], _ body: (Tensor) throws -> Result
  ) throws -> Result {
    try span.withUnsafeBytes { bytes in try withTensor(elementType, shape, bytes, body) }
  }

  /// Calls `body` with a tensor in memory that is the caller's again afterwards.
  private static func withTensor<Result>(
    _ elementType: ElementType, _ shape: [Int], _ bytes: UnsafeRawBufferPointer, _ body: (Tensor) throws -> Result
  ) throws -> Result {
    try check(elementType, shape, bytes)
    var storage = Storage(borrowing: bytes, owner: nil, isScoped: true)
    defer { precondition(isKnownUniquelyReferenced(&storage), "a tensor lives longer than the memory that it was made of") }
    return try body(Tensor(storage: storage, byteOffset: 0, byteCount: bytes.count, type: TensorType(elementType, shape)))
  }

  /// Creates a tensor in memory that is the caller's again after the calls that it is given to, for callers that cannot say so with a closure. Nothing
  /// of the tensor may be left then; outputs share no memory with it. Errors: as those of other tensors in memory of the caller.
  package init(lending bytes: UnsafeRawBufferPointer, _ elementType: ElementType, _ shape: [Int]) throws(RuntimeError) {
    try Tensor.check(elementType, shape, bytes)
    self.init(
      storage: Storage(borrowing: bytes, owner: nil, isScoped: true), byteOffset: 0, byteCount: bytes.count,
      type: TensorType(elementType, shape))
  }

  /// `true` iff the memory is neither a module's nor the caller's.
  package var isInOwnMemory: Bool { storage.isHeap }

  /// `true` iff another tensor is in the same memory, or in another part of it.
  package func sharesMemory(with other: Tensor) -> Bool { storage === other.storage }

  /// Throws unless `bytes` are as many as a tensor takes.
  private static func check(_ elementType: ElementType, _ shape: [Int], _ bytes: UnsafeRawBufferPointer) throws(RuntimeError) {
    guard try Tensor.byteCount(elementType, shape) == bytes.count else {
      throw .wrongElementCount(shape, given: bytes.count, unit: "bytes of \(elementType.name)")
    }
  }
}
