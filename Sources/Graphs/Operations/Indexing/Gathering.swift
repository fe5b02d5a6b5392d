import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// Throws unless `places` are no larger than `x` in any dimension but `axis`; what cannot be told now, the run checks.
  package func requireReach(_ places: GraphTensor, within x: GraphTensor, besides axis: Int) throws(Diagnostic) {
    for other in x.shape.indices where other != axis && places.shape[other] != x.shape[other] {
      if let own = places.shape[other].known, let size = x.shape[other].known {
        guard own <= size else { throw .shapesDisagree(self, x, places, "the indices have more elements in dimension \(other)") }
        continue
      }
      graph.requireHere(
        graph.compare(.lessOrEqual, graph.index(places.shape[other]), graph.index(x.shape[other])),
        "dimension \(other) of the indices must be no larger than that of '\(x.name)'")
    }
  }

  /// Element type checks of an index tensor.
  package func requireIndices(_ tensor: GraphTensor) throws(Diagnostic) {
    guard tensor.elementType.isInteger else { throw .wrongType(self, tensor, expected: "integers") }
  }

  /// The parts of `x` along `axis` that `places` names.
  package func gather(_ x: GraphTensor, _ places: GraphTensor, axis: Int) throws(Diagnostic) -> GraphTensor {
    try requireIndices(places)
    let shape = Array(x.shape[..<axis]) + places.shape + x.shape[(axis + 1)...]
    let rank = places.rank
    if let known = places.host?.known, let size = x.shape[axis].known {
      guard known.allSatisfy({ $0 >= -size && $0 < size }) else {
        throw .shapesDisagree(self, x, places, "the indices \(known) reach outside of the size \(size)")
      }
      let placeSizes = places.sizes
      let host = moveOnHost(x, to: shape) { position in
        let place = known[HostIndex.linear(Array(position[axis..<axis + rank]), placeSizes)]
        return Array(position[..<axis]) + [place < 0 ? place + size : place] + position[(axis + rank)...]
      }
      if let host { return host }
    }
    if let host = places.host, host.count == 1 {  // one index: a slice
      let size = x.shape[axis]
      let index =
        host[0].known.map { $0 < 0 ? size + $0 : host[0] } ?? indices.select(indices.less(host[0], .zero), host[0] + size, host[0])
      var origins = [IndexExpression](repeating: .zero, count: x.rank), sizes = x.shape
      origins[axis] = index
      sizes[axis] = .one
      return graph.reshape(slice(x, origins, x.shape.map { _ in 1 }, sizes), to: shape)
    }
    let size = graph.index(x.shape[axis])
    let source = graph.value(x)
    let loops: [Int?] = (0..<rank).map { axis + $0 }
    return graph.map([Operand(places, loops)], shape: shape, x.elementType) { builder, e in
      let position = shape.indices.map { builder.position($0) }
      let place = builder.readIndex(e[0], places.elementType, size: size)
      return builder.element(source, position[..<axis] + [place] + position[(axis + rank)...])
    }
  }
}

extension GraphBuilder {
  /// The slices of `x` at the positions in the i64 vector `places` of dimension `axis`.
  package func gather(_ x: GraphTensor, _ places: GraphTensor, axis: Int) -> GraphTensor {
    var shape = x.shape
    shape[axis] = places.shape[0]
    let source = value(x)
    return map([Operand(places, [axis])], shape: shape, x.elementType) { b, e in
      var read = shape.indices.map(b.position)
      read[axis] = b.asIndex(e[0])
      return b.element(source, read)
    }
  }
}

extension Builder {
  /// The index that `element` says of a dimension of `size` elements: negative ones count from the end. Kernels check the range.
  package func readIndex(_ element: Value, _ type: ElementType, size: Value) -> Value {
    let index = value(type.isUnsigned ? "arith.index_castui" : "arith.index_cast", [element], type: .index(context))
    if type.isUnsigned { return index }
    let isNegative = compare(.less, index, self.index(0))
    return select(isNegative, binary("arith.addi", index, size), index)
  }
}
