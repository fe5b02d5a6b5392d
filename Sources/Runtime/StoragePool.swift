/// Buffers that outlive a call, so that the next call need not allocate: used again once nobody else holds them.
struct StoragePool {
  /// The buffers, with the number of the call that last used them.
  private var entries: [(storage: Storage, lastUse: Int)] = []
  /// The number of the call.
  private var call = 0
  /// More buffers than this are not kept: the search is linear.
  private static let entryLimit = 64
  /// A buffer that so many calls did not use is freed.
  private static let idleCallLimit = 4

  /// Returns a buffer of at least `byteCount` bytes, at most twice that unless small.
  mutating func take(_ byteCount: Int) throws(RuntimeError) -> Storage {
    for index in entries.indices {
      let capacity = entries[index].storage.byteCount
      guard capacity >= byteCount, capacity <= max(2 * byteCount, 4096) else { continue }
      if isKnownUniquelyReferenced(&entries[index].storage) {
        entries[index].lastUse = call
        return entries[index].storage
      }
    }
    let storage = try Storage(byteCount: byteCount)
    if entries.count < StoragePool.entryLimit { entries.append((storage, call)) }
    return storage
  }

  /// Notes the end of a call.
  mutating func endCall() {
    call += 1
    entries.removeAll { call - $0.lastUse > StoragePool.idleCallLimit }
  }
}
