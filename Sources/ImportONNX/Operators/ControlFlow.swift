import TesseraDiagnostics
import TesseraDialects
import TesseraGraphs
import TesseraMLIR

/// `If`: the branch in place where the condition is known at import, as exporters write it for questions about ranks and sizes; else `scf.if`.
let lowerIf: Lowering = { node throws(Diagnostic) in
  let condition = try node.input(0)
  func branch(_ name: String) throws(Diagnostic) -> GraphProto {
    guard let subgraph = node.subgraph(name) else { throw .invalidAttribute(node, name, "nothing", expected: "a graph") }
    return subgraph
  }
  if let known = condition.host?.first?.known {
    return try node.walker.inline(branch(known != 0 ? "then_branch" : "else_branch"), label: node.label)
  }
  let graphs = [try branch("then_branch"), try branch("else_branch")]
  let graph = node.graph
  let flag = try node.flag(of: condition)

  // What both branches give decides the types, so each is left, and gone on with when the types are known.
  var sides: [(region: OpenRegion, result: [GraphTensor])] = []
  for subgraph in graphs {
    sides.append(try graph.openRegion([]) { (_) throws(Diagnostic) in try node.walker.inline(subgraph, label: node.label) })
  }
  guard sides[0].result.count == sides[1].result.count else {
    throw .unsupportedForm(node, "has branches with different numbers of outputs")
  }
  if let choice = BranchChoice(node, condition, sides.map(\.result)) {
    let wanted = graph.builder.constant(.bool(choice.holds, graph.context))
    graph.require(graph.compare(.equal, flag, wanted), choice.message)
    graph.notes.append(choice.note)
    graph.erase(sides[choice.holds ? 1 : 0].region)
    graph.adopt(sides[choice.holds ? 0 : 1].region)
    return sides[choice.holds ? 0 : 1].result
  }
  var forms: [CarriedForm] = []
  for (a, b) in zip(sides[0].result, sides[1].result) { forms.append(try CarriedForm(a).joined(with: b, node, opensRank: true)) }
  for side in sides {
    try graph.resume(side.region) { () throws(Diagnostic) in
      graph.builder.create("scf.yield", zip(forms, side.result).flatMap { $0.values(of: $1, graph) })
    }
  }
  let operation = graph.builder.create(
    "scf.if", [flag], results: forms.flatMap { $0.types(graph.context) }, regions: sides.map(\.region.region))
  return CarriedForm.tensors(forms, operation.results, graph)
}
