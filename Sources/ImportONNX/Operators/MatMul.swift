import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `MatMul`: numpy's matmul, with broadcast batch dimensions and vectors on either side.
let lowerMatMul: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0), b = try node.input(1)
  try node.requireSameType([a, b])
  // The only dimension of a vector is summed: scales along it are no scales of columns.
  let hasColumns = b.rank > 1 || b.quantized?.axis == nil
  if hasColumns, let pair = QuantizedPair(node.graph, a, b, columns: b.rank - 1) {
    return [try node.matrixProduct(pair.a, pair.b, by: pair.contract)]
  }
  if a.rank > 0, b.rank == 2, let matrix = node.blockedMatrix(b, depthAxis: 0),
    node.graph.unify(a.shape[a.rank - 1], b.shape[0], "the inner sizes of '\(a.name)' and '\(b.name)'") != nil
  {
    return [node.product(a, with: matrix, depth: b.shape[0])]
  }
  return [try node.matrixProduct(a, b)]
}

/// `Gemm`: alpha * A' * B' + beta * C
let lowerGemm: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0, ranks: 2...2), b = try node.input(1, ranks: 2...2)
  try node.requireSameType([a, b] + [node.optionalInput(2)].compactMap { $0 })
  let type = a.elementType
  let transA = node.flag("transA"), transB = node.flag("transB")
  let rows = a.shape[transA ? 1 : 0], columns = b.shape[transB ? 0 : 1]
  guard node.graph.unify(a.shape[transA ? 0 : 1], b.shape[transB ? 1 : 0], "the inner sizes of '\(a.name)' and '\(b.name)'") != nil
  else {
    throw .shapesDisagree(node, a, b, "the inner sizes differ")
  }
  let product: GraphTensor
  if !transA, let matrix = node.blockedMatrix(b, depthAxis: transB ? 1 : 0) {
    product = node.product(a, with: matrix, depth: b.shape[transB ? 1 : 0])
  } else {
    let pair = QuantizedPair(node.graph, a, b, columns: transB ? 0 : 1)
    product = (pair?.contract ?? node.graph.contract)(
      Operand(pair?.a ?? a, transA ? [2, 0] : [0, 2]), Operand(pair?.b ?? b, transB ? [1, 2] : [2, 1]), 3, [0, 1], [rows, columns])
  }
  product.name = node.label
  let alpha = node.float("alpha", default: 1), beta = node.float("beta", default: 1)
  var tensors = [product]
  if let c = node.optionalInput(2), beta != 0 { tensors.append(c) }
  if tensors.count == 1, alpha == 1 { return [product] }
  let sum = node.graph.elementwise(tensors, onto: [rows, columns], type) { builder, x in
    let scalars = Scalars(builder, type)
    func scaled(_ value: Value, _ factor: Double) -> Value { factor == 1 ? value : scalars.multiply(scalars.constant(factor), value) }
    return x.count == 1 ? scaled(x[0], alpha) : scalars.add(scaled(x[0], alpha), scaled(x[1], beta))
  }
  guard let sum else {
    throw .shapesDisagree(node, product, tensors[tensors.count - 1], "C must broadcast to the product")
  }
  return [sum]
}
