import TesseraLibC
import TesseraRuntime

/// Scratch memory of all threads: it grows to what a dispatch needs, and shrinks once calls need much less.
package struct ScratchMemory: ~Copyable {
  /// The memory of the first thread.
  package private(set) var base: UnsafeMutableRawPointer
  /// The distance from one thread's memory to the next one's.
  package private(set) var stride: Int
  private let threadCount: Int
  /// The memory of dispatches whose needs are known beforehand.
  private let leastByteCount: Int
  /// The most that a dispatch needed in the call that runs, and in the calls in a row that needed much less than there is.
  private var neededByteCount: Int
  /// The number of such calls.
  private var modestCallCount = 0

  // The memory shrinks after `modestCallLimit` calls in a row that needed less than 1 / `excess` of it, if it is more than `smallByteCount`.
  private static let modestCallLimit = 4
  private static let excess = 4
  private static let smallByteCount = 16 << 20

  /// Allocates at least `byteCount` bytes for each of `threadCount` threads.
  package init(_ byteCount: Int, threads threadCount: Int) throws(RuntimeError) {
    leastByteCount = max(byteCount, 64)
    neededByteCount = leastByteCount
    self.threadCount = threadCount
    (base, stride) = try Self.allocate(leastByteCount, threads: threadCount)
  }

  deinit { free(base) }

  /// Returns memory of `byteCount` bytes for each thread, and the distance from one thread's to the next one's.
  private static func allocate(_ byteCount: Int, threads: Int) throws(RuntimeError) -> (UnsafeMutableRawPointer, stride: Int) {
    guard byteCount <= Int.max / (2 * threads) - 128 else { throw .outOfMemory(byteCount) }
    let stride = (byteCount + 127) / 128 * 128
    guard let memory = aligned_alloc(128, stride * threads) else { throw .outOfMemory(stride * threads) }
    return (memory, stride)
  }

  /// Makes the memory at least so large for each thread. Nothing may use it meanwhile.
  package mutating func reserve(_ byteCount: Int) throws(RuntimeError) {
    neededByteCount = max(neededByteCount, byteCount)
    if byteCount > stride { try resize(byteCount) }
  }

  /// Notes the end of a call. Nothing may use the memory meanwhile.
  package mutating func endCall() {
    if stride * threadCount > Self.smallByteCount, stride / Self.excess > neededByteCount {
      modestCallCount += 1
      if modestCallCount < Self.modestCallLimit { return }
      // Without memory for less, there is still what there was.
      try? resize(neededByteCount)
    }
    modestCallCount = 0
    neededByteCount = leastByteCount
  }

  private mutating func resize(_ byteCount: Int) throws(RuntimeError) {
    let (memory, distance) = try Self.allocate(byteCount, threads: threadCount)
    free(base)
    (base, stride) = (memory, distance)
  }
}
