import TesseraDiagnostics

extension Site {
  /// The elements of `tensor` on the host.
  package func hostElements(_ tensor: GraphTensor) throws(Diagnostic) -> [IndexExpression] {
    if let host = tensor.host { return host }
    if isOpenList(tensor) { throw .openList(self, tensor) }
    guard tensor.elementType.isInteger, tensor.rank <= 1, let count = tensor.knownCount, count <= GraphTensor.hostElementLimit else {
      throw .notAShape(self, tensor)
    }
    let value = graph.value(tensor)
    return (0..<count).map { i in
      let position = tensor.rank == 0 ? [] : [graph.builder.index(i)]
      let element = graph.builder.element(value, position)
      return indices.opaque(graph.builder.value("arith.index_cast", [element], type: .index(context)))
    }
  }

  /// `true` iff only the run knows how many elements `list` has.
  package func isOpenList(_ list: GraphTensor) -> Bool {
    list.host == nil && list.rank == 1 && list.knownCount == nil && list.elementType.isInteger
  }

  /// A tensor kept on the host, if it is small and integer; else `nil`.
  package func hostTensor(_ type: ElementType, _ shape: [IndexExpression], _ elements: () -> [IndexExpression]?) -> GraphTensor? {
    guard type.isInteger || type == .bool, let count = shape.product.known, count <= GraphTensor.hostElementLimit, count >= 0 else {
      return nil
    }
    guard let host = elements() else { return nil }
    return GraphTensor(type, shape, host: host)
  }

  /// The elementwise result of `fold` on host tensors, if all of `tensors` are on the host and the result is small.
  package func foldOnHost(_ tensors: [GraphTensor], _ type: ElementType, _ fold: ([IndexExpression]) -> IndexExpression?) throws(Diagnostic)
    -> GraphTensor?
  {
    guard tensors.allSatisfy({ $0.host != nil }) else { return nil }
    let shape = try graph.broadcast(tensors)
    guard let sizes = shape.known, let operandType = tensors.first?.elementType else { return nil }
    // Numbers here are signed and of 64 bits.
    if operandType == .u64 || type == .u64, tensors.contains(where: { $0.host?.contains { ($0.known ?? -1) < 0 } ?? false }) { return nil }
    return hostTensor(type, shape) {
      var elements: [IndexExpression] = []
      for position in HostIndex.all(sizes) {
        let operands = tensors.compactMap { tensor -> IndexExpression? in
          let offset = sizes.count - tensor.rank
          let own = tensor.sizes
          let read = own.indices.map { own[$0] == 1 ? 0 : position[$0 + offset] }
          return tensor.host?[HostIndex.linear(read, own)]
        }
        guard let element = fold(operands)?.wrapped(to: type) else { return nil }
        elements.append(element)
      }
      return elements
    }
  }
}
