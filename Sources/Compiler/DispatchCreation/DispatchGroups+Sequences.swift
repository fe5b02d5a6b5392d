import TesseraLoopNests
import TesseraMLIR

extension DispatchGroups {
  /// Makes one group of a contraction, the normalization of its rows and the contraction that reads them: attention.
  ///
  /// The scores of a few rows then never leave the cache. Only where nothing else reads them, and where the scores of one row are few.
  mutating func mergeSequences() {
    for middle in nodes.indices where isNormalization(nodes[middle]) {
      guard let first = onlyProducer(of: middle), let last = onlyReader(of: middle), first != last else { continue }
      let ops = nodes[first].ops + nodes[middle].ops + nodes[last].ops
      guard onlyReader(of: first) == middle, !order.needsIndirectly(last, [first, middle]), !order.needsIndirectly(middle, [first]),
        isWorthASequence(ops), context.rewrites.allows(ops[0].operation)
      else { continue }
      merge([first, middle], into: last)
    }
  }

  private func isNormalization(_ node: FusionGroup) -> Bool { node.isOpen && !node.isHeavy && node.ops.contains(where: \.hasReduction) }

  private func isContraction(_ n: Int) -> Bool {
    nodes[n].ops.count { $0.reusesInputs } == 1 && !nodes[n].ops.contains(where: \.readsWindows)
  }

  /// The one contraction whose results node `n` reads.
  private func onlyProducer(of n: Int) -> Int? {
    let producers = Set(nodes[n].ops.flatMap(\.operation.operands).compactMap { $0.definingOperation.flatMap { nodeOf[$0] } })
    let contractions = producers.filter { $0 != n && isContraction($0) }
    return contractions.count == 1 ? contractions.first : nil
  }

  /// The one node that reads results of node `n`, if it is a group; `nil` if others do too, or if a result gets a border.
  private func onlyReader(of n: Int) -> Int? {
    guard nodes[n].paddings.isEmpty else { return nil }
    let own = Set(nodes[n].ops.map(\.operation))
    var reader: Int?
    for use in nodes[n].ops.flatMap(\.operation.results).flatMap(\.uses) where !own.contains(use.operation) {
      guard let found = nodeOf[use.operation], nodes[found].isOpen, reader == nil || reader == found else { return nil }
      reader = found
    }
    return reader
  }

  private func isWorthASequence(_ ops: [StructuredOp]) -> Bool {
    let limits = limits(of: ops[0])
    guard ops.count <= limits.operations, tensorCount(ops) <= limits.tensors, let sequence = NestSequence(ops), sequence.parts.count == 3,
      sequence.parts[2].ops.contains(where: \.reusesInputs)
    else { return false }
    let row = [Int](repeating: 1, count: sequence.outer.count)
    var bytes = 0
    for value in sequence.carried {
      guard let (count, dimension) = sequence.elementCount(of: value, tile: row) else { return false }
      // A number of keys that is not known is taken for a usual one: the scores as a whole would take more memory in any case.
      bytes += count * (dimension == nil ? 1 : limits.rowSize) * max(1, (value.value.type.element.bitWidth ?? 64) / 8)
    }
    let rows = sequence.outer.reduce(1) { $0 * (sequence.parts[0].dimensions[$1[0]].size ?? limits.rows) }
    return bytes <= limits.rowBytes && rows >= 4
  }

  /// Puts the operations of `parts` before those of `target`, and leaves them empty.
  mutating func merge(_ parts: [Int], into target: Int) {
    for part in parts.reversed() {
      nodes[target].prepend(nodes[part])
      nodes[part].clear()
    }
    for op in nodes[target].ops { nodeOf[op.operation] = target }
    order.merge(parts, into: target)
  }
}
