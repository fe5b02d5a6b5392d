import TesseraDiagnostics
import TesseraMLIR
import TesseraModuleFormat

extension Site {
  /// Throws unless all of `tensors` have one element type.
  package func requireSameType(_ tensors: [GraphTensor]) throws(Diagnostic) {
    guard let first = tensors.first, let other = tensors.first(where: { $0.elementType != first.elementType }) else { return }
    throw .differentTypes(self, first, other)
  }

  /// Throws unless the element type of `tensor` is of a class.
  package func require(_ tensor: GraphTensor, _ operands: OperandClass) throws(Diagnostic) {
    guard operands.contains(tensor.elementType) else { throw .wrongType(self, tensor, expected: operands.rawValue) }
  }

  /// Throws unless `tensor` has the shape; what cannot be told now, the run checks.
  package func requireShape(_ tensor: GraphTensor, _ shape: [IndexExpression]) throws(Diagnostic) {
    guard tensor.rank == shape.count else { throw .wrongRank(self, tensor, expected: shape.count...shape.count) }
    let what = tensor.name.isEmpty ? "the sizes of an operand" : "the sizes of '\(tensor.name)'"
    for (own, wanted) in zip(tensor.shape, shape) where graph.unify(own, wanted, what) == nil {
      let sizes = shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", ")
      throw .wrongShape(self, tensor, "the shape [\(sizes)]")
    }
  }

  /// `tensor` of integers, each of which the kernel that reads it checks to be at least `low` and below `high`; what is known is checked now.
  package func checked(
    _ tensor: GraphTensor, _ failure: KernelFailure, from low: IndexExpression, below high: IndexExpression
  ) throws(Diagnostic) -> GraphTensor {
    try require(tensor, .integer)
    if let known = tensor.host?.known, let low = low.known, let high = high.known {
      guard let wrong = known.first(where: { $0 < low || $0 >= high }) else { return tensor }
      throw .elementOutOfRange(self, tensor, wrong, from: low, below: high)
    }
    let bounds = (graph.index(low), graph.index(high)), all: [Int?] = tensor.shape.indices.map { $0 }
    let type = tensor.elementType
    return graph.map([Operand(tensor, all)], shape: tensor.shape, .i64) { b, e in
      let wide = Scalars(b, .i64).convert(e[0], from: type), index = b.asIndex(wide)
      // As unsigned numbers 2^63 and more are negative here, and out of range as they should be.
      let isInside = b.and(b.compare(.lessOrEqual, bounds.0, index), b.compare(.less, index, bounds.1))
      b.require(isInside, failure.name)
      return b.select(isInside, wide, b.i64(bounds.0))
    }
  }

  /// `size / divisor` without a rest; what cannot be told now, the run checks. `nil` if there is a rest.
  package func exactQuotient(_ size: IndexExpression, by divisor: Int, _ what: String) -> IndexExpression? {
    if let quotient = size.divided(by: IndexExpression(divisor)) { return quotient }
    if size.known != nil { return nil }
    let quotient = indices.floorDivide(size, IndexExpression(divisor))
    graph.require(
      graph.compare(.equal, graph.index(quotient * divisor), graph.index(size)), "\(what) must be a multiple of \(divisor)")
    return quotient
  }

  /// An axis of -rank ..< rank, as one of 0 ..< rank. Errors: it is another.
  package func axis(_ axis: Int, rank: Int) throws(Diagnostic) -> Int {
    guard axis >= -rank, axis < rank else { throw .axisOutOfRange(self, axis, rank: rank) }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes checked and sorted, without repetition.
  package func axes(_ axes: [Int], rank: Int) throws(Diagnostic) -> [Int] {
    var list: [Int] = []
    for item in axes {
      let axis = try axis(item, rank: rank)
      guard !list.contains(axis) else { throw .invalidAttribute(self, "axes", "\(axes)", expected: "each axis once") }
      list.append(axis)
    }
    return list.sorted()
  }

  /// `tensor`, whose dimension `axis` the operator wants to be `size`: a size that is not known, the run checks. `nil` if it is another.
  package func settled(_ tensor: GraphTensor, axis: Int, to size: Int) -> GraphTensor? {
    guard let common = graph.unify(tensor.shape[axis], IndexExpression(size), "dimension \(axis) of '\(tensor.name)' and \(size)") else {
      return nil
    }
    var shape = tensor.shape
    shape[axis] = common
    return graph.withShape(tensor, shape)
  }
}
