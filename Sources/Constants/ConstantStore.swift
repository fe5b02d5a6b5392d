public import TesseraFiles

/// The bytes of one constant: a slice of a mapped file, or bytes that the compiler made.
public enum ConstantBytes: Sendable {
  case mapped(FileBytes, offset: Int, count: Int)
  case owned([UInt8])

  public var count: Int {
    switch self {
    case .mapped(_, _, let count): count
    case .owned(let bytes): bytes.count
    }
  }

  /// Calls `body` with the bytes, which are not copied.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch self {
    case .mapped(let file, let offset, let count):
      try file.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
    case .owned(let bytes): try bytes.withUnsafeBytes(body)
    }
  }
}

/// The values of the globals of a module under compilation, by symbol name.
///
/// Weights never become MLIR attributes: the IR has `ml_program.global` symbols without a value, and their bytes
/// (little-endian elements in row-major order; booleans one byte each) stand here.
public final class ConstantStore {
  private var entries: [String: StoredConstant] = [:]

  public init() {}

  /// Returns a store of the same values, which goes its own way from here on.
  public func copy() -> ConstantStore {
    let copy = ConstantStore()
    copy.entries = entries
    return copy
  }

  /// Sets the bytes of the global `symbol`.
  public func set(_ symbol: String, _ bytes: ConstantBytes) { entries[symbol] = .known(bytes) }
  /// Sets how the bytes of the global `symbol` are computed.
  public func set(_ symbol: String, computedBy computation: any ConstantComputation) { entries[symbol] = .computed(computation) }
  /// The global `symbol`.
  public subscript(symbol: String) -> StoredConstant? { entries[symbol] }
  /// Forgets the global `symbol`.
  public func remove(_ symbol: String) { entries[symbol] = nil }
}
