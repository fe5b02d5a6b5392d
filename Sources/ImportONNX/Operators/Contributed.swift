import Diagnostics
import MLIR

// Operators of the domain com.microsoft that exporters and optimizers of transformers emit.

/// `BiasGelu`, `FastGelu`: Gelu of x + bias, with erf or tanh.
func biasedGelu(tanh: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    let tensors = [x] + [node.optionalInput(1)].compactMap { $0 }
    try node.requireSameType(tensors)
    return [
      try node.importer.elementwise(tensors, x.elementType) { builder, e in
        Scalars(builder, x.elementType).inWideFloat(e) { s, e in gelu(tanh: tanh)(s, e.count == 2 ? s.add(e[0], e[1]) : e[0]) }
      }
    ]
  }
}

/// `QuickGelu`: x * sigmoid(alpha * x)
let lowerQuickGelu = floatFunction { node in
  let alpha = node.float("alpha", default: 1.702)
  return { s, x in s.multiply(x, sigmoid(s, s.multiply(s.constant(alpha), x))) }
}

/// `FusedMatMul`: alpha * A' * B', each transposed in its last two dimensions if asked.
let lowerFusedMatMul: Lowering = { node throws(Diagnostic) in
  if node.flag("transBatchA") || node.flag("transBatchB") { throw .unsupportedForm(node, "transposes batches") }
  func side(_ i: Int, _ attribute: String) throws(Diagnostic) -> Tensor {
    let x = try node.input(i)
    guard node.flag(attribute), x.rank >= 2 else { return x }
    let name = x.name
    let transposed = node.transpose(x, Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2])
    transposed.name = name
    return transposed
  }
  let a = try side(0, "transA"), b = try side(1, "transB")
  try node.requireSameType([a, b])
  let product = try node.matrixProduct(a, b)
  let alpha = node.float("alpha", default: 1)
  if alpha == 1 { return [product] }
  let type = product.elementType
  return [
    node.importer.map([Operand(product, product.shape.indices.map { $0 })], shape: product.shape, type) {
      let s = Scalars($0, type)
      return s.multiply($1[0], s.constant(alpha))
    }
  ]
}

/// `SkipLayerNormalization`: the normalized sum of x, skip and bias; that sum is output 3.
let lowerSkipLayerNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...3), skip = try node.input(1), scale = try node.input(2)
  var tensors = [x, skip]
  if let bias = node.optionalInput(4) { tensors.append(bias) }
  try node.requireSameType(tensors + [scale])
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = x.elementType
  let sum = try node.importer.elementwise(tensors, type) { builder, e in
    e.dropFirst().reduce(e[0]) { Scalars(builder, type).add($0, $1) }
  }
  sum.name = node.label
  let (standard, mean, inverse) = node.importer.standardize(sum, [sum.rank - 1], epsilon: node.float("epsilon", default: 1e-12))
  let beta = node.optionalInput(3)
  let wide = standard.elementType
  let result = try node.importer.elementwise([standard, scale] + [beta].compactMap { $0 }, type) { builder, e in
    let s = Scalars(builder, wide)
    let product = s.multiply(e[0], s.convert(e[1], from: type))
    return Scalars(builder, type).convert(e.count == 3 ? s.add(product, s.convert(e[2], from: type)) : product, from: wide)
  }
  return [result, mean, inverse, sum]
}
