import LoopNests
import MLIR

extension DispatchGroups {
  /// Makes one group of contractions that read the same tensor and do the same with it: the queries, keys and values of attention.
  ///
  /// One kernel computes them one after the other, each with what follows it. Only neighbours: a result should not be computed long before
  /// it is read.
  mutating func mergeSiblings() {
    for n in nodes.indices where !products(n).isEmpty {
      if let sibling = nodes.indices[..<n].last(where: { areSiblings($0, n) }) { merge([sibling], into: n) }
    }
  }

  /// The contractions of node `n`, if it has no other reductions, no windows and no borders.
  private func products(_ n: Int) -> [StructuredOp] {
    guard nodes[n].isOpen, nodes[n].paddings.isEmpty else { return [] }
    let reductions = nodes[n].ops.filter(\.hasReduction)
    guard reductions.allSatisfy({ $0.reusesInputs && !$0.readsWindows }) else { return [] }
    return reductions
  }

  private func areSiblings(_ a: Int, _ b: Int) -> Bool {
    let first = products(a), second = products(b), ops = nodes[a].ops + nodes[b].ops
    // Most pairs differ at first sight.
    guard let x = first.first?.operation, let y = second.first?.operation, x.results.map(\.type) == y.results.map(\.type),
      nodes[a].ops.count % nodes[b].ops.count == 0
    else { return false }
    return shareOperand(first, second) && !nodes[b].ancestors.contains(a) && !nodes[a].ancestors.contains(b)
      && !nodes.indices[a..<b].contains { nodes[$0].isHeavy && nodes[$0].ancestors.contains(a) }
      && ops.count <= limits.operations && tensorCount(ops) <= limits.tensors && computeTheSame(ops)
  }

  /// `true` iff two contractions read the same tensor, and it is computed in the program.
  private func shareOperand(_ a: [StructuredOp], _ b: [StructuredOp]) -> Bool {
    let shared = Set(a.flatMap(\.inputs)).intersection(b.flatMap(\.inputs))
    return shared.contains { $0.type.isTensor && $0.definingOperation?.name != "ml_program.global_load_const" }
  }

  /// `true` iff the operations are siblings of which the same values are read elsewhere.
  private func computeTheSame(_ ops: [StructuredOp]) -> Bool {
    guard let siblings = NestSequence(ops)?.siblings, !siblings.isEmpty else { return false }
    let members = Set(ops.map(\.operation))
    func leaves(_ value: Value) -> Bool { value.uses.contains { !$0.operation.isInside(members) } }
    return siblings.allSatisfy { counterparts in
      counterparts.allSatisfy { own, other in
        own.definingOperation.map(members.contains) != true || leaves(own) == leaves(other)
      }
    }
  }
}
