import TesseraLoopNests
import TesseraMLIR

/// Lets contractions read transposed operands where they lie, by changing the operand's map.
///
/// Before: %t = linalg.generic {(a, b) -> (b, a), (a, b) -> (a, b)} ins(%x) ...; contraction reads %t by (m, k)
/// After:  contraction reads %x by (k, m)
///
/// Requires: structured operations are `linalg.generic`.
/// Ensures: an operand is only read in place if the kernel's lanes still run along its last dimension, or do not use it.
struct FoldTranspositions {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// `true` iff there was something to fold.
  func run() -> Bool {
    var isChanged = false
    for function in module.hostFunctions {
      for operation in function.descendants {
        guard let op = StructuredOp(operation), op.reusesInputs else { continue }
        // Looked at anew each time: folding changes the operation.
        for k in 0..<op.inputCount { if let current = StructuredOp(operation), fold(current, operand: k) { isChanged = true } }
      }
    }
    return isChanged
  }

  private func fold(_ op: StructuredOp, operand k: Int) -> Bool {
    guard let source = op.operation.operand(k).definingOperation, let mover = StructuredOp(source), let permutation = mover.transposition,
      let reads = op.maps[k].asDimensions
    else { return false }
    // Axis `permutation[i]` of the source is axis `i` of what the contraction read.
    var moved = [Int](repeating: 0, count: reads.count)
    for (axis, from) in permutation.enumerated() { moved[from] = reads[axis] }
    let sizes = op.staticLoopSizes
    guard let lane = op.outputMaps[0].results.compactMap(\.asDimension).last(where: { sizes[$0] != 1 }) else { return false }
    let last = moved.last { sizes[$0] != 1 }
    guard !moved.contains(lane) || last == lane, context.rewrites.allows(op.operation) else { return false }
    var maps = op.maps
    maps[k] = .projection(rank: op.loopCount, moved, context)
    op.operation.setOperand(k, mover.operation.operand(0))
    if let layouts = op.operation.attribute(LayoutsAttribute.name) {
      // Axis i of the source is the axis of what was read that comes from it.
      var permutations = [[Int]?](repeating: nil, count: k)
      permutations.append(permutation.inverted)
      op.operation.setAttribute(LayoutsAttribute.name, LayoutsAttribute.permuted(layouts, permutations, context))
    }
    op.operation.setAttribute("indexing_maps", .array(maps.map(Attribute.affineMap), context))
    return true
  }
}
