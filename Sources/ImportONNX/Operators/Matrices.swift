import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `EyeLike`
let lowerEyeLike: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...2)
  let type = node.integer("dtype").flatMap { ElementType(numeric: Int64($0)) } ?? x.elementType
  let shift = node.integer("k", default: 0)
  return [
    node.graph.generate(x.shape, type) { b, p in
      let s = Scalars(b, type)
      return s.convert(b.compare(.equal, p[1], b.plus(p[0], b.index(shift))), from: .bool)
    }
  ]
}

/// `Hardmax`: 1 at the first greatest element, 0 elsewhere; before opset 13 over all axes from `axis` on.
let lowerHardmax: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let graph = node.graph
  var x = given
  var axis = try node.axis(node.integer("axis", default: node.opset < 13 ? 1 : -1), rank: given.rank)
  if node.opset < 13 {
    x = graph.reshape(given, to: [Array(given.shape.prefix(axis)).product, Array(given.shape.dropFirst(axis)).product])
    axis = 1
  }
  let type = x.elementType
  let kept: [Int?] = x.shape.indices.filter { $0 != axis }.map { $0 }
  let all: [Int?] = x.shape.indices.map { $0 }
  let peak = graph.reduceAxes(x, [axis], type, initial: -.infinity, combine: { $0.maximum($1, $2) })
  let first = graph.reduce(
    [Operand(x, all), Operand(peak, kept)], loops: x.rank, output: kept.compactMap { $0 }, shape: peak.shape, .i64, initial: .infinity
  ) { b, e, least in
    let isPeak = Scalars(b, type).compare(.equal, e[0], e[1])
    return b.binary("arith.minsi", least, b.select(isPeak, b.i64(b.position(axis)), b.constant64(Int.max)))
  }
  let result = graph.map([Operand(first, kept)], shape: x.shape, type) { b, e in
    Scalars(b, type).convert(b.compare(.equal, e[0], b.i64(b.position(axis))), from: .bool)
  }
  return [graph.reshape(result, to: given.shape)]
}

/// `Det`: Gauss's elimination with the greatest pivot, a step a column on the host.
let lowerDet: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit)
  let graph = node.graph
  let outer = Array(x.shape.dropLast(2)), n = x.shape[x.rank - 1]
  guard x.elementType.isFloat, graph.unify(x.shape[x.rank - 2], n, "the rows and columns of '\(x.name)'") != nil else {
    throw .wrongShape(node, x, "square matrices of floats")
  }
  let type = x.elementType.accumulator
  let batch = outer.product
  let start = graph.convert(graph.reshape(x, to: [batch, n, n]), to: type)
  let one = graph.generate([batch], type) { b, _ in Scalars(b, type).constant(1) }
  let final = try graph.loop(n, carrying: [start, one]) { (step, state) throws(Diagnostic) in
    let k = graph.index(step)
    let matrix = graph.value(state[0])
    let magnitudes = graph.generate([batch, n], type) { b, p in
      let s = Scalars(b, type)
      let isBelow = b.compare(.greaterOrEqual, p[1], k)
      return s.select(isBelow, s.call("math.absf", b.element(matrix, [p[0], p[1], k])), s.constant(-1))
    }
    let peak = graph.reduceAxes(magnitudes, [1], type, initial: -1, combine: { $0.maximum($1, $2) })
    let pivot = graph.reduce(
      [Operand(magnitudes, [0, 1]), Operand(peak, [0])], loops: 2, output: [0], shape: [batch], .i64, initial: .infinity
    ) { b, e, least in
      let isPeak = Scalars(b, type).compare(.equal, e[0], e[1])
      return b.binary("arith.minsi", least, b.select(isPeak, b.i64(b.position(1)), b.constant64(Int.max)))
    }
    let last = graph.index(n - 1)
    func row(_ b: Builder, _ raw: Value) -> Value { b.binary("arith.minsi", b.asIndex(raw), last) }
    let product = graph.map([Operand(state[1], [0]), Operand(pivot, [0])], shape: [batch], type) { b, e in
      let s = Scalars(b, type)
      let at = row(b, e[1])
      let factor = b.element(matrix, [b.position(0), at, k])
      return s.multiply(e[0], s.select(b.compare(.equal, at, k), factor, s.negate(factor)))
    }
    let next = graph.map([Operand(pivot, [0])], shape: [batch, n, n], type) { b, e in
      let s = Scalars(b, type)
      let (m, i, j) = (b.position(0), b.position(1), b.position(2))
      let at = row(b, e[0])
      // Row `at` and row k change places.
      let source = b.select(b.compare(.equal, i, at), k, i)
      let head = b.element(matrix, [m, at, k])
      let quotient = s.divide(b.element(matrix, [m, source, k]), head)
      let reduced = s.subtract(b.element(matrix, [m, source, j]), s.multiply(quotient, b.element(matrix, [m, at, j])))
      let isBelow = b.and(
        b.compare(.greater, i, k),
        b.compareFloats(.notEqual, head, s.constant(0)))
      return s.select(isBelow, reduced, b.element(matrix, [m, source, j]))
    }
    return [next, product]
  }
  return [graph.convert(graph.reshape(final[1], to: outer), to: x.elementType)]
}
