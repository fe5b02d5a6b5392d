import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// Input `i`, a sequence or an optional.
  fileprivate func container(_ i: Int) throws(Diagnostic) -> GraphTensor {
    let tensor = try input(i)
    guard tensor.isContainer else { throw .wrongType(self, tensor, expected: "a sequence") }
    return tensor
  }

  /// The position that input `i` gives in `container`, counted from the end if negative; `end` if it is left out.
  fileprivate func position(_ i: Int, in container: GraphTensor, end: IndexExpression? = nil) throws(Diagnostic) -> IndexExpression {
    let count = graph.count(container)
    guard let tensor = optionalInput(i) else {
      guard let end = end ?? (count.known == 0 ? nil : count - 1) else {
        throw .unsupportedForm(self, "takes an element of an empty sequence")
      }
      return end
    }
    guard let given = try hostElements(tensor).first else { throw .notAShape(self, tensor) }
    let position = given.known.map { $0 < 0 ? count + $0 : given } ?? indices.select(indices.less(given, .zero), given + count, given)
    let last = end ?? count - 1
    if let known = position.known, let last = last.known, known < 0 || known > last {
      throw .invalidAttribute(self, "position", "\(given.known ?? known)", expected: "a position in the sequence of \(count.known ?? 0)")
    }
    return position
  }

  /// The element of `container` at `place`.
  fileprivate func element(_ place: IndexExpression, of container: GraphTensor) throws(Diagnostic) -> GraphTensor {
    guard let element = graph.element(place, of: container) else {
      throw .unsupportedForm(self, "takes an element of '\(container.name)', whose rank is not known")
    }
    return element
  }
}

/// `SequenceEmpty`
let lowerSequenceEmpty: Lowering = { _ throws(Diagnostic) in [.sequence([])] }

/// `SequenceConstruct`
let lowerSequenceConstruct: Lowering = { node throws(Diagnostic) in
  var elements: [GraphTensor] = []
  for i in node.inputs.indices { elements.append(try node.input(i)) }
  return [.sequence(elements)]
}

/// `SequenceInsert`
let lowerSequenceInsert: Lowering = { node throws(Diagnostic) in
  let container = try node.container(0)
  let place = try node.position(2, in: container, end: node.graph.count(container))
  return [node.graph.inserting(try node.input(1), at: place, into: container)]
}

/// `SequenceErase`
let lowerSequenceErase: Lowering = { node throws(Diagnostic) in
  let container = try node.container(0)
  return [node.graph.erasing(try node.position(1, in: container), from: container)]
}

/// `SequenceAt`
let lowerSequenceAt: Lowering = { node throws(Diagnostic) in
  let container = try node.container(0)
  return [try node.element(try node.position(1, in: container), of: container)]
}

/// `SequenceLength`
let lowerSequenceLength: Lowering = { node throws(Diagnostic) in
  [GraphTensor(.i64, [], host: [node.graph.count(try node.container(0))])]
}

/// `ConcatFromSequence`: along an axis, or a new one.
let lowerConcatFromSequence: Lowering = { node throws(Diagnostic) in
  let container = try node.container(0)
  let isNew = node.flag("new_axis")
  /// The element at `place` with the new axis.
  func part(_ place: IndexExpression) throws(Diagnostic) -> (part: GraphTensor, axis: Int) {
    let element = try node.element(place, of: container)
    guard !element.isContainer else { throw .unsupportedForm(node, "concatenates sequences") }
    let axis = try node.axis(node.integer("axis", default: 0), rank: element.rank + (isNew ? 1 : 0))
    guard isNew else { return (element, axis) }
    var shape = element.shape
    shape.insert(.one, at: min(axis, shape.count))
    return (node.graph.reshape(element, to: shape), axis)
  }
  let count = node.graph.count(container)
  if count.known == 0 { throw .unsupportedForm(node, "concatenates an empty sequence") }
  guard let known = count.known else {
    let graph = node.graph
    graph.require(
      graph.compare(.greater, graph.index(count), graph.builder.index(0)), "'\(node.label)' concatenates an empty sequence")
    guard let joined = graph.joining(container, axis: try part(.zero).axis, isNew: isNew) else {
      throw .unsupportedForm(node, "concatenates '\(container.name)', whose rank is not known")
    }
    return [joined]
  }
  var parts: [GraphTensor] = []
  for place in 0..<known { parts.append(try part(IndexExpression(place)).part) }
  return [try node.concatenation(parts, try part(.zero).axis)]
}

