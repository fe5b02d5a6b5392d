import TesseraLoopNests
import TesseraMLIR

extension CandidateLayouts {
  /// The operations that should take their other layout: the choice with the fewest transposed elements, and among equals the one that changes least.
  ///
  /// It is a minimum cut. Source side: as it is; sink side: the other layout. A tensor that is made on one side and read on the
  /// other is transposed once, however many read it: hence an auxiliary node for each tensor and direction. Transpositions pin
  /// their ends: behind one, the tensor exists in its other layout already.
  func bestChoice() -> Set<Operation> {
    var network = FlowNetwork()
    var ids: [Operation: Int] = [:], constants = ConstantValues()
    for operation in order { ids[operation] = network.addNode() }
    for value in values {
      let layout = layouts[value]!
      let cost = Self.transpositionCost(value, layout, &constants)
      if cost == 0 { continue }
      var maker = FlowNetwork.source
      if let producer = value.definingOperation {
        if let permutation = StructuredOp.relaying(producer)?.transposition {
          if permutation.inverted == layout { maker = FlowNetwork.sink }
        } else if let node = nodes[producer], node.outputLayout == layout {
          maker = ids[producer]!
        }
      }
      var readers = Set<Int>(), isReadAsIs = false
      for use in value.uses where use.operation.name != "tensor.dim" {
        let reader = Self.reader(of: use)
        if let permutation = StructuredOp.relaying(reader)?.transposition {
          if permutation == layout { readers.insert(FlowNetwork.sink) } else { isReadAsIs = true }
        } else if let node = nodes[reader], let source = node.sources.first(where: { $0.value == value }) {
          if source.layout == layout {
            readers.insert(ids[reader]!)
          } else {
            // It would need a third layout.
            network.addEdge(FlowNetwork.source, ids[reader]!, cost)
            isReadAsIs = true
          }
        } else {
          isReadAsIs = true
        }
      }
      let toOther = network.addNode(), toThis = network.addNode()
      network.addEdge(maker, toOther, cost)
      network.addEdge(toThis, maker, cost)
      for reader in readers {
        network.addEdge(toOther, reader, FlowNetwork.unlimited)
        if reader != FlowNetwork.sink { network.addEdge(reader, toThis, FlowNetwork.unlimited) }
      }
      if isReadAsIs { network.addEdge(FlowNetwork.source, toThis, FlowNetwork.unlimited) }
    }
    let chosen = network.sinkSideOfMinimumCut()
    return Set(order.filter { chosen.contains(ids[$0]!) })
  }

  /// The elements that a transposition of `value` moves: none for constants (done at compile time) and where only dimensions of size 1 move.
  static func transpositionCost(_ value: Value, _ layout: [Int], _ constants: inout ConstantValues) -> Int {
    let shape = value.type.shape
    if layout.movesOnlyUnits(of: shape) || constants.contains(value) { return 0 }
    // Dynamic sizes count as 64: any number does where all tensors share them.
    return shape.reduce(1) { $0 * max(1, $1 == Type.dynamic ? 64 : $1) }
  }
}

extension [Int] {
  /// `true` iff this permutation of the dimensions of a tensor of this shape keeps the order of all that are not 1: it is a reshape.
  func movesOnlyUnits(of shape: [Int]) -> Bool {
    let moved = filter { shape[$0] != 1 }
    return moved == moved.sorted()
  }
}
