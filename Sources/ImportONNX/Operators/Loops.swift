import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Loop`
let lowerLoop: Lowering = { node throws(Diagnostic) in
  guard let subgraph = node.subgraph("body") else { throw .invalidAttribute(node, "body", "nothing", expected: "a graph") }
  let count = node.optionalInput(0) == nil ? nil : try node.hostNumber(0)
  var condition: Value?
  if let tensor = node.optionalInput(1), tensor.host?.first?.known != 1 { condition = try node.flag(of: tensor) }
  var initial: [GraphTensor] = []
  for i in 2..<max(node.inputs.count, 2) { initial.append(try node.input(i)) }
  let carriedCount = initial.count
  guard subgraph.inputs.count == carriedCount + 2, subgraph.outputs.count > carriedCount else {
    throw .unsupportedForm(node, "has a body with another number of inputs or outputs")
  }
  let loop = ModelLoop(node, count: count, condition: condition) { (step, carried) throws(Diagnostic) in
    // A body only ever runs while the condition holds.
    let inputs = [GraphTensor(.i64, [], host: [step]), GraphTensor(.bool, [], host: [.one])] + carried
    let outputs = try node.walker.inline(subgraph, inputs: inputs, label: node.label)
    return (outputs[0], Array(outputs[1..<(carriedCount + 1)]), Array(outputs.dropFirst(carriedCount + 1)))
  }
  return try loop.run(initial)
}
