import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// A tensor each of whose elements is one of `x`, at the position that `read` computes from the element's own.
  package func move(_ x: GraphTensor, to shape: [IndexExpression], read: (Builder, [Value]) -> [Value]) -> GraphTensor {
    let source = graph.value(x)
    return graph.generate(shape, x.elementType) { inner, position in inner.element(source, read(inner, position)) }
  }

  /// The tensor of known shape whose elements are those of host tensor `x` at the positions that `read` gives, or `nil`.
  package func moveOnHost(_ x: GraphTensor, to shape: [IndexExpression], read: ([Int]) -> [Int]) -> GraphTensor? {
    hostTensor(x.elementType, shape) {
      guard let host = x.host, let sizes = shape.known, let own = x.shape.known else { return nil }
      return HostIndex.all(sizes).map { host[HostIndex.linear(read($0), own)] }
    }
  }

  /// `x` with dimension `i` of the result being dimension `order[i]`.
  package func transpose(_ x: GraphTensor, _ order: [Int]) -> GraphTensor {
    let shape = order.map { x.shape[$0] }
    if order == Array(0..<x.rank) { return x }
    var inverse = order
    for (i, axis) in order.enumerated() { inverse[axis] = i }
    if let host = moveOnHost(x, to: shape, read: { position in inverse.map { position[$0] } }) { return host }
    // Moving dimensions of size 1 about moves nothing.
    if order.filter({ x.shape[$0].known != 1 }) == x.shape.indices.filter({ x.shape[$0].known != 1 }) {
      return graph.reshape(x, to: shape)
    }
    return graph.map([Operand(x, inverse)], shape: shape, x.elementType) { $1[0] }
  }

  /// The element at `place` of the dimension `axis`, without that dimension.
  package func element(_ place: IndexExpression, of x: GraphTensor, axis: Int) -> GraphTensor {
    var shape = x.shape
    shape.remove(at: axis)
    let at = graph.index(place)
    return move(x, to: shape) { _, position in
      var read = position
      read.insert(at, at: axis)
      return read
    }
  }

  /// `x` with the order of dimension `axis` reversed.
  package func flipped(_ x: GraphTensor, axis: Int) -> GraphTensor {
    let last = graph.index(x.shape[axis] - 1)
    return move(x, to: x.shape) { builder, position in
      var read = position
      read[axis] = builder.binary("arith.subi", last, position[axis])
      return read
    }
  }
}

extension Site {
  /// `x` broadcast to `shape`.
  package func expand(_ x: GraphTensor, to shape: [IndexExpression]) -> GraphTensor {
    if x.shape == shape { return x }
    let host = hostTensor(x.elementType, shape) {
      guard let host = x.host, let sizes = shape.known else { return nil }
      let own = x.sizes
      return HostIndex.all(sizes).map { position in
        host[HostIndex.linear(own.indices.map { own[$0] == 1 ? 0 : position[$0 + sizes.count - x.rank] }, own)]
      }
    }
    if let host { return host }
    return graph.map([graph.broadcastOperand(x, to: shape)], shape: shape, x.elementType) { $1[0] }
  }
}
