import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `FULLY_CONNECTED`: rows of the input times weights [units, row].
let lowerFullyConnected: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0, ranks: 1...GraphTensor.rankLimit), filter = try node.input(1, ranks: 2...2)
  let format = try node.integer("weights_format")
  guard format == 0 else { throw .unsupportedAttribute(node, "weights_format", "\(format)", supported: "0 (DEFAULT)") }
  let rule = try ProductRule(node, x: 0, weights: 1, bias: 2, activation: node.activation())
  let graph = node.graph, units = filter.shape[0], depth = filter.shape[1]
  var outer = Array(given.shape.dropLast())
  if graph.indices.isAtLeast(0, depth), given.shape[given.rank - 1] != depth {
    // Rows that are spread over several dimensions.
    guard let size = depth.known, size >= 1, let rows = node.exactQuotient(given.shape.product, by: size, "the elements of '\(given.name)'")
    else { throw .shapesDisagree(node, given, filter, "the rows differ") }
    outer = [rows]
  }
  let rows = outer.product
  let x = graph.reshape(rule.x, to: [rows, depth])
  let sums = rule.contract(Operand(x, [0, 2]), Operand(rule.weights, [1, 2]), loops: 3, output: [0, 1], shape: [rows, units])
  let result = try rule.finish(sums)
  return [try node.flag("keep_num_dims") ? graph.reshape(result, to: outer + [units]) : result]
}

/// `BATCH_MATMUL`
let lowerBatchMatMul: Lowering = { node throws(Diagnostic) in
  var a = try node.input(0, ranks: 2...GraphTensor.rankLimit), b = try node.input(1, ranks: 2...GraphTensor.rankLimit)
  func swapped(_ x: GraphTensor) -> GraphTensor { node.transpose(x, Array(0..<x.rank - 2) + [x.rank - 1, x.rank - 2]) }
  if try node.flag("adj_x") { a = swapped(a) }
  if try node.flag("adj_y") { b = swapped(b) }
  try node.requireSameType([a, b])
  return [try node.matrixProduct(a, b)]
}
