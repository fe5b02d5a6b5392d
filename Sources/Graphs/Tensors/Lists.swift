import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

// Sequences and optionals. Those that are known at import are lists of tensors here, and cost nothing; others are lists of the running program.
// An optional is a list of at most one.

/// What is known of the elements of a list.
package indirect enum ElementForm: Equatable {
  /// There are none yet.
  case none
  /// Tensors, with the sizes that all of them have; `nil` where the sizes differ, or even the ranks.
  case tensor(ElementType, sizes: [Int?]?)
  case list(ElementForm)
  /// Elements of different kinds.
  case mixed

  /// The form of `tensor` as an element.
  package init(_ tensor: GraphTensor) {
    self = tensor.isContainer ? .list(tensor.elementForm) : .tensor(tensor.elementType, sizes: tensor.shape.map(\.known))
  }

  /// The form that holds both.
  package func joined(with other: ElementForm) -> ElementForm {
    switch (self, other) {
    case (.none, let form), (let form, .none): return form
    case (.list(let a), .list(let b)): return .list(a.joined(with: b))
    case (.tensor(let a, let x), .tensor(let b, let y)) where a == b:
      guard let x, let y, x.count == y.count else { return .tensor(a, sizes: nil) }
      return .tensor(a, sizes: zip(x, y).map { $0 == $1 ? $0 : nil })
    default: return .mixed
    }
  }
}

extension GraphTensor {
  /// The tensor that stands for a sequence of `elements`.
  package static func sequence(_ elements: [GraphTensor], isOptional: Bool = false) -> GraphTensor {
    GraphTensor(.f32, [], .sequence(elements, isOptional: isOptional))
  }

  /// The tensor that stands for a list of the running program.
  package static func list(_ value: Value, of element: ElementForm, isOptional: Bool = false) -> GraphTensor {
    GraphTensor(.f32, [], .list(value, of: element, isOptional: isOptional))
  }

  /// The elements of a sequence or optional that is known at import.
  package var sequence: [GraphTensor]? { if case .sequence(let elements, _) = form { elements } else { nil } }

  /// `true` iff this stands for a sequence or an optional.
  package var isContainer: Bool {
    switch form {
    case .sequence, .list: true
    case .host, .constant, .computed: false
    }
  }

  /// `true` iff this stands for an optional.
  package var isOptional: Bool {
    switch form {
    case .sequence(_, let isOptional), .list(_, _, let isOptional): isOptional
    case .host, .constant, .computed: false
    }
  }

  /// What is known of the elements.
  package var elementForm: ElementForm {
    if case .list(_, let element, _) = form { return element }
    return (sequence ?? []).reduce(.none) { $0.joined(with: ElementForm($1)) }
  }
}

extension GraphBuilder {
  /// What `tensor` is as an element of a list in the IR.
  private func elementValue(_ tensor: GraphTensor) -> Value { tensor.isContainer ? listValue(tensor) : value(tensor) }

  /// What the IR type of `tensor` does not say of it as an element.
  private func elementType(_ tensor: GraphTensor) -> String { tensor.isContainer ? "" : tensor.elementType.name }

  /// The list of the running program.
  package func listValue(_ container: GraphTensor) -> Value {
    if case .list(let value, _, _) = container.form { return value }
    let elements = container.sequence ?? []
    return ListOp.create(.make, elements.map(elementValue), elementTypes: elements.map(elementType), builder)
  }

  /// The number of elements.
  package func count(_ container: GraphTensor) -> IndexExpression {
    if let sequence = container.sequence { return IndexExpression(sequence.count) }
    return indices.opaque(ListOp.create(.count, [listValue(container)], builder), least: 0)
  }

  /// The element at `place`; `nil` if its rank is not known.
  package func element(_ place: IndexExpression, of container: GraphTensor) -> GraphTensor? {
    if let sequence = container.sequence, let known = place.known, sequence.indices.contains(known) { return sequence[known] }
    let operands = [listValue(container), index(place)]
    switch container.elementForm {
    case .tensor(let type, let sizes?):
      let irType = Type.tensor(sizes.map { $0 ?? Type.dynamic }, type.type(context))
      let value = ListOp.create(.element, operands, element: irType, elementTypes: [type.name], builder)
      let shape = sizes.indices.map { axis in
        sizes[axis].map { IndexExpression($0) } ?? indices.opaque(builder.dimension(value, axis), least: 0)
      }
      return GraphTensor(type, shape, value: value)
    case .list(let form):
      return .list(ListOp.create(.element, operands, element: .list(context), elementTypes: [""], builder), of: form)
    default: return nil
    }
  }

  /// `container` with `element` before `place`.
  package func inserting(_ element: GraphTensor, at place: IndexExpression, into container: GraphTensor) -> GraphTensor {
    if var sequence = container.sequence, let known = place.known, (0...sequence.count).contains(known) {
      sequence.insert(element, at: known)
      return .sequence(sequence)
    }
    let operands = [listValue(container), index(place), elementValue(element)]
    let value = ListOp.create(.insert, operands, elementTypes: [elementType(element)], builder)
    return .list(value, of: container.elementForm.joined(with: ElementForm(element)))
  }

  /// `container` without the element at `place`.
  package func erasing(_ place: IndexExpression, from container: GraphTensor) -> GraphTensor {
    if var sequence = container.sequence, let known = place.known, sequence.indices.contains(known) {
      sequence.remove(at: known)
      return .sequence(sequence)
    }
    return .list(ListOp.create(.erase, [listValue(container), index(place)], builder), of: container.elementForm)
  }

  /// The tensors of `container`, of which the rank is known, one after the other along `axis`, or along a new one; `nil` if it is not known.
  ///
  /// `sizes` are those of the result as far as they are known beside what the elements say.
  package func joining(_ container: GraphTensor, axis: Int, isNew: Bool, sizes known: [IndexExpression?]? = nil) -> GraphTensor? {
    guard case .tensor(let type, let sizes?) = container.elementForm else { return nil }
    var shape = sizes.map { $0.map { IndexExpression($0) } }
    if isNew { shape.insert(nil, at: axis) } else { shape[axis] = nil }
    if let known { shape = zip(shape, known).map { $0 ?? $1 } }
    let irType = Type.tensor(shape.map { $0?.known ?? Type.dynamic }, type.type(context))
    let value = ListOp.join(listValue(container), axis: axis, isNew: isNew, type: irType, elementType: type.name, builder)
    return GraphTensor(
      type, shape.indices.map { shape[$0] ?? indices.opaque(builder.dimension(value, $0), least: 0) }, value: value)
  }
}
