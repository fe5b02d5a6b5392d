internal import TesseraDialects
internal import TesseraLoopNests
internal import TesseraMLIR

/// The facts of a kernel that follow from its operations alone, whatever machine runs it.
extension KernelSource {
  /// The number of the scalar that holds the size of dimension `d` of part `part`, if one does.
  package func scalar(ofDimension d: Int, part: Int) -> Int? {
    let nest = parts[part]
    for (i, op) in nest.ops.enumerated() {
      let values = op.operation.operands + op.operation.results
      for (value, map) in zip(values, op.maps + op.outputMaps) {
        for (axis, expression) in map.results.enumerated() {
          guard let loop = expression.asDimension, nest.dimensionOfLoop[i][loop] == d else { continue }
          if let t = tensors.firstIndex(of: value), let s = operandSizes.scalar(t, axis) { return s }
          if let t = results.firstIndex(of: value), let s = resultSizes.scalar(t, axis) { return s }
          if let empty = value.definingOperation, empty.name == "tensor.empty", value.type.shape[axis] == Type.dynamic {
            if let s = scalars.firstIndex(of: empty.operand(value.type.dynamicPosition(of: axis))) { return s }
          }
        }
      }
    }
    return nil
  }

  /// Results written element by element exactly where an input is read, and nowhere else read.
  ///
  /// Only for kernels of one result: with several, one could be stored before another has read the input.
  package func inPlacePairs() -> [(result: Int, operand: Int)] {
    guard results.count == 1, parts.count == 1 else { return [] }
    let nest = parts[0]
    if let scatter = ScatterOp(nest.ops[0].operation) {
      guard scatter.target != scatter.updates, let operand = tensors.firstIndex(of: scatter.target) else { return [] }
      return [(0, operand)]
    }
    var pairs: [(result: Int, operand: Int)] = []
    let captured = Set(nest.ops.flatMap(\.captures))
    for (r, result) in results.enumerated() {
      guard let p = nest.producer[result] else { continue }
      let written = nest.ops[p].outputMaps[result.number].results.map { $0.asDimension.flatMap { nest.dimensionOfLoop[p][$0] } }
      for (t, tensor) in tensors.enumerated() where tensor.type == result.type && !captured.contains(tensor) {
        let reads = tensor.uses.map { use -> [Int?]? in
          guard let i = nest.ops.firstIndex(where: { $0.operation == use.operation }) else { return nil }
          return nest.ops[i].maps[use.operandNumber].results.map { $0.asDimension.flatMap { nest.dimensionOfLoop[i][$0] } }
        }
        // In a nest with inner loops, a stage may read the input again after another has written the result.
        guard !nest.hasInnerLoops, reads.allSatisfy({ $0 == written }), Set(written.compactMap { $0 }).count == nest.sharedDimensions.count
        else { continue }
        pairs.append((r, t))
      }
    }
    return pairs
  }
}
