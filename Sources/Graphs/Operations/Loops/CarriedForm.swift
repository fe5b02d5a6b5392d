import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// The i1 on the host of a boolean tensor of one element.
  package func flag(of tensor: GraphTensor) throws(Diagnostic) -> Value {
    guard tensor.elementType == .bool, tensor.shape.allSatisfy({ ($0.known ?? 1) == 1 }) else {
      throw .wrongType(self, tensor, expected: "one bool")
    }
    if tensor.knownCount == nil {
      let count = graph.index(tensor.shape.product)
      graph.require(graph.compare(.equal, count, graph.index(.one)), "'\(label)' needs one bool in '\(tensor.name)'")
    }
    if let host = tensor.host?.first { return graph.compare(.notEqual, graph.index(host), graph.builder.index(0)) }
    let value = graph.value(tensor)
    return graph.builder.element(value, tensor.shape.map { _ in graph.builder.index(0) })
  }
}

/// How a tensor passes between the regions of a branch or loop: as one tensor, or as index values if it is kept on the host.
package struct CarriedForm: Equatable {
  package let elementType: ElementType
  /// `nil` where the size is not the same in every branch or iteration.
  package var shape: [IndexExpression?]
  package var isHost: Bool
  /// Of a sequence or optional: what is known of its elements.
  package var list: ElementForm?
  package var isOptional: Bool
  /// `true` iff one of the forms that were joined is a scalar, and this is a vector of one element.
  package var mayBeScalar: Bool

  package init(_ tensor: GraphTensor) {
    list = tensor.isContainer ? tensor.elementForm : nil
    isOptional = tensor.isOptional
    mayBeScalar = tensor.mayBeScalar
    elementType = tensor.elementType
    shape = tensor.shape
    isHost = tensor.host != nil && tensor.shape.known != nil
  }

  /// The form that holds this one and `other`; `opensRank` allows it to be a scalar or a vector of one element.
  package func joined(with other: GraphTensor, _ site: some Site, opensRank: Bool = false) throws(Diagnostic) -> CarriedForm {
    if isOptional || other.isOptional {
      guard !mayBeScalar, !other.mayBeScalar else { throw .openRank(site, other) }
      // What is no optional stands for one that has it.
      var form = self
      form.list = (isOptional ? list : element)?.joined(with: other.isOptional ? other.elementForm : ElementForm(other))
      form.isOptional = true
      return form
    }
    if let list, other.isContainer {
      var form = self
      form.list = list.joined(with: other.elementForm)
      return form
    }
    guard list == nil, !other.isContainer else { throw .unsupportedForm(site, "gives '\(other.name)' as a tensor and as a sequence") }
    guard other.elementType == elementType else {
      throw .unsupportedForm(site, "gives '\(other.name)' the types \(elementType.name) and \(other.elementType.name)")
    }
    var form = self
    if opensRank, shape != other.shape, [shape, other.shape].allSatisfy({ $0.isEmpty || $0 == [.one] }) {
      form.shape = [.one]
      form.mayBeScalar = true
      form.isHost = isHost && other.host != nil
      return form
    }
    guard other.rank == shape.count, opensRank || !other.mayBeScalar else {
      throw .unsupportedForm(site, "gives '\(other.name)' the ranks \(shape.count) and \(other.rank)")
    }
    form.mayBeScalar = mayBeScalar || other.mayBeScalar
    form.shape = zip(shape, other.shape).map { $0 == $1 ? $0 : nil }
    form.isHost = isHost && other.host != nil && form.shape.allSatisfy { $0?.known != nil }
    return form
  }

  /// The form as an element of a list.
  private var element: ElementForm? { list.map { .list($0) } ?? .tensor(elementType, sizes: shape.map { $0?.known }) }

  private var hostCount: Int { shape.reduce(1) { $0 * ($1?.known ?? 0) } }

  /// The types of the values that stand for it.
  package func types(_ context: Context) -> [Type] {
    if list != nil { return [.list(context)] }
    if isHost { return Array(repeating: .index(context), count: hostCount) }
    return [.tensor(shape.map { $0?.known ?? Type.dynamic }, elementType.type(context))]
  }

  /// The values that stand for `tensor`, which has this form.
  package func values(of tensor: GraphTensor, _ graph: GraphBuilder) -> [Value] {
    if list != nil { return [graph.listValue(isOptional && !tensor.isOptional ? .sequence([tensor], isOptional: true) : tensor)] }
    if isHost, let host = tensor.host { return host.map(graph.index) }
    let sizes = shape.map { $0 ?? graph.indices.unknownSize }
    let value = graph.value(tensor.rank == sizes.count ? tensor : graph.reshape(tensor, to: sizes))
    return [graph.cast(value, sizes, elementType)]
  }

  /// The tensors that `values` stand for, form by form.
  package static func tensors(_ forms: [CarriedForm], _ values: [Value], _ graph: GraphBuilder) -> [GraphTensor] {
    var rest = values[...]
    return forms.map { form in
      let own = rest.prefix(form.types(graph.context).count)
      rest = rest.dropFirst(own.count)
      if let element = form.list { return .list(own[own.startIndex], of: element, isOptional: form.isOptional) }
      if form.isHost {
        let tensor = GraphTensor(form.elementType, form.shape.map { $0 ?? .zero }, host: own.map { graph.indices.opaque($0) })
        tensor.mayBeScalar = form.mayBeScalar
        return tensor
      }
      let value = own[own.startIndex]
      let shape = form.shape.indices.map { axis in
        form.shape[axis] ?? graph.indices.opaque(graph.builder.dimension(value, axis), least: 0)
      }
      let tensor = GraphTensor(form.elementType, shape, value: value)
      tensor.mayBeScalar = form.mayBeScalar
      return tensor
    }
  }
}
