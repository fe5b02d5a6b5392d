import Diagnostics
import Dialects
import MLIR

/// `If`: the branch in place where the condition is known at import, as exporters write it for questions about ranks and sizes; else `scf.if`.
let lowerIf: Lowering = { node throws(Diagnostic) in
  let condition = try node.input(0)
  func branch(_ name: String) throws(Diagnostic) -> GraphProto {
    guard let graph = node.graph(name) else { throw .invalidAttribute(node, name, "nothing", expected: "a graph") }
    return graph
  }
  if let known = condition.host?.first?.known {
    return try node.walker.inline(branch(known != 0 ? "then_branch" : "else_branch"), label: node.label)
  }
  let graphs = [try branch("then_branch"), try branch("else_branch")]
  let importer = node.importer
  let flag = try node.flag(of: condition)

  // What both branches give decides the types, so each is left, and gone on with when the types are known.
  var sides: [(region: OpenRegion, result: [Tensor])] = []
  for graph in graphs {
    sides.append(try importer.openRegion([]) { (_) throws(Diagnostic) in try node.walker.inline(graph, label: node.label) })
  }
  guard sides[0].result.count == sides[1].result.count else {
    throw .unsupportedForm(node, "has branches with different numbers of outputs")
  }
  if let choice = BranchChoice(node, condition, sides.map(\.result)) {
    let wanted = importer.builder.constant(.bool(choice.holds, importer.context))
    importer.require(importer.compare(.equal, flag, wanted), choice.message)
    importer.notes.append(choice.note)
    importer.erase(sides[choice.holds ? 1 : 0].region)
    importer.adopt(sides[choice.holds ? 0 : 1].region)
    return sides[choice.holds ? 0 : 1].result
  }
  var forms: [CarriedForm] = []
  for (a, b) in zip(sides[0].result, sides[1].result) { forms.append(try CarriedForm(a).joined(with: b, node, opensRank: true)) }
  for side in sides {
    try importer.resume(side.region) { () throws(Diagnostic) in
      importer.builder.create("scf.yield", zip(forms, side.result).flatMap { $0.values(of: $1, importer) })
    }
  }
  let operation = importer.builder.create(
    "scf.if", [flag], results: forms.flatMap { $0.types(importer.context) }, regions: sides.map(\.region.region))
  return CarriedForm.tensors(forms, operation.results, importer)
}

extension Node {
  /// The i1 on the host of a boolean tensor of one element.
  func flag(of tensor: Tensor) throws(Diagnostic) -> Value {
    guard tensor.elementType == .bool, tensor.shape.allSatisfy({ ($0.known ?? 1) == 1 }) else {
      throw .wrongType(self, tensor, expected: "one bool")
    }
    if tensor.knownCount == nil {
      let count = importer.index(tensor.shape.product)
      importer.require(importer.compare(.equal, count, importer.index(.one)), "'\(label)' needs one bool in '\(tensor.name)'")
    }
    if let host = tensor.host?.first { return importer.compare(.notEqual, importer.index(host), importer.builder.index(0)) }
    let value = importer.value(tensor)
    return importer.builder.element(value, tensor.shape.map { _ in importer.builder.index(0) })
  }
}

/// How a tensor passes between the regions of a branch or loop: as one tensor, or as index values if it is kept on the host.
struct CarriedForm: Equatable {
  let elementType: ElementType
  /// `nil` where the size is not the same in every branch or iteration.
  var shape: [IndexExpression?]
  var isHost: Bool
  /// Of a sequence or optional: what is known of its elements.
  var list: ElementForm?
  var isOptional: Bool
  /// `true` iff one of the forms that were joined is a scalar, and this is a vector of one element.
  var mayBeScalar: Bool

  init(_ tensor: Tensor) {
    list = tensor.isContainer ? tensor.elementForm : nil
    isOptional = tensor.isOptional
    mayBeScalar = tensor.mayBeScalar
    elementType = tensor.elementType
    shape = tensor.shape
    isHost = tensor.host != nil && tensor.shape.known != nil
  }

  /// The form that holds this one and `other`; `opensRank` allows it to be a scalar or a vector of one element.
  func joined(with other: Tensor, _ node: Node, opensRank: Bool = false) throws(Diagnostic) -> CarriedForm {
    if isOptional || other.isOptional {
      guard !mayBeScalar, !other.mayBeScalar else { throw .openRank(node, other) }
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
    guard list == nil, !other.isContainer else { throw .unsupportedForm(node, "gives '\(other.name)' as a tensor and as a sequence") }
    guard other.elementType == elementType else {
      throw .unsupportedForm(node, "gives '\(other.name)' the types \(elementType.name) and \(other.elementType.name)")
    }
    var form = self
    if opensRank, shape != other.shape, [shape, other.shape].allSatisfy({ $0.isEmpty || $0 == [.one] }) {
      form.shape = [.one]
      form.mayBeScalar = true
      form.isHost = isHost && other.host != nil
      return form
    }
    guard other.rank == shape.count, opensRank || !other.mayBeScalar else {
      throw .unsupportedForm(node, "gives '\(other.name)' the ranks \(shape.count) and \(other.rank)")
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
  func types(_ context: Context) -> [Type] {
    if list != nil { return [.list(context)] }
    if isHost { return Array(repeating: .index(context), count: hostCount) }
    return [.tensor(shape.map { $0?.known ?? Type.dynamic }, elementType.type(context))]
  }

  /// The values that stand for `tensor`, which has this form.
  func values(of tensor: Tensor, _ importer: GraphImporter) -> [Value] {
    if list != nil { return [importer.listValue(isOptional && !tensor.isOptional ? .sequence([tensor], isOptional: true) : tensor)] }
    if isHost, let host = tensor.host { return host.map(importer.index) }
    let sizes = shape.map { $0 ?? importer.indices.unknownSize }
    let value = importer.value(tensor.rank == sizes.count ? tensor : importer.reshape(tensor, to: sizes))
    return [importer.cast(value, sizes, elementType)]
  }

  /// The tensors that `values` stand for, form by form.
  static func tensors(_ forms: [CarriedForm], _ values: [Value], _ importer: GraphImporter) -> [Tensor] {
    var rest = values[...]
    return forms.map { form in
      let own = rest.prefix(form.types(importer.context).count)
      rest = rest.dropFirst(own.count)
      if let element = form.list { return .list(own[own.startIndex], of: element, isOptional: form.isOptional) }
      if form.isHost {
        let tensor = Tensor(form.elementType, form.shape.map { $0 ?? .zero }, host: own.map { importer.indices.opaque($0) })
        tensor.mayBeScalar = form.mayBeScalar
        return tensor
      }
      let value = own[own.startIndex]
      let shape = form.shape.indices.map { axis in
        form.shape[axis] ?? importer.indices.opaque(importer.builder.dimension(value, axis), least: 0)
      }
      let tensor = Tensor(form.elementType, shape, value: value)
      tensor.mayBeScalar = form.mayBeScalar
      return tensor
    }
  }
}
