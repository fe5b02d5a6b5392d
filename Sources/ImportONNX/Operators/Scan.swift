import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Scan`: from operator set 9 on along any axes; before, along dimension 1 for each element of dimension 0.
let lowerScan: Lowering = { node throws(Diagnostic) in
  guard let subgraph = node.subgraph("body") else { throw .invalidAttribute(node, "body", "nothing", expected: "a graph") }
  if node.opset < 9 { return try node.scanBatch(subgraph) }
  var inputs: [GraphTensor] = []
  for i in node.inputs.indices { inputs.append(try node.input(i)) }
  let form = try ScanForm(node, subgraph, inputCount: inputs.count)
  return try form.run(node, subgraph, inputs)
}

/// Which inputs of a scan are states and which are scanned, along which axes and in which order.
private struct ScanForm {
  let states: Int
  let inputAxes, inputDirections, outputAxes, outputDirections: [Int]

  /// The form that the attributes give.
  init(_ node: Node, _ subgraph: GraphProto, inputCount: Int) throws(Diagnostic) {
    let scanned = node.integer("num_scan_inputs", default: 0)
    guard scanned >= 1, scanned <= inputCount else {
      throw .invalidAttribute(node, "num_scan_inputs", "\(scanned)", expected: "a number of inputs")
    }
    states = inputCount - scanned
    guard subgraph.inputs.count == inputCount, subgraph.outputs.count >= states else {
      throw .unsupportedForm(node, "has a body with another number of inputs or outputs")
    }
    let outputs = subgraph.outputs.count - states
    let bounds = -GraphTensor.rankLimit...GraphTensor.rankLimit
    inputAxes = try node.integers("scan_input_axes", count: scanned, default: 0, in: bounds)
    // Before operator set 9 there is one list of directions.
    inputDirections = try node.integers(node.opset < 9 ? "directions" : "scan_input_directions", count: scanned, default: 0, in: 0...1)
    outputAxes = try node.integers("scan_output_axes", count: outputs, default: 0, in: bounds)
    outputDirections = try node.integers("scan_output_directions", count: outputs, default: 0, in: 0...1)
  }

  /// The states at the end and the stacked outputs of a scan of `inputs`.
  func run(_ node: Node, _ subgraph: GraphProto, _ inputs: [GraphTensor]) throws(Diagnostic) -> [GraphTensor] {
    var count: IndexExpression?
    var axes: [Int] = []
    for (x, given) in zip(inputs.dropFirst(states), inputAxes) {
      let axis = try node.axis(given, rank: x.rank)
      axes.append(axis)
      let length = count.map { node.graph.unify($0, x.shape[axis], "the lengths that '\(node.label)' scans") } ?? x.shape[axis]
      guard let length else { throw .shapesDisagree(node, inputs[states], x, "the scanned lengths differ") }
      count = length
    }
    let length = count ?? .zero
    let loop = ModelLoop(node, count: length) { (step, carried) throws(Diagnostic) in
      let slices = axes.indices.map { i -> GraphTensor in
        let place = inputDirections[i] == 0 ? step : length - 1 - step
        return node.element(place, of: inputs[states + i], axis: axes[i])
      }
      let results = try node.walker.inline(subgraph, inputs: carried + slices, label: node.label)
      return (nil, Array(results.prefix(states)), Array(results.dropFirst(states)))
    }
    var results = try loop.run(Array(inputs.prefix(states)))
    for i in outputAxes.indices {
      var stack = results[states + i]
      if outputDirections[i] == 1 { stack = node.flipped(stack, axis: 0) }
      let axis = try node.axis(outputAxes[i], rank: stack.rank)
      results[states + i] = node.transpose(stack, Array(1...axis + 1).dropLast() + [0] + Array((axis + 1)..<max(stack.rank, axis + 1)))
    }
    return results
  }
}

extension Node {
  /// `Scan` of operator set 8: a scan for each element of dimension 0, and the results of all stacked.
  fileprivate func scanBatch(_ subgraph: GraphProto) throws(Diagnostic) -> [GraphTensor] {
    if optionalInput(0) != nil { throw .unsupportedForm(self, "has sequences of different lengths") }
    var operands: [GraphTensor] = []
    for i in 1..<max(inputs.count, 1) { operands.append(try input(i, ranks: 1...GraphTensor.rankLimit)) }
    let form = try ScanForm(self, subgraph, inputCount: operands.count)
    var batch = operands[0].shape[0]
    for other in operands.dropFirst() {
      guard let size = graph.unify(batch, other.shape[0], "the batch sizes of '\(label)'") else {
        throw .shapesDisagree(self, operands[0], other, "the batch sizes differ")
      }
      batch = size
    }
    let loop = ModelLoop(self, count: batch) { (step, _) throws(Diagnostic) in
      (nil, [], try form.run(self, subgraph, operands.map { element(step, of: $0, axis: 0) }))
    }
    return try loop.run([])
  }
}
