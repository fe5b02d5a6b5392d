import Glibc

/// Memory that tensors and buffers refer to: 64-byte aligned, freed with the last reference.
public final class Storage: @unchecked Sendable {
  /// Where the memory starts.
  public let base: UnsafeMutableRawPointer
  /// How many bytes there are.
  public let byteCount: Int
  /// Whoever frees the memory, where that is not this object.
  private let owner: AnyObject?
  /// Allocations of at least this size ask for huge pages: fewer TLB misses in kernels.
  private static let hugeByteCount = 4 << 20

  /// Allocates memory with arbitrary content.
  public init(byteCount: Int) throws(RuntimeError) {
    guard byteCount >= 0, byteCount <= 1 << 46 else { throw .outOfMemory(byteCount) }
    let isHuge = byteCount >= Storage.hugeByteCount
    let alignment = isHuge ? 2 << 20 : 64
    let capacity = (max(byteCount, 1) + alignment - 1) / alignment * alignment
    guard let memory = aligned_alloc(alignment, capacity) else { throw .outOfMemory(byteCount) }
    if isHuge { madvise(memory, capacity, 14 /* MADV_HUGEPAGE */) }
    base = memory
    self.byteCount = byteCount
    owner = nil
  }

  /// Refers to read-only memory that `owner` keeps.
  init(borrowing bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    base = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? Storage.nowhere
    byteCount = bytes.count
    self.owner = owner
  }

  /// An aligned address for memory of no bytes.
  private nonisolated(unsafe) static let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

  deinit {
    if owner == nil { free(base) }
  }
}
