import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// `tensors` one after the other along `axis`, checked.
  package func concatenation(_ tensors: [GraphTensor], _ axis: Int) throws(Diagnostic) -> GraphTensor {
    try requireSameType(tensors)
    let first = tensors[0]
    var shape = first.shape
    for tensor in tensors.dropFirst() {
      guard tensor.rank == first.rank else { throw .shapesDisagree(self, first, tensor, "expected equal ranks") }
      for other in shape.indices where other != axis {
        guard
          let size = graph.unify(shape[other], tensor.shape[other], "the sizes of the operands of '\(label)' in dimension \(other)")
        else {
          throw .shapesDisagree(self, first, tensor, "they differ in dimension \(other), which is not concatenated")
        }
        shape[other] = size
      }
    }
    shape[axis] = tensors.map { $0.shape[axis] }.reduce(.zero, +)
    return concatenate(tensors, axis, shape)
  }

  /// `tensors` one after the other along `axis`; `shape` is the result's.
  package func concatenate(_ tensors: [GraphTensor], _ axis: Int, _ shape: [IndexExpression]) -> GraphTensor {
    let type = tensors[0].elementType
    if tensors.count == 1 { return tensors[0] }
    let host = hostTensor(type, shape) {
      guard let sizes = shape.known, tensors.allSatisfy({ $0.host != nil && $0.shape.known != nil }) else { return nil }
      return HostIndex.all(sizes).map { position in
        var position = position
        for tensor in tensors {
          if position[axis] < tensor.sizes[axis], let host = tensor.host { return host[HostIndex.linear(position, tensor.sizes)] }
          position[axis] -= tensor.sizes[axis]
        }
        return .zero
      }
    }
    if let host { return host }
    let parts = tensors.filter { $0.shape[axis] != .zero }
    guard let first = parts.first else { return GraphTensor(type, shape, value: graph.empty(type, shape)) }
    if parts.count == 1 { return first }
    var starts = [IndexExpression.zero]
    for part in parts { starts.append((starts.last ?? .zero) + part.shape[axis]) }
    let offsets = starts.map(graph.index), sources = parts.map(graph.value)
    return graph.generate(shape, type) { inner, position in
      /// The element of one of the parts `range`: of either half, as the position says.
      func choose(_ range: Range<Int>, _ builder: Builder) -> Value {
        guard range.count > 1 else {
          var read = position
          let i = range.lowerBound
          if i > 0 { read[axis] = builder.binary("arith.subi", position[axis], offsets[i]) }
          return builder.element(sources[i], read)
        }
        let middle = range.lowerBound + range.count / 2
        let isBefore = builder.compare(.less, position[axis], offsets[middle])
        return builder.conditional(isBefore, type: sources[0].type.element) {
          choose(range.lowerBound..<middle, $0)
        } else: {
          choose(middle..<range.upperBound, $0)
        }
      }
      return choose(parts.indices, inner)
    }
  }
}
