import TesseraLibC

/// Memory that tensors and buffers refer to: a buffer of a device, or memory of the host. Given back with the last reference.
public final class Storage: @unchecked Sendable {
  /// The address on the device, as kernels get it. For host memory the same as `hostPointer`.
  public let address: UInt64
  /// The pointer of the host; `nil` if it cannot reach the memory.
  public let hostPointer: UnsafeMutableRawPointer?
  /// The number of bytes.
  public let byteCount: Int
  /// `true` for memory that is the caller's again once the call that was given it ends.
  let isScoped: Bool
  /// `true` for memory of the heap, which this object frees.
  let isHeap: Bool
  /// Whoever frees the memory else.
  private let owner: AnyObject?
  /// The owner that frees the memory, unless it is our own.
  private let release: (@Sendable () -> Void)?
  /// Allocations of at least this size ask for huge pages: fewer TLB misses in kernels.
  private static let hugeByteCount = 4 << 20

  /// Allocates memory of the host with arbitrary content, 64-byte aligned.
  public init(byteCount: Int) throws(RuntimeError) {
    guard byteCount >= 0, byteCount <= 1 << 46 else { throw .outOfMemory(byteCount) }
    let isHuge = byteCount >= Storage.hugeByteCount
    let alignment = isHuge ? 2 << 20 : 64
    let capacity = (max(byteCount, 1) + alignment - 1) / alignment * alignment
    guard let memory = aligned_alloc(alignment, capacity) else { throw .outOfMemory(byteCount) }
    if isHuge { madvise(memory, capacity, 14 /* MADV_HUGEPAGE */) }
    hostPointer = memory
    address = UInt64(UInt(bitPattern: memory))
    self.byteCount = byteCount
    isHeap = true
    isScoped = false
    owner = nil
    release = nil
  }

  /// Refers to memory of a device that begins at `address`, a multiple of 64; `release` is called with the last reference.
  public init(
    address: UInt64, hostPointer: UnsafeMutableRawPointer? = nil, byteCount: Int, release: @escaping @Sendable () -> Void
  ) {
    self.address = address
    self.hostPointer = hostPointer
    self.byteCount = byteCount
    isHeap = false
    isScoped = false
    owner = nil
    self.release = release
  }

  /// Refers to read-only memory of the host that `owner` keeps, or that stays for as long as a call takes.
  init(borrowing bytes: UnsafeRawBufferPointer, owner: AnyObject?, isScoped: Bool = false) {
    let pointer = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? Storage.nowhere
    hostPointer = pointer
    address = UInt64(UInt(bitPattern: pointer))
    byteCount = bytes.count
    isHeap = false
    self.isScoped = isScoped
    self.owner = owner
    release = nil
  }

  /// Refers to read-only memory of the host; `release` is called with the last reference.
  convenience init(sharing bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
    let pointer = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? Storage.nowhere
    self.init(address: UInt64(UInt(bitPattern: pointer)), hostPointer: pointer, byteCount: bytes.count, release: release)
  }

  /// Refers to the same memory as another object: those that use one of them often, each on its thread, count references of their own.
  init(sharing other: Storage) {
    address = other.address
    hostPointer = other.hostPointer
    byteCount = other.byteCount
    isHeap = false
    isScoped = false
    owner = other
    release = nil
  }

  /// An aligned address for memory of no bytes.
  private nonisolated(unsafe) static let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

  deinit {
    if isHeap { free(hostPointer) }
    release?()
  }
}
