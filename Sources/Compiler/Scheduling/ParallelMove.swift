/// Moves between registers that happen all at once, put into an order.
///
/// A block's arguments get their values at the same time: `(a, b) = (b, a)` must swap. Moves whose target has no readers left go first; a cycle is
/// broken by saving one of its registers in `temporary`.
///
/// - Parameters:
///   - moves: at most one for each target register.
///   - temporary: called at most once for each cycle, for a register that nothing else uses.
/// - Returns: moves to be done one after the other.
package func sequentialMoves(_ moves: [(to: Int, from: Int)], temporary: () -> Int) -> [(to: Int, from: Int)] {
  var pending = moves.filter { $0.to != $0.from }
  var result: [(to: Int, from: Int)] = []
  while !pending.isEmpty {
    if let free = pending.firstIndex(where: { move in !pending.contains { $0.from == move.to } }) {
      result.append(pending.remove(at: free))
    } else {
      // Every target is still read: all that is left are cycles.
      let saved = temporary()
      let register = pending[0].to
      result.append((to: saved, from: register))
      for i in pending.indices where pending[i].from == register { pending[i].from = saved }
    }
  }
  return result
}
