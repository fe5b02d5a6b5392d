import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `FlexAttention` of ai.onnx.preview: prob_mod(softmax(score_mod(scale * Q K'))) V, with subgraphs of the model for the modifications.
let lowerFlexAttention: Lowering = { node throws(Diagnostic) in
  for i in 0..<3 { _ = try node.input(i, ranks: 4...4) }
  let parts = try AttentionParts(node)
  let given = parts.query.elementType
  let number = node.integer("softmax_precision")
  let precision = number.map { ElementType(numeric: Int64($0)) } ?? given.accumulator
  guard let type = precision, type.isFloat else {
    throw .unsupportedAttribute(
      node, "softmax_precision", ElementType.onnxName(Int64(number ?? 0)), supported: "float16, bfloat16, float, double")
  }
  let graph = node.graph
  func modified(_ x: GraphTensor, _ attribute: String) throws(Diagnostic) -> GraphTensor {
    guard let subgraph = node.subgraph(attribute) else { return x }
    let results = try node.walker.inline(subgraph, inputs: [x], label: node.label)
    guard subgraph.inputs.count == 1, results.count == 1, results[0].shape == x.shape, results[0].elementType == x.elementType else {
      throw .unsupportedForm(node, "has a graph '\(attribute)' that does not give one tensor of the type and shape that it takes")
    }
    return results[0]
  }
  let raw = parts.scores(node)
  let scaled = parts.scaled(raw, node)
  let scores = try modified(graph.convert(scaled, to: type), "score_mod")
  let weights = try modified(node.softmax(scores, axes: [3]), "prob_mod")
  return [graph.convert(parts.gather(weights, node), to: given)]
}
