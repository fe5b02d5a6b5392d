import TesseraModuleFormat

/// A buffer as arena planning sees it.
package struct ArenaRequest: Hashable {
  package var byteCount: Int
  /// The steps in which it lives, both included.
  package var first: Int
  package var last: Int

  package init(byteCount: Int, first: Int, last: Int) {
    self.byteCount = byteCount
    self.first = first
    self.last = last
  }
}

/// Returns offsets for buffers of known size in one arena, and the arena's size: the better of two orders of placement.
///
/// `MemoryPlan` places the largest buffer first. Where that leaves holes, buffers go in by the time of their birth instead, which is what a stack
/// does; neither is always better, and both together take less time than one dispatch takes to compile.
package func planArena(_ requests: [ArenaRequest]) -> (offsets: [Int], total: Int) {
  let bySize = MemoryPlan.offsets(sizes: requests.map(\.byteCount), first: requests.map(\.first), last: requests.map(\.last))
  let byBirth = offsetsByBirth(requests)
  return byBirth.total < bySize.total ? byBirth : bySize
}

/// Places buffers in the order of their first steps, each at the lowest offset where it fits.
private func offsetsByBirth(_ requests: [ArenaRequest]) -> (offsets: [Int], total: Int) {
  var offsets = [Int](repeating: 0, count: requests.count)
  var total = 0
  var live: [(start: Int, end: Int, last: Int)] = []
  let order = requests.indices.sorted {
    let (a, b) = (requests[$0], requests[$1])
    return (a.first, -a.last, -a.byteCount, $0) < (b.first, -b.last, -b.byteCount, $1)
  }
  for i in order where requests[i].byteCount > 0 {
    let request = requests[i]
    let size = (request.byteCount + 63) & ~63
    live.removeAll { $0.last < request.first }
    var top = 0
    var position = live.endIndex
    for (j, other) in live.enumerated() {
      if other.start - top >= size {
        position = j
        break
      }
      top = max(top, other.end)
    }
    offsets[i] = top
    total = max(total, top + size)
    live.insert((top, top + size, request.last), at: position)
  }
  return (offsets, total)
}
