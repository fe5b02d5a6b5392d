import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Lists of integers whose length the model does not tell.
///
/// Where the operator implies the length, the run checks it. Where it implies a bound, as the rank bounds the number of axes, the list is read
/// to the bound, with something harmless in place of what is not there.
extension Node {
  /// The `count` elements of integer input `i` on the host. A list whose length is known is returned as it is, for the caller to refuse.
  func hostInput(_ i: Int, count: Int) throws(Diagnostic) -> [IndexExpression] {
    let list = try input(i)
    guard isOpenList(list) else { return try hostElements(list) }
    graph.require(
      graph.compare(.equal, graph.index(list.shape[0]), graph.index(IndexExpression(count))),
      "'\(label)' needs \(count) element\(count == 1 ? "" : "s") in '\(list.name)'")
    let elements = graph.reshape(list, to: [IndexExpression(count)])
    elements.name = list.name
    return try hostElements(elements)
  }

  /// This node with as many axes in input 1 as the rank of its result says, where its type does not tell their number.
  func settlingAxes(of x: GraphTensor) throws(Diagnostic) -> Node {
    guard let list = optionalInput(1), isOpenList(list), let rank = proto.outputs.first.flatMap(walker.declaredRank), rank > 0,
      let settled = settled(list, axis: 0, to: abs(x.rank - rank))
    else { return self }
    var inputs = inputs
    inputs[1] = settled
    return with(inputs: inputs)
  }

  /// The one element of integer input `i`; `nil` if it has none.
  func hostNumber(_ i: Int) throws(Diagnostic) -> IndexExpression? { try hostInput(i, count: 1).first }

  /// The elements of the lists in inputs `list` (`nil` where one is left out), which are of one length of at most `limit`, with `padding` behind
  /// their ends; and that length.
  func hostLists(_ list: [(input: Int, padding: IndexExpression)], upTo limit: Int) throws(Diagnostic) -> (
    lists: [[IndexExpression]?], count: IndexExpression
  ) {
    var count: IndexExpression?
    for case let list? in list.map({ optionalInput($0.input) }) {
      guard list.rank == 1 else { throw .notAShape(self, list) }
      guard let common = graph.unify(count ?? list.shape[0], list.shape[0], "the lengths of the lists of '\(label)'") else {
        throw .notAShape(self, list)
      }
      count = common
    }
    let length = count ?? .zero
    if let known = length.known {
      var lists: [[IndexExpression]?] = []
      for (i, _) in list { lists.append(optionalInput(i) == nil ? nil : try hostInput(i, count: known)) }
      return (lists, length)
    }
    graph.require(
      graph.compare(.lessOrEqual, graph.index(length), graph.index(IndexExpression(limit))),
      "'\(label)' takes at most \(limit) elements in '\(optionalInput(list[0].input)?.name ?? "")'")
    let lists = list.map { item in optionalInput(item.input).map { paddedElements($0, length, limit, item.padding) } }
    return (lists, length)
  }

  /// The first `limit` elements of `list`, which has `length`, with `padding` behind its end.
  private func paddedElements(_ list: GraphTensor, _ length: IndexExpression, _ limit: Int, _ padding: IndexExpression) -> [IndexExpression]
  {
    let value = graph.value(list), builder = graph.builder
    let end = graph.index(length), filler = graph.index(padding)
    return (0..<limit).map { i in
      let place = builder.index(i)
      let element = builder.conditional(builder.compare(.less, place, end), type: .index(context)) {
        $0.value("arith.index_cast", [$0.element(value, [place])], type: .index(context))
      } else: { _ in
        filler
      }
      return indices.opaque(element)
    }
  }

  /// How many elements the shape in input `i` has: what its type says, or the rank that the model declares of the result.
  func shapeInput(_ i: Int) throws(Diagnostic) -> [IndexExpression] {
    let list = try input(i)
    guard isOpenList(list) else { return try hostElements(list) }
    guard let name = proto.outputs.first, let rank = walker.declaredRank(name) else { throw .openRankShape(self, list) }
    return try hostInput(i, count: rank)
  }
}

extension Diagnostic {
  fileprivate static func openRankShape(_ node: Node, _ list: GraphTensor) -> Diagnostic {
    node.diagnostic(
      .unsupported, "takes its shape from '\(list.name)', whose length is not known: the rank of the result must be",
      help: "declare the length of the list, or the shape of the result, with unnamed sizes where they are not known")
  }
}
