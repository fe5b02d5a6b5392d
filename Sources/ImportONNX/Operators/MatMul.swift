import Diagnostics
import MLIR

extension GraphImporter {
  /// A sum of products over the loops that are not in `output`: `out[output] += a * b`, formed in the accumulator of the element type, in the type of `a`.
  func contract(_ a: Operand, _ b: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> Tensor {
    convert(contractWide(a, b, loops: loops, output: output, shape: shape), to: a.tensor.elementType)
  }

  /// As `contract`, with the result left in the accumulator's type.
  func contractWide(_ a: Operand, _ b: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> Tensor {
    let types = [a, b].map(\.tensor.elementType)
    let wide = types[0].accumulator
    return reduce([a, b], loops: loops, output: output, shape: shape, wide, initial: 0) { builder, x, accumulator in
      let scalars = Scalars(builder, wide)
      return scalars.add(accumulator, scalars.multiply(scalars.convert(x[0], from: types[0]), scalars.convert(x[1], from: types[1])))
    }
  }

  /// `tensor` with its elements converted by ONNX's rules for Cast.
  func convert(_ tensor: Tensor, to type: ElementType) -> Tensor {
    if tensor.elementType == type { return tensor }
    return map([Operand(tensor, tensor.shape.indices.map { $0 })], shape: tensor.shape, type) {
      Scalars($0, type).convert($1[0], from: tensor.elementType)
    }
  }
}

/// `MatMul`: numpy's matmul, with broadcast batch dimensions and vectors on either side.
let lowerMatMul: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0), b = try node.input(1)
  try node.requireSameType([a, b])
  if let pair = QuantizedPair(node.importer, a, b, columns: b.rank - 1) {
    return [try node.matrixProduct(pair.a, pair.b, by: pair.contract)]
  }
  return [try node.matrixProduct(a, b)]
}

extension Node {
  /// numpy's matmul of `a` and `b`, whose products are summed by `contract`, or in the accumulator of their type.
  func matrixProduct(_ a: Tensor, _ b: Tensor, by contract: Contraction? = nil) throws(Diagnostic) -> Tensor {
    guard a.rank >= 1, b.rank >= 1 else { throw .shapesDisagree(self, a, b, "a scalar cannot be multiplied as a matrix") }
    let left = a.rank == 1 ? importer.reshape(a, to: [.one] + a.shape) : a
    let right = b.rank == 1 ? importer.reshape(b, to: b.shape + [.one]) : b
    guard
      let depth = importer.unify(left.shape[left.rank - 1], right.shape[right.rank - 2], "the inner sizes of '\(a.name)' and '\(b.name)'")
    else {
      throw .shapesDisagree(self, a, b, "the inner sizes differ")
    }
    _ = depth
    let batchOfA = Tensor(name: a.name, a.elementType, Array(left.shape.dropLast(2)))
    let batchOfB = Tensor(name: b.name, b.elementType, Array(right.shape.dropLast(2)))
    let batch = try importer.broadcast([batchOfA, batchOfB])
    let rank = batch.count
    let rows = left.shape[left.rank - 2], columns = right.shape[right.rank - 1]
    let first = batched(left, batch, [rank, rank + 2]), second = batched(right, batch, [rank + 2, rank + 1])
    let product = (contract ?? importer.contract)(first, second, rank + 3, Array(0..<rank + 2), batch + [rows, columns])
    let shape = batch + (a.rank == 1 ? [] : [rows]) + (b.rank == 1 ? [] : [columns])
    return importer.reshape(product, to: shape)
  }

  /// `matrices` as an operand whose batch dimensions run over those of `batch` of the same size; dimensions of 1 that are broadcast are dropped.
  private func batched(_ matrices: Tensor, _ batch: [IndexExpression], _ inner: [Int?]) -> Operand {
    let count = matrices.rank - 2
    let offset = batch.count - count
    var tensor = matrices
    // Sizes that may or may not be 1 are settled by copying.
    if (0..<count).contains(where: { tensor.shape[$0] != batch[$0 + offset] && tensor.shape[$0].known != 1 }) {
      let target = batch.suffix(count) + tensor.shape.suffix(2)
      tensor = importer.broadcastOperand(tensor, to: Array(target)).tensor
    }
    let kept = (0..<count).filter { tensor.shape[$0] == batch[$0 + offset] }
    tensor = importer.reshape(tensor, to: kept.map { tensor.shape[$0] } + tensor.shape.suffix(2))
    return Operand(tensor, kept.map { $0 + offset } + inner)
  }
}

/// `Gemm`: alpha * A' * B' + beta * C
let lowerGemm: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0, ranks: 2...2), b = try node.input(1, ranks: 2...2)
  try node.requireSameType([a, b] + [node.optionalInput(2)].compactMap { $0 })
  let type = a.elementType
  let transA = node.flag("transA"), transB = node.flag("transB")
  let rows = a.shape[transA ? 1 : 0], columns = b.shape[transB ? 0 : 1]
  guard node.importer.unify(a.shape[transA ? 0 : 1], b.shape[transB ? 1 : 0], "the inner sizes of '\(a.name)' and '\(b.name)'") != nil
  else {
    throw .shapesDisagree(node, a, b, "the inner sizes differ")
  }
  let pair = QuantizedPair(node.importer, a, b, columns: transB ? 0 : 1)
  let product = (pair?.contract ?? node.importer.contract)(
    Operand(pair?.a ?? a, transA ? [2, 0] : [0, 2]), Operand(pair?.b ?? b, transB ? [1, 2] : [2, 1]), 3, [0, 1], [rows, columns])
  product.name = node.label
  let alpha = node.float("alpha", default: 1), beta = node.float("beta", default: 1)
  var tensors = [product]
  if let c = node.optionalInput(2), beta != 0 { tensors.append(c) }
  if tensors.count == 1, alpha == 1 { return [product] }
  let sum = node.importer.elementwise(tensors, onto: [rows, columns], type) { builder, x in
    let scalars = Scalars(builder, type)
    func scaled(_ value: Value, _ factor: Double) -> Value { factor == 1 ? value : scalars.multiply(scalars.constant(factor), value) }
    return x.count == 1 ? scaled(x[0], alpha) : scalars.add(scaled(x[0], alpha), scaled(x[1], beta))
  }
  guard let sum else {
    throw .shapesDisagree(node, product, tensors[tensors.count - 1], "C must broadcast to the product")
  }
  return [sum]
}
