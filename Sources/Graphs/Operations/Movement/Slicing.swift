import TesseraMLIR

extension Site {
  /// The elements of `x` at `origins + i * strides`.
  package func slice(_ x: GraphTensor, _ origins: [IndexExpression], _ strides: [Int], _ shape: [IndexExpression]) -> GraphTensor {
    slice(x, origins, strides.map { IndexExpression($0) }, shape)
  }

  /// The elements of `x` at `origins + i * strides`.
  package func slice(_ x: GraphTensor, _ origins: [IndexExpression], _ strides: [IndexExpression], _ shape: [IndexExpression])
    -> GraphTensor
  {
    if shape == x.shape, strides.allSatisfy({ $0 == .one }) { return x }
    if let known = origins.known, let steps = strides.known {
      let host = moveOnHost(x, to: shape) { position in position.indices.map { known[$0] + position[$0] * steps[$0] } }
      if let host { return host }
    }
    let starts = origins.map(graph.index), factors = strides.map { $0.known == nil ? graph.index($0) : nil }
    return move(x, to: shape) { inner, position in
      position.indices.map { axis in
        let step = strides[axis]
        let scaled = step == .one ? position[axis] : inner.times(position[axis], factors[axis] ?? inner.index(step.constant))
        return origins[axis] == .zero ? scaled : inner.plus(scaled, starts[axis])
      }
    }
  }
}
