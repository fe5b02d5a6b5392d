/// The places of values in one arena. The compiler plans static sizes with it, the VM dynamic ones.
public enum MemoryPlan {
  /// Returns an offset for each value, and the size of the arena.
  ///
  /// Value `i` has `sizes[i]` bytes and lives in the steps `first[i]...last[i]`; values that live in a common step do not
  /// overlap. Offsets and the total are multiples of `alignment`, a power of two. Empty values are at offset 0.
  ///
  /// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020): the largest
  /// value first, each in the tightest gap between the values that live with it. Quadratic in the number of values.
  public static func offsets(
    sizes: [Int], first: [Int], last: [Int], alignment: Int = 64
  ) -> (offsets: [Int], total: Int) {
    let count = min(sizes.count, first.count, last.count)
    var offsets = [Int](repeating: 0, count: count)
    let order = (0..<count).sorted { (sizes[$0], -first[$0], -$0) > (sizes[$1], -first[$1], -$1) }
    // The placed values in the order of their offsets, as parallel arrays: the scan below is the whole cost.
    var start: [Int] = []
    var end: [Int] = []
    var from: [Int] = []
    var to: [Int] = []
    var total = 0
    for value in order where sizes[value] > 0 {
      let size = (sizes[value] &+ alignment &- 1) & ~(alignment &- 1)
      let (begin, finish) = (first[value], last[value])
      var bestOffset = -1
      var bestGap = Int.max
      var top = 0
      for other in 0..<start.count where from[other] <= finish && to[other] >= begin {
        let gap = start[other] &- top
        if gap >= size && gap < bestGap {
          bestGap = gap
          bestOffset = top
        }
        if end[other] > top { top = end[other] }
      }
      let offset = bestOffset >= 0 ? bestOffset : top
      offsets[value] = offset
      total = max(total, offset &+ size)
      var low = 0
      var high = start.count
      while low < high {
        let middle = (low + high) / 2
        if start[middle] < offset { low = middle + 1 } else { high = middle }
      }
      start.insert(offset, at: low)
      end.insert(offset &+ size, at: low)
      from.insert(begin, at: low)
      to.insert(finish, at: low)
    }
    return (offsets, total)
  }
}
