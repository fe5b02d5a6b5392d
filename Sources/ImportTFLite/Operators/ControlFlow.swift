import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The inputs from number `first` on, none of which may be left out.
  fileprivate func operands(from first: Int = 0) throws(Diagnostic) -> [GraphTensor] {
    var list: [GraphTensor] = []
    for i in inputs.indices.dropFirst(first) { list.append(try input(i)) }
    return list
  }
}

/// `CALL`, `STABLEHLO_COMPOSITE`: a subgraph in place.
func call(_ field: String) -> Lowering {
  { node throws(Diagnostic) in try node.walker.inline(try node.integer(field), try node.operands(), for: node) }
}

/// `IF`: the branch in place where the condition is known at import, else a choice on the host.
let lowerIf: Lowering = { node throws(Diagnostic) in
  let condition = try node.input(0), operands = try node.operands(from: 1), graph = node.graph
  let branches = [try node.integer("then_subgraph_index"), try node.integer("else_subgraph_index")]
  guard condition.elementType == .bool, condition.knownCount == 1 else { throw .wrongType(node, condition, expected: "one bool") }
  if let known = condition.host?.first?.known {
    return try node.walker.inline(branches[known != 0 ? 0 : 1], operands, for: node)
  }
  let flag = try node.flag(of: condition)
  // What both branches give decides the types, so each is left, and gone on with when the types are known.
  var sides: [(region: OpenRegion, result: [GraphTensor])] = []
  for branch in branches {
    sides.append(try graph.openRegion([]) { (_) throws(Diagnostic) in try node.walker.inline(branch, operands, for: node) })
  }
  guard sides[0].result.count == sides[1].result.count else {
    throw .unsupportedForm(node, "has branches with different numbers of outputs")
  }
  var forms: [CarriedForm] = []
  for (a, b) in zip(sides[0].result, sides[1].result) { forms.append(try CarriedForm(a).joined(with: b, node)) }
  for side in sides {
    try graph.resume(side.region) { () throws(Diagnostic) in
      graph.builder.create("scf.yield", zip(forms, side.result).flatMap { $0.values(of: $1, graph) })
    }
  }
  let operation = graph.builder.create(
    "scf.if", [flag], results: forms.flatMap { $0.types(graph.context) }, regions: sides.map(\.region.region))
  return CarriedForm.tensors(forms, operation.results, graph)
}

/// `WHILE`: a loop on the host, whose condition is a subgraph too.
let lowerWhile: Lowering = { node throws(Diagnostic) in
  let operands = try node.operands(), condition = try node.integer("cond_subgraph_index"), body = try node.integer("body_subgraph_index")
  func goesOn(_ carried: [GraphTensor]) throws(Diagnostic) -> GraphTensor {
    let results = try node.walker.inline(condition, carried, for: node)
    guard results.count == 1, results[0].elementType == .bool, results[0].knownCount == 1 else {
      throw .unsupportedForm(node, "has a condition that does not give one bool")
    }
    return results[0]
  }
  let first = try node.flag(of: goesOn(operands))
  let loop = ModelLoop(node, count: nil, condition: first) { (_, carried) throws(Diagnostic) in
    let next = try node.walker.inline(body, carried, for: node)
    return (try goesOn(next), next, [])
  }
  return try loop.run(operands)
}
