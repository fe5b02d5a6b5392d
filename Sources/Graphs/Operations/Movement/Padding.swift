import TesseraMLIR

extension GraphBuilder {
  /// `x` copied into `shape` at `begins`, with `filler` around it.
  package func pad(_ x: GraphTensor, begins: [IndexExpression], shape: [IndexExpression], filler: (Builder) -> Value) -> GraphTensor {
    let moved = x.shape.indices.filter { begins[$0] != .zero || shape[$0] != x.shape[$0] }
    if moved.isEmpty { return x }
    let source = value(x)
    let starts = begins.map(index), sizes = x.shape.map(index)
    return generate(shape, x.elementType) { inner, position in
      inner.padded(at: position, type: source.type.element) {
        begins[$0] == .zero ? nil : starts[$0]
      } size: {
        moved.contains($0) ? sizes[$0] : nil
      } inside: {
        $0.element(source, $1)
      } border: {
        filler($0)
      }
    }
  }
}
