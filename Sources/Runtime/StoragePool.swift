/// Buffers that outlive a call, so that the next call need not allocate: used again once nobody holds them, and no pending command works on
/// them.
struct StoragePool {
  /// A buffer.
  private struct Entry {
    var storage: Storage
    /// The number of the call that last used it.
    var lastUse: Int
    /// The round in which it was last given out.
    var round: Int
  }

  /// Where the buffers are; memory of the host where it is `nil`.
  private let device: (any Device)?
  /// The buffers.
  private var entries: [Entry] = []
  /// Buffers of this round that are not kept.
  private var passing: [Storage] = []
  /// The number of the call.
  private var call = 0
  /// The number of the round: it ends when no command is pending.
  private var round = 0
  /// How many buffers were given out in this round.
  private(set) var pendingCount = 0
  /// More buffers than this are not kept: the search is linear.
  private static let entryLimit = 64
  /// A buffer that so many calls did not use is freed.
  private static let idleCallLimit = 4

  /// Creates a pool without buffers.
  init(_ device: (any Device)?) { self.device = device }

  /// Returns a buffer of at least `byteCount` bytes, at most twice that unless small. Nobody gets it again in this round.
  mutating func take(_ byteCount: Int) throws(RuntimeError) -> Storage {
    for index in entries.indices where entries[index].round != round {
      let capacity = entries[index].storage.byteCount
      guard capacity >= byteCount, capacity <= max(2 * byteCount, 4096) else { continue }
      if isKnownUniquelyReferenced(&entries[index].storage) {
        entries[index].lastUse = call
        entries[index].round = round
        pendingCount += 1
        return entries[index].storage
      }
    }
    return try make(byteCount)
  }

  /// Returns a new buffer, which is kept if there is room.
  @inline(never) private mutating func make(_ byteCount: Int) throws(RuntimeError) -> Storage {
    let storage = if let device { try device.allocate(byteCount: byteCount) } else { try Storage(byteCount: byteCount) }
    if entries.count < StoragePool.entryLimit {
      entries.append(Entry(storage: storage, lastUse: call, round: round))
    } else {
      passing.append(storage)
    }
    pendingCount += 1
    return storage
  }

  /// Notes that no command is pending: what nobody holds may be given out again.
  mutating func endRound() {
    if pendingCount == 0 { return }
    round += 1
    pendingCount = 0
    if !passing.isEmpty { passing.removeAll(keepingCapacity: true) }
  }

  /// Notes the end of a call, and of its last round.
  mutating func endCall() {
    endRound()
    call += 1
    for index in entries.indices where call - entries[index].lastUse > StoragePool.idleCallLimit {
      entries.removeAll { call - $0.lastUse > StoragePool.idleCallLimit }
      return
    }
  }
}
