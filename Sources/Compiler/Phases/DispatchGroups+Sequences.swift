import LoopNests
import MLIR

extension DispatchGroups {
  /// Makes one group of a contraction, the normalization of its rows and the contraction that reads them: attention.
  ///
  /// The scores of a few rows then never leave the cache. Only where nothing else reads them, and where the scores of one row are few.
  mutating func mergeSequences() {
    for middle in nodes.indices where isNormalization(nodes[middle]) {
      guard let first = onlyProducer(of: middle), let last = onlyReader(of: middle), first != last else { continue }
      let ops = nodes[first].ops + nodes[middle].ops + nodes[last].ops
      guard onlyReader(of: first) == middle, isIndependent(last, of: [first, middle]), isIndependent(middle, of: [first]),
        isWorthASequence(ops)
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

  /// `true` iff nothing that node `n` needs, other than `parts` themselves, needs one of `parts`.
  private func isIndependent(_ n: Int, of parts: [Int]) -> Bool {
    nodes.indices.allSatisfy { other in
      parts.contains(other) || !nodes[n].ancestors.contains(other) || !parts.contains { nodes[other].ancestors.contains($0) }
    }
  }

  private func isWorthASequence(_ ops: [StructuredOp]) -> Bool {
    guard ops.count <= limits.operations, tensorCount(ops) <= limits.tensors, let sequence = NestSequence(ops), sequence.parts.count == 3,
      sequence.parts[2].ops.contains(where: \.reusesInputs)
    else { return false }
    let row = [Int](repeating: 1, count: sequence.outer.count)
    var bytes = 0
    for value in sequence.carried {
      guard let (count, dimension) = sequence.elementCount(of: value, tile: row) else { return false }
      // A number of keys that is not known is taken for a usual one: the scores as a whole would take more memory in any case.
      bytes += count * (dimension == nil ? 1 : NestSequence.usualSize) * max(1, (value.value.type.element.bitWidth ?? 64) / 8)
    }
    let rows = sequence.outer.reduce(1) { $0 * (sequence.parts[0].dimensions[$1[0]].size ?? limits.rows) }
    return bytes <= limits.rowBytes && rows >= 4
  }

  /// Puts the operations of `parts` before those of `target`, and leaves them empty.
  mutating func merge(_ parts: [Int], into target: Int) {
    nodes[target].ops = parts.flatMap { nodes[$0].ops } + nodes[target].ops
    for op in nodes[target].ops { nodeOf[op.operation] = target }
    for part in parts {
      nodes[target].ancestors.formUnion(nodes[part].ancestors)
      nodes[part].ops = []
      nodes[part].ancestors = Bitset()
    }
    for part in parts { nodes[target].ancestors.remove(part) }
    for n in nodes.indices where n != target && (parts + [target]).contains(where: nodes[n].ancestors.contains) {
      nodes[n].ancestors.insert(target)
      nodes[n].ancestors.formUnion(nodes[target].ancestors)
    }
  }
}
