import Diagnostics
import MLIR

// Sequences and optionals exist at import only: lists of tensors, whose length and positions must be known.

extension Tensor {
  /// The tensor that stands for a sequence of `elements`.
  static func sequence(_ elements: [Tensor]) -> Tensor {
    let tensor = Tensor(elements.first?.elementType ?? .f32, [])
    tensor.sequence = elements
    return tensor
  }
}

extension Node {
  /// The elements of input `i`, a sequence.
  fileprivate func sequence(_ i: Int) throws(Diagnostic) -> [Tensor] {
    let tensor = try input(i)
    guard let elements = tensor.sequence else { throw .wrongType(self, tensor, expected: "a sequence that is known at import") }
    return elements
  }

  /// The position that input `i` gives, counted from the end if negative; `end` if it is left out.
  fileprivate func position(_ i: Int, count: Int, end: Int) throws(Diagnostic) -> Int {
    guard optionalInput(i) != nil else { return end }
    guard let given = try knownIntegers(i).first else { throw .notAShape(self, try input(i)) }
    let position = given < 0 ? given + count : given
    guard position >= 0, position <= end else {
      throw .invalidAttribute(self, "position", "\(given)", expected: "a position in the sequence of \(count)")
    }
    return position
  }
}

/// `SequenceEmpty`
let lowerSequenceEmpty: Lowering = { _ throws(Diagnostic) in [.sequence([])] }

/// `SequenceConstruct`
let lowerSequenceConstruct: Lowering = { node throws(Diagnostic) in
  var elements: [Tensor] = []
  for i in node.inputs.indices { elements.append(try node.input(i)) }
  return [.sequence(elements)]
}

/// `SequenceInsert`
let lowerSequenceInsert: Lowering = { node throws(Diagnostic) in
  var elements = try node.sequence(0)
  elements.insert(try node.input(1), at: try node.position(2, count: elements.count, end: elements.count))
  return [.sequence(elements)]
}

/// `SequenceErase`
let lowerSequenceErase: Lowering = { node throws(Diagnostic) in
  var elements = try node.sequence(0)
  elements.remove(at: try node.position(1, count: elements.count, end: elements.count - 1))
  return [.sequence(elements)]
}

/// `SequenceAt`
let lowerSequenceAt: Lowering = { node throws(Diagnostic) in
  let elements = try node.sequence(0)
  return [elements[try node.position(1, count: elements.count, end: elements.count - 1)]]
}

/// `SequenceLength`
let lowerSequenceLength: Lowering = { node throws(Diagnostic) in [Tensor(.i64, [], host: [IndexExpression(try node.sequence(0).count)])] }

/// `ConcatFromSequence`: along an axis, or a new one.
let lowerConcatFromSequence: Lowering = { node throws(Diagnostic) in
  var elements = try node.sequence(0)
  guard let first = elements.first else { throw .unsupportedForm(node, "concatenates an empty sequence") }
  let isNew = node.flag("new_axis")
  let axis = try node.axis(node.integer("axis", default: 0), rank: first.rank + (isNew ? 1 : 0))
  if isNew {
    elements = elements.map { element in
      var shape = element.shape
      shape.insert(.one, at: min(axis, shape.count))
      return node.importer.reshape(element, to: shape)
    }
  }
  return [try node.concatenation(elements, axis)]
}

/// `SplitToSequence`
let lowerSplitToSequence: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  let size = x.shape[axis]
  var parts: [IndexExpression]
  if let split = node.optionalInput(1), split.rank == 1 {
    parts = try node.hostInput(1)
    guard node.importer.unify(parts.reduce(.zero, +), size, "the sum of the parts of '\(node.label)' and the size that is split") != nil
    else {
      throw .wrongShape(node, x, "sizes that sum up to the split one")
    }
  } else {
    // How many there are must be known.
    guard let size = size.known else { throw .unsupportedForm(node, "splits a dynamic size into a sequence") }
    let part = node.optionalInput(1) == nil ? 1 : try node.knownIntegers(1).first ?? 0
    guard part > 0, size / part <= Tensor.hostElementLimit * 16 else {
      throw .invalidAttribute(node, "split", "\(part)", expected: "a size that gives at most \(Tensor.hostElementLimit * 16) parts")
    }
    parts = stride(from: 0, to: size, by: part).map { IndexExpression(min(part, size - $0)) }
  }
  guard parts.allSatisfy({ ($0.known ?? 0) >= 0 }) else { throw .wrongShape(node, x, "parts of at least 0") }
  var start = IndexExpression.zero
  var elements: [Tensor] = []
  for part in parts {
    var origins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
    (origins[axis], shape[axis]) = (start, part)
    var element = node.slice(x, origins, x.shape.map { _ in 1 }, shape)
    if node.optionalInput(1) == nil, node.integer("keepdims", default: 1) == 0 {
      shape.remove(at: axis)
      element = node.importer.reshape(element, to: shape)
    }
    elements.append(element)
    start = start + part
  }
  return [.sequence(elements)]
}

/// `SequenceMap`: the body once for each element.
let lowerSequenceMap: Lowering = { node throws(Diagnostic) in
  guard let graph = node.graph("body") else { throw .invalidAttribute(node, "body", "nothing", expected: "a graph") }
  let count = try node.sequence(0).count
  var results = Array(repeating: [Tensor](), count: graph.outputs.count)
  for position in 0..<count {
    var inputs: [Tensor] = []
    for i in node.inputs.indices {
      let input = try node.input(i)
      guard let elements = input.sequence else {
        inputs.append(input)
        continue
      }
      guard elements.count == count else { throw .unsupportedForm(node, "maps sequences of different lengths") }
      inputs.append(elements[position])
    }
    let outputs = try node.walker.inline(graph, inputs: inputs, label: "\(node.label)/\(position)")
    for (i, output) in outputs.enumerated() { results[i].append(output) }
  }
  return results.map { .sequence($0) }
}

/// `Optional`: the value itself, or a sequence of nothing.
let lowerOptional: Lowering = { node throws(Diagnostic) in [node.optionalInput(0) ?? .sequence([])] }

/// `OptionalHasElement`
let lowerOptionalHasElement: Lowering = { node throws(Diagnostic) in
  let isThere = node.optionalInput(0).map { $0.sequence?.isEmpty != true } ?? false
  return [Tensor(.bool, [], host: [isThere ? .one : .zero])]
}
