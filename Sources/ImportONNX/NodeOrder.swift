/// The order in which the nodes of a graph are imported.
///
/// The standard wants each node after those whose results it reads. Some tools append nodes that earlier ones read, as ONNX Runtime's
/// conversion to f16 does; such graphs are put in order here.
enum NodeOrder {
  /// `nodes`, each after those that it needs, else in their own order. `isDefined` tells which names have a value already. In a circle one
  /// node stands before what it needs.
  static func sorted(_ nodes: [NodeProto], isDefined: (String) -> Bool) -> [NodeProto] {
    var maker: [String: Int] = [:]
    for (i, node) in nodes.enumerated() {
      for name in node.outputs where !name.isEmpty && maker[name] == nil { maker[name] = i }
    }
    let needs = nodes.map { node in node.names.compactMap { name in isDefined(name) ? nil : maker[name] } }
    if needs.indices.allSatisfy({ i in needs[i].allSatisfy { $0 < i } }) { return nodes }

    var order: [NodeProto] = []
    var isVisited = [Bool](repeating: false, count: nodes.count)
    for start in nodes.indices where !isVisited[start] {
      isVisited[start] = true
      // What is being visited, and how many of its needs were looked at.
      var path = [(node: start, seen: 0)]
      while let (node, seen) = path.last {
        if seen == needs[node].count {
          order.append(nodes[node])
          path.removeLast()
          continue
        }
        path[path.count - 1].seen += 1
        let next = needs[node][seen]
        if !isVisited[next] {
          isVisited[next] = true
          path.append((next, 0))
        }
      }
    }
    return order
  }
}

extension NodeProto {
  /// The names that the node reads, those in its subgraphs included.
  fileprivate var names: [String] { inputs.filter { !$0.isEmpty } + attributes.flatMap(\.graph).flatMap(\.names) }
}

extension GraphProto {
  /// The names around the graph that its nodes and outputs read.
  fileprivate var names: [String] {
    let own = Set(inputs.map(\.name) + initializers.map(\.name) + sparseInitializers.map(\.name) + nodes.flatMap(\.outputs))
    return (nodes.flatMap(\.names) + outputs.map(\.name)).filter { !own.contains($0) }
  }
}
