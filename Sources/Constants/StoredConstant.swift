/// A lazy constant, whose bytes are computed on demand. Several threads may ask at once.
public protocol ConstantComputation: Sendable {
  /// The number of bytes.
  var byteCount: Int { get }
  /// All that the bytes depend on.
  var identity: ConstantIdentity { get }
  /// Computes the bytes, and calls `body` with them; they are gone when it returns.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R
}

/// A constant as the store keeps it: its bytes, or how to compute them.
public enum StoredConstant: Sendable {
  case known(ConstantBytes)
  case computed(any ConstantComputation)

  public var byteCount: Int {
    switch self {
    case .known(let bytes): bytes.count
    case .computed(let computation): computation.byteCount
    }
  }

  /// Calls `body` with the bytes. Errors: those of the computation, and of `body`.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    switch self {
    case .known(let bytes): try bytes.withBytes(body)
    case .computed(let computation): try computation.withBytes(body)
    }
  }
}
