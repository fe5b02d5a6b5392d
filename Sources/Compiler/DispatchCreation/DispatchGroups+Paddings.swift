import TesseraLoopNests
import TesseraMLIR

extension DispatchGroups {
  /// Lets the group that computes what `padding` pads write it into the larger tensor itself. `read` are the nodes that the padding reads.
  /// Returns `false` if it cannot.
  ///
  /// Others may read the tensor without its border too: then it is stored twice.
  mutating func addPadding(_ padding: Padding, _ read: [Int]) -> Bool {
    guard padding.isNarrow, let source = padding.source.definingOperation, let n = nodeOf[source], nodes[n].isOpen,
      order.mayRead(n, read)
    else { return false }
    if let p = nodes[n].paddings.firstIndex(where: { $0.result == padding.source }) {
      // A border around a border.
      guard !padding.source.isUsed(where: { !$0.operation.isInside([padding.operations[0]]) }),
        let both = nodes[n].paddings[p].followed(by: padding), context.rewrites.allows(padding.operations[0])
      else { return false }
      nodes[n].paddings[p] = both
    } else {
      guard nodes[n].ops.contains(where: { $0.operation == source }),
        tensorCount(nodes[n].ops) + nodes[n].paddings.count < limits(of: nodes[n].ops[0]).tensors,
        context.rewrites.allows(padding.operations[0])
      else { return false }
      nodes[n].paddings.append(padding)
    }
    join(padding.operations.last!, n, read)
    return true
  }
}