/// `SplitToSequence`: into parts of one size, of which the last may be smaller, or of given sizes.
let lowerSplitToSequence: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  let size = x.shape[axis]
  let dropsAxis = node.optionalInput(1) == nil && node.integer("keepdims", default: 1) == 0
  func part(_ start: IndexExpression, _ length: IndexExpression) -> GraphTensor {
    var origins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
    origins[axis] = start
    shape[axis] = length
    let element = node.slice(x, origins, x.shape.map { _ in 1 }, shape)
    if dropsAxis { shape.remove(at: axis) }
    return node.graph.reshape(element, to: shape)
  }
  let given = node.optionalInput(1) == nil ? [.one] : try node.hostInput(1)
  if let split = node.optionalInput(1), split.rank > 0 {
    guard node.graph.unify(given.reduce(.zero, +), size, "the sum of the parts of '\(node.label)' and the size that is split") != nil,
      given.allSatisfy({ ($0.known ?? 0) >= 0 })
    else { throw .wrongShape(node, x, "sizes that sum up to the split one") }
    var start = IndexExpression.zero
    var elements: [GraphTensor] = []
    for length in given {
      elements.append(part(start, length))
      start = start + length
    }
    return [.sequence(elements)]
  }
  guard let length = given.first, length.known ?? 1 > 0 else { throw .wrongShape(node, x, "parts of at least 1") }
  if length.known == nil {
    node.graph.require(
      node.graph.compare(.greater, node.graph.index(length), node.graph.builder.index(0)),
      "'\(node.label)' needs parts of at least 1")
  }
  if let size = size.known, let length = length.known, size / length <= GraphTensor.hostElementLimit * 16 {
    let starts = stride(from: 0, to: size, by: length)
    return [.sequence(starts.map { part(IndexExpression($0), IndexExpression(min(length, size - $0))) })]
  }
  let count = node.indices.floorDivide(size + length - 1, length)
  let loop = ModelLoop(node, count: count) { (step, carried) throws(Diagnostic) in
    let start = step * length
    let element = part(start, node.indices.minimum(length, size - start))
    return (nil, [node.graph.inserting(element, at: step, into: carried[0])], [])
  }
  return try loop.run([.sequence([])])
}

/// `SequenceMap`: the body once for each element.
let lowerSequenceMap: Lowering = { node throws(Diagnostic) in
  guard let subgraph = node.subgraph("body") else { throw .invalidAttribute(node, "body", "nothing", expected: "a graph") }
  let graph = node.graph
  var inputs: [GraphTensor] = []
  for i in node.inputs.indices { inputs.append(try node.input(i)) }
  var count = graph.count(try node.container(0))
  for other in inputs.dropFirst() where other.isContainer {
    guard let common = graph.unify(count, graph.count(other), "the lengths of the sequences of '\(node.label)'") else {
      throw .unsupportedForm(node, "maps sequences of different lengths")
    }
    count = common
  }
  /// The results of the body for the elements at `place`.
  func results(_ place: IndexExpression, _ label: String) throws(Diagnostic) -> [GraphTensor] {
    var elements: [GraphTensor] = []
    for input in inputs { elements.append(input.isContainer ? try node.element(place, of: input) : input) }
    return try node.walker.inline(subgraph, inputs: elements, label: label)
  }
  guard let known = count.known else {
    let loop = ModelLoop(node, count: count) { (step, carried) throws(Diagnostic) in
      let made = try results(step, node.label)
      return (nil, zip(carried, made).map { graph.inserting($1, at: step, into: $0) }, [])
    }
    return try loop.run(subgraph.outputs.map { _ in .sequence([]) })
  }
  var lists = Array(repeating: [GraphTensor](), count: subgraph.outputs.count)
  for place in 0..<known {
    for (i, output) in try results(IndexExpression(place), "\(node.label)/\(place)").enumerated() { lists[i].append(output) }
  }
  return lists.map { .sequence($0) }
}

/// `Optional`: a list of the value, or of nothing.
let lowerOptional: Lowering = { node throws(Diagnostic) in
  [.sequence(node.optionalInput(0).map { [$0] } ?? [], isOptional: true)]
}

/// `OptionalHasElement`
let lowerOptionalHasElement: Lowering = { node throws(Diagnostic) in
  guard let given = node.optionalInput(0) else { return [GraphTensor(.bool, [], host: [.zero])] }
  guard given.isOptional else { return [GraphTensor(.bool, [], host: [.one])] }
  return [GraphTensor(.bool, [], host: [node.indices.subtract(.one, node.indices.equal(node.graph.count(given), .zero))])]
}

/// `OptionalGetElement`: of a tensor or a sequence, itself.
let lowerOptionalGetElement: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0)
  guard given.isOptional else { return [given] }
  if given.sequence?.isEmpty == true { throw .unsupportedForm(node, "takes the element of an optional that has none") }
  return [try node.element(.zero, of: given)]
}
