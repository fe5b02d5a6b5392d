/// A command as wave scheduling sees it.
package struct WaveNode {
  /// Earlier commands that must have been completed, by index.
  package var dependencies: [Int]
  /// The bytes of the buffers that it makes.
  package var resultBytes: Int
  /// The buffers that it reads and that die with their last reader: which, and how big.
  package var reads: [(buffer: Int, bytes: Int)]
  /// The buffers that it makes, and that later commands read.
  package var writes: [Int]

  package init(dependencies: [Int], resultBytes: Int, reads: [(buffer: Int, bytes: Int)], writes: [Int]) {
    self.dependencies = dependencies
    self.resultBytes = resultBytes
    self.reads = reads
    self.writes = writes
  }
}

/// Distributes commands over waves: what stands in one wave runs at the same time.
///
/// Commands go to the wave of their level in the dependency graph, so that there are as few barriers as possible. Those that only make memory live longer
/// (they read nothing that dies) wait until just before their first reader. If that needs much more memory than the order of the program, waves are
/// split, and if that does not help, neighbours in program order share a wave where they can.
///
/// Requires: `nodes` in an order that respects the dependencies.
/// Ensures: a command's wave is later than the waves of its dependencies; waves are numbered from 0 without gaps.
package func assignWaves(_ nodes: [WaveNode]) -> [Int] {
  guard nodes.count > 1 else { return nodes.map { _ in 0 } }
  let serial = peakBytes(nodes, waves: Array(nodes.indices))
  // A quarter more than the order of the program needs, and what is small in any case.
  let budget = serial + serial / 4 + (1 << 20)
  let levels = delayed(nodes, waves: earliest(nodes))
  if peakBytes(nodes, waves: levels) <= budget { return compact(levels) }
  let narrow = split(nodes, waves: compact(levels), budget: budget)
  if peakBytes(nodes, waves: narrow) <= budget { return narrow }
  return neighbours(nodes)
}

/// Returns the level of each command in the dependency graph.
private func earliest(_ nodes: [WaveNode]) -> [Int] {
  var waves = [Int](repeating: 0, count: nodes.count)
  for (i, node) in nodes.enumerated() { waves[i] = node.dependencies.map { waves[$0] + 1 }.max() ?? 0 }
  return waves
}

/// Moves commands that do not free memory towards their first reader.
private func delayed(_ nodes: [WaveNode], waves: [Int]) -> [Int] {
  var waves = waves
  let end = (waves.max() ?? 0) + 1
  var limit = [Int](repeating: end, count: nodes.count)
  for i in nodes.indices.reversed() {
    let read = nodes[i].reads.reduce(0) { $0 + $1.bytes }
    // What has no reader here is wanted later or by the caller: it stays where it is if it frees memory, else it goes last.
    if limit[i] - 1 > waves[i] && nodes[i].resultBytes > read { waves[i] = limit[i] - 1 }
    for d in nodes[i].dependencies { limit[d] = min(limit[d], waves[i]) }
  }
  return waves
}

/// Renumbers waves from 0 without gaps.
private func compact(_ waves: [Int]) -> [Int] {
  let numbers = Dictionary(uniqueKeysWithValues: Set(waves).sorted().enumerated().map { ($0.element, $0.offset) })
  return waves.map { numbers[$0]! }
}

/// Returns the most bytes that live in any wave.
package func peakBytes(_ nodes: [WaveNode], waves: [Int]) -> Int {
  let count = (waves.max() ?? 0) + 1
  var first: [Int: Int] = [:], last: [Int: Int] = [:], size: [Int: Int] = [:]
  for (i, node) in nodes.enumerated() {
    let share = node.resultBytes / max(node.writes.count, 1)
    for buffer in node.writes {
      first[buffer] = waves[i]
      // What has no reader here lives on.
      last[buffer] = max(last[buffer] ?? waves[i], waves[i])
      size[buffer] = share
    }
    for (buffer, bytes) in node.reads {
      last[buffer] = max(last[buffer] ?? 0, waves[i])
      if size[buffer] == nil { size[buffer] = bytes }
    }
  }
  var change = [Int](repeating: 0, count: count + 1)
  for (buffer, bytes) in size {
    change[first[buffer] ?? 0] += bytes
    change[last[buffer]! + 1] -= bytes
  }
  var live = 0, peak = 0
  for delta in change {
    live += delta
    peak = max(peak, live)
  }
  return peak
}

/// Splits every wave whose commands make more than fits the budget, in program order.
private func split(_ nodes: [WaveNode], waves: [Int], budget: Int) -> [Int] {
  var members = [[Int]](repeating: [], count: (waves.max() ?? 0) + 1)
  for (i, wave) in waves.enumerated() { members[wave].append(i) }
  var result = waves
  var next = 0
  for wave in members {
    var bytes = 0
    for (position, i) in wave.enumerated() {
      if position > 0 && bytes + nodes[i].resultBytes > budget / 4 {
        next += 1
        bytes = 0
      }
      bytes += nodes[i].resultBytes
      result[i] = next
    }
    next += 1
  }
  return result
}

/// Starts a new wave in program order wherever a command needs one of the current wave.
private func neighbours(_ nodes: [WaveNode]) -> [Int] {
  var waves = [Int](repeating: 0, count: nodes.count)
  var wave = 0
  for (i, node) in nodes.enumerated() {
    if node.dependencies.contains(where: { waves[$0] == wave }) { wave += 1 }
    waves[i] = wave
  }
  return waves
}
