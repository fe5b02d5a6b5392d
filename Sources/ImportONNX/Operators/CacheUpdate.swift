import Diagnostics
import MLIR

/// `TensorScatter`: a cache with new elements of a sequence in it, from a place on that is given for each element of the batch.
let lowerTensorScatter: Lowering = { node throws(Diagnostic) in
  let cache = try node.input(0, ranks: 2...GraphWalker.rankLimit), update = try node.input(1, ranks: cache.rank...cache.rank)
  try node.requireSameType([cache, update])
  let axis = try node.axis(node.integer("axis", default: -2), rank: cache.rank)
  guard axis > 0 else { throw .invalidAttribute(node, "axis", "0", expected: "a dimension other than the batch, which is 0") }
  let mode = node.string("mode", default: "linear")
  guard mode == "linear" || mode == "circular" else {
    throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "linear or circular")
  }
  let importer = node.importer
  for other in cache.shape.indices where other != axis {
    guard importer.unify(cache.shape[other], update.shape[other], "the sizes of the cache and the update of '\(node.label)'") != nil else {
      throw .shapesDisagree(node, cache, update, "they differ in dimension \(other), which is not the sequence")
    }
  }
  let all: [Int?] = cache.shape.indices.map { $0 }
  var operands = [Operand(cache, all)]
  let places = node.optionalInput(2)
  if let places {
    guard places.rank == 1, places.elementType.isInteger,
      importer.unify(places.shape[0], cache.shape[0], "the batches of the inputs of '\(node.label)'") != nil
    else { throw .wrongShape(node, places, "an integer for each element of the batch") }
    operands.append(Operand(places, [0]))
  }
  let size = importer.index(cache.shape[axis]), count = importer.index(update.shape[axis])
  let source = importer.value(update)
  return [
    importer.map(operands, shape: cache.shape, cache.elementType) { b, e in
      let position = all.indices.map(b.position)
      var place = e.count == 2 ? b.minus(position[axis], b.asIndex(e[1])) : position[axis]
      if mode == "circular" {
        let rest = b.binary("arith.remsi", place, size)
        place = b.select(b.compare(.less, rest, b.index(0)), b.plus(rest, size), rest)
      }
      let isNew = b.and(b.compare(.greaterOrEqual, place, b.index(0)), b.compare(.less, place, count))
      var read = position
      read[axis] = place
      return b.conditional(isNew, type: source.type.element) {
        $0.element(source, read)
      } else: { _ in
        e[0]
      }
    }
  ]
}
