/// Buffers that outlive a call, so that the next call need not allocate.
///
/// Commands that are pending work on buffers that nobody may hold any more: a loop's turn lets go of what it has just read. So a buffer is given out
/// again, or freed, only after the end of a round at which nobody holds it, for no command is pending then.
package struct StoragePool {
  /// A buffer.
  private struct Entry {
    var storage: Storage
    /// The number of the call that last used it.
    var lastUse: Int
    /// `true` iff it was free at the end of a round, or since.
    var isFree = false
  }

  /// The device of the buffers; host memory if it is `nil`.
  private let device: (any Device)?
  /// The buffers.
  private var entries: [Entry] = []
  /// Buffers that are not kept, until the end of a round at which they have no holder.
  private var passing: [Storage] = []
  /// The number of the call.
  private var call = 0
  /// The number of buffers given out in this round, which ends when no command is pending.
  private(set) var pendingCount = 0
  /// The most buffers that are kept: the search is linear.
  private static let entryLimit = 64
  /// A buffer that so many calls did not use is freed.
  private static let idleCallLimit = 4

  /// Creates a pool without buffers.
  package init(_ device: (any Device)?) { self.device = device }

  /// Returns a buffer of at least `byteCount` bytes, at most twice that unless small. Nobody gets it again in this round.
  package mutating func take(_ byteCount: Int) throws(RuntimeError) -> Storage {
    for index in entries.indices where entries[index].isFree {
      let capacity = entries[index].storage.byteCount
      guard capacity >= byteCount, capacity <= max(2 * byteCount, 4096) else { continue }
      entries[index].lastUse = call
      entries[index].isFree = false
      pendingCount += 1
      return entries[index].storage
    }
    return try make(byteCount)
  }

  /// Returns a new buffer, which is kept if there is room.
  @inline(never) private mutating func make(_ byteCount: Int) throws(RuntimeError) -> Storage {
    let storage = if let device { try device.allocate(byteCount: byteCount) } else { try Storage(byteCount: byteCount) }
    if entries.count < StoragePool.entryLimit {
      entries.append(Entry(storage: storage, lastUse: call))
    } else {
      passing.append(storage)
    }
    pendingCount += 1
    return storage
  }

  /// Notes that no command is pending: buffers without a holder may be given out again, or freed.
  package mutating func endRound() {
    // Without a buffer more than before, there is time until the next one.
    if pendingCount > 0 { settle() }
  }

  private mutating func settle() {
    pendingCount = 0
    for index in entries.indices where !entries[index].isFree {
      entries[index].isFree = isKnownUniquelyReferenced(&entries[index].storage)
    }
    if !passing.isEmpty { forgetPassing() }
  }

  /// Frees the buffers without a holder that are not kept.
  @inline(never) private mutating func forgetPassing() {
    var held = 0
    for index in passing.indices where !isKnownUniquelyReferenced(&passing[index]) {
      passing.swapAt(held, index)
      held += 1
    }
    passing.removeSubrange(held...)
  }

  /// Notes the end of a call, and of its last round: the call's registers hold nothing any more, so that the next call gets the same buffers, which
  /// caches have.
  package mutating func endCall() {
    settle()
    call += 1
    for index in entries.indices where call - entries[index].lastUse > StoragePool.idleCallLimit {
      entries.removeAll { call - $0.lastUse > StoragePool.idleCallLimit }
      return
    }
  }
}
