import TesseraLoopNests
import TesseraMLIR

extension DispatchGroups {
  /// Makes one group of contractions that read the same tensor and do the same with it: the queries, keys and values of attention.
  ///
  /// One kernel computes them one after the other, each with what follows it. Only neighbours: a result should not be computed long before
  /// it is read.
  mutating func mergeSiblings() {
    /// The nodes with products that read each tensor, the latest last.
    var readers: [Value: [Int]] = [:]
    for n in nodes.indices {
      let products = products(n)
      if products.isEmpty { continue }
      let shared = sharedOperands(products)
      let neighbours = Set(shared.flatMap { readers[$0, default: []].suffix(Self.neighbourLimit) }).sorted(by: >)
      if let sibling = neighbours.first(where: { areSiblings($0, n) }), context.rewrites.allows(products[0].operation) {
        for value in shared { readers[value]?.removeAll { $0 == sibling } }
        merge([sibling], into: n)
      }
      for value in shared { readers[value, default: []].append(n) }
    }
  }

  /// The number of readers of a tensor among which a product looks for a sibling: one that is read by thousands must not cost their square.
  private static let neighbourLimit = 32

  /// The contractions of node `n`, if it has no other reductions, no windows and no borders.
  private func products(_ n: Int) -> [StructuredOp] {
    guard nodes[n].isOpen, nodes[n].paddings.isEmpty else { return [] }
    let reductions = nodes[n].ops.filter(\.hasReduction)
    guard reductions.allSatisfy({ $0.reusesInputs && !$0.readsWindows }) else { return [] }
    return reductions
  }

  private func areSiblings(_ a: Int, _ b: Int) -> Bool {
    let first = products(a), second = products(b), ops = nodes[a].ops + nodes[b].ops, limits = limits(of: ops[0])
    // Most pairs differ at first sight.
    guard let x = first.first?.operation, let y = second.first?.operation, x.results.map(\.type) == y.results.map(\.type),
      nodes[a].ops.count % nodes[b].ops.count == 0
    else { return false }
    guard !sharedOperands(first).isDisjoint(with: sharedOperands(second)), ops.count <= limits.operations,
      tensorCount(ops) <= limits.tensors, let between = order.between(a, b), !between.contains(where: { nodes[$0].isHeavy })
    else { return false }
    return computeTheSame(ops)
  }

  /// The tensors that `products` read and that are computed in the program.
  private func sharedOperands(_ products: [StructuredOp]) -> Set<Value> {
    Set(products.flatMap(\.inputs).filter { $0.type.isTensor && $0.definingOperation?.name != "ml_program.global_load_const" })
  }

  /// `true` iff the operations are siblings of which the same values are read elsewhere.
  private func computeTheSame(_ ops: [StructuredOp]) -> Bool {
    guard let siblings = NestSequence(ops)?.siblings, !siblings.isEmpty else { return false }
    let members = Set(ops.map(\.operation))
    func leaves(_ value: Value) -> Bool { value.isUsed { !$0.operation.isInside(members) } }
    return siblings.allSatisfy { counterparts in
      counterparts.allSatisfy { own, other in
        own.definingOperation.map(members.contains) != true || leaves(own) == leaves(other)
      }
    }
  }
}
