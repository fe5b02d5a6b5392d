package import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR
package import TesseraVectorKernels

extension KernelSource {
  /// The configuration of each nest where a thread computes alone: neighbouring threads have neighbouring results, a few each where these
  /// read the same.
  package func threadConfigurations(_ unit: VectorUnit) -> [KernelConfiguration] {
    var list = parts.map { part in
      var configuration = KernelConfiguration(lane: nil, width: 1, order: part.sharedDimensions)
      if !worksOnRows, parts.count == 1 { ThreadTile(part).apply(to: &configuration) }
      configuration.unrollLongLoops(part)
      return configuration
    }
    // Nests that run one after the other on a row have the tiles of their outer dimensions in common.
    for p in parts.indices where parts.count > 1 { for numbers in sequence.outer { list[p].tile[numbers[p]] = 1 } }
    return list
  }
}

/// How many turns a thread makes for one result.
package enum ThreadTurns {
  /// Mesa's driver for processors leaves the loops of a thread after 65,535 turns; those of a tile count too.
  static let limit = 60_000
  /// What one turn computes of a long loop at most.
  static let unroll = 8
  /// The most elements of a result that a thread alone adds up.
  package static let most = limit * unroll
}

extension KernelConfiguration {
  /// Computes several elements in a turn of loops that else have too many of them.
  fileprivate mutating func unrollLongLoops(_ nest: LoopNest) {
    let inner = nest.dimensions.indices.filter { !nest.dimensions[$0].isShared }
    guard let last = inner.last else { return }
    let turns = inner.reduce(1) { min(ThreadTurns.most, $0 * min(ThreadTurns.most, nest.dimensions[$1].size ?? 1)) }
    if turns > ThreadTurns.limit { unroll[last] = ThreadTurns.unroll }
  }
}

/// The results of a contraction that one thread computes: a register tile, so that what is loaded is used several times.
private struct ThreadTile {
  private let nest: LoopNest
  /// Results along the columns and the rows.
  private static let columns = 4, rows = 4

  init(_ nest: LoopNest) { self.nest = nest }

  func apply(to configuration: inout KernelConfiguration) {
    guard nest.ops.contains(where: \.reusesInputs) else { return }
    var limits = [Self.columns, Self.rows]
    for d in nest.sharedDimensions.reversed() where !limits.isEmpty {
      guard let size = nest.dimensions[d].size, size > 1 else { continue }
      var count = limits.removeFirst()
      while count > 1, size % count != 0 { count /= 2 }
      if count > 1 {
        configuration.unroll[d] = count
        configuration.tile[d] = count
      }
    }
  }
}
