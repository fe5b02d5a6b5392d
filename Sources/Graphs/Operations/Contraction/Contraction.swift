import TesseraDiagnostics
import TesseraMLIR

/// A sum of products over loops: operands, the number of loops, those of the result, and the result's shape.
package typealias Contraction = (Operand, Operand, _ loops: Int, _ output: [Int], _ shape: [IndexExpression]) -> GraphTensor

extension GraphBuilder {
  /// A sum of products over the loops that are not in `output`: `out[output] += a * b`, formed in the accumulator of the element type, in the type of `a`.
  package func contract(_ a: Operand, _ b: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> GraphTensor {
    convert(contractWide(a, b, loops: loops, output: output, shape: shape), to: a.tensor.elementType)
  }

  /// As `contract`, with the result left in the accumulator's type.
  package func contractWide(_ a: Operand, _ b: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> GraphTensor {
    let types = [a, b].map(\.tensor.elementType)
    let wide = types[0].accumulator
    return reduce([a, b], loops: loops, output: output, shape: shape, wide, initial: 0) { builder, x, accumulator in
      let scalars = Scalars(builder, wide)
      return scalars.add(accumulator, scalars.multiply(scalars.convert(x[0], from: types[0]), scalars.convert(x[1], from: types[1])))
    }
  }
}

extension Site {
  /// numpy's matmul of `a` and `b`, whose products are summed by `contract`, or in the accumulator of their type.
  package func matrixProduct(_ a: GraphTensor, _ b: GraphTensor, by contract: Contraction? = nil) throws(Diagnostic) -> GraphTensor {
    guard a.rank >= 1, b.rank >= 1 else { throw .shapesDisagree(self, a, b, "a scalar cannot be multiplied as a matrix") }
    let left = a.rank == 1 ? graph.reshape(a, to: [.one] + a.shape) : a
    let right = b.rank == 1 ? graph.reshape(b, to: b.shape + [.one]) : b
    guard graph.unify(left.shape[left.rank - 1], right.shape[right.rank - 2], "the inner sizes of '\(a.name)' and '\(b.name)'") != nil
    else {
      throw .shapesDisagree(self, a, b, "the inner sizes differ")
    }
    let batchOfA = GraphTensor(name: a.name, a.elementType, Array(left.shape.dropLast(2)))
    let batchOfB = GraphTensor(name: b.name, b.elementType, Array(right.shape.dropLast(2)))
    let batch = try graph.broadcast([batchOfA, batchOfB])
    let rank = batch.count
    let rows = left.shape[left.rank - 2], columns = right.shape[right.rank - 1]
    let first = batched(left, batch, [rank, rank + 2]), second = batched(right, batch, [rank + 2, rank + 1])
    let product = (contract ?? graph.contract)(first, second, rank + 3, Array(0..<rank + 2), batch + [rows, columns])
    let shape = batch + (a.rank == 1 ? [] : [rows]) + (b.rank == 1 ? [] : [columns])
    return graph.reshape(product, to: shape)
  }

  /// `matrices` as an operand whose batch dimensions run over those of `batch` of the same size; dimensions of 1 that are broadcast are dropped.
  private func batched(_ matrices: GraphTensor, _ batch: [IndexExpression], _ inner: [Int?]) -> Operand {
    let count = matrices.rank - 2
    let offset = batch.count - count
    var tensor = matrices
    // Sizes that may or may not be 1 are settled by copying.
    if (0..<count).contains(where: { tensor.shape[$0] != batch[$0 + offset] && tensor.shape[$0].known != 1 }) {
      let target = batch.suffix(count) + tensor.shape.suffix(2)
      tensor = graph.broadcastOperand(tensor, to: Array(target)).tensor
    }
    let kept = (0..<count).filter { tensor.shape[$0] == batch[$0 + offset] }
    tensor = graph.reshape(tensor, to: kept.map { tensor.shape[$0] } + tensor.shape.suffix(2))
    return Operand(tensor, kept.map { $0 + offset } + inner)
  }
}
