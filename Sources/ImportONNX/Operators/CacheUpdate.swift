import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `TensorScatter`: a cache with new elements of a sequence in it, from a place on that is given for each element of the batch.
let lowerTensorScatter: Lowering = { node throws(Diagnostic) in
  let cache = try node.input(0, ranks: 2...GraphTensor.rankLimit), update = try node.input(1, ranks: cache.rank...cache.rank)
  try node.requireSameType([cache, update])
  let axis = try node.axis(node.integer("axis", default: -2), rank: cache.rank)
  guard axis > 0 else { throw .invalidAttribute(node, "axis", "0", expected: "a dimension other than the batch, which is 0") }
  let mode = node.string("mode", default: "linear")
  guard mode == "linear" || mode == "circular" else {
    throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "linear or circular")
  }
  let graph = node.graph
  for other in cache.shape.indices where other != axis {
    guard graph.unify(cache.shape[other], update.shape[other], "the sizes of the cache and the update of '\(node.label)'") != nil else {
      throw .shapesDisagree(node, cache, update, "they differ in dimension \(other), which is not the sequence")
    }
  }
  graph.requireHere(
    graph.compare(.lessOrEqual, graph.index(update.shape[axis]), graph.index(cache.shape[axis])),
    "the update must not be longer than the cache")
  let places = node.optionalInput(2)
  if let places {
    guard places.rank == 1, places.elementType.isInteger,
      graph.unify(places.shape[0], cache.shape[0], "the batches of the inputs of '\(node.label)'") != nil
    else { throw .wrongShape(node, places, "an integer for each element of the batch") }
  }
  let size = graph.index(cache.shape[axis])
  let outer = Array(cache.shape.prefix(axis)), count = update.shape[axis]
  let numbers = graph.map(places.map { [Operand($0, [0])] } ?? [], shape: outer + [count], .i64) { b, e in
    var place = e.count == 1 ? b.plus(b.position(axis), b.asIndex(e[0])) : b.position(axis)
    if mode == "circular" {
      let rest = b.binary("arith.remsi", place, size)
      place = b.select(b.compare(.less, rest, b.index(0)), b.plus(rest, size), rest)
    }
    return graph.rowNumber(b, [(place, size)])
  }
  return [graph.scatter(cache, numbers, update, batches: axis, columns: axis + 1) { _, _, new in new }]
}
