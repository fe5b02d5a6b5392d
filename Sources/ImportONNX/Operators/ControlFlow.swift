import Diagnostics
import MLIR

/// `If` with a condition that is known at import, as exporters write it for questions about ranks and sizes: the branch, in place.
let lowerIf: Lowering = { node throws(Diagnostic) in
  let condition = try node.input(0)
  guard let known = condition.host?.first?.known else { throw .unsupportedForm(node, "has a condition that the model computes") }
  let name = known != 0 ? "then_branch" : "else_branch"
  guard let graph = node.graph(name) else { throw .invalidAttribute(node, name, "nothing", expected: "a graph") }
  return try node.walker.inline(graph, label: node.label)
}

/// `OneHot`
let lowerOneHot: Lowering = { node throws(Diagnostic) in
  let places = try node.input(0), values = try node.input(2)
  let depth = try node.hostInput(1)
  guard depth.count == 1, values.knownCount == 2, places.elementType.isInteger else {
    throw .unsupportedForm(node, "has no integer indices, one depth and two values")
  }
  let axis = try node.axis(node.integer("axis", default: -1), rank: places.rank + 1)
  var shape = places.shape
  shape.insert(depth[0], at: axis)
  let loops: [Int?] = shape.indices.filter { $0 != axis }.map { $0 }
  let size = node.importer.index(depth[0])
  let pair = node.importer.value(values)
  return [
    node.importer.map([Operand(places, loops)], shape: shape, values.elementType) { builder, e in
      let index = builder.value("arith.index_cast", [e[0]], type: .index(builder.context))
      let here = builder.value("linalg.index", type: .index(builder.context), attributes: [("dim", .i64(axis, builder.context))])
      func equal(_ a: Value, _ b: Value) -> Value {
        builder.value("arith.cmpi", [a, b], type: .i1(builder.context), attributes: [("predicate", .i64(0, builder.context))])
      }
      let hit = builder.binary("arith.ori", equal(index, here), equal(builder.binary("arith.addi", index, size), here))
      func pick(_ i: Int) -> Value { builder.value("tensor.extract", [pair, builder.index(i)], type: pair.type.element) }
      return builder.value("arith.select", [hit, pick(1), pick(0)], type: pair.type.element)
    }
  ]
}
