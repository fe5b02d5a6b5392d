import TesseraDiagnostics
import TesseraGraphs

/// Operators that only move elements of their first input, or choose among them by their order.
///
/// On a dequantized tensor they work on the bytes: `f(dequantize(x)) = dequantize(f(x))` for one positive scale. A quarter of the memory moves,
/// and products that follow find their operands quantized.
enum QuantizedMovement {
  /// The results of `node` by way of the bytes; `nil` if it is to be lowered as it is.
  static func results(_ node: Node, _ row: OperatorRow) throws(Diagnostic) -> [GraphTensor]? {
    guard row.takes.contains(.bytes), let x = node.optionalInput(0), let quantized = x.quantized, quantized.axis == nil,
      let scale = quantized.scale.knownScalar, scale > 0
    else { return nil }
    let moved = Node(
      graph: node.graph, walker: node.walker, proto: node.proto, opset: node.opset, label: node.label,
      inputs: [quantized.source] + node.inputs.dropFirst())
    var results: [GraphTensor] = []
    for source in try row.lower(moved) {
      // The positions of elements are what they are.
      guard source.elementType == quantized.source.elementType else {
        results.append(source)
        continue
      }
      results.append(
        node.graph.dequantize(
          Quantized(source: source, scale: quantized.scale, zeroPoint: quantized.zeroPoint, axis: nil),
          [quantized.scale, quantized.zeroPoint].compactMap { $0 }.map { Operand(node.graph.reshape($0, to: []), []) }, x.elementType))
    }
    return results
  }
}
