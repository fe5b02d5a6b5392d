import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Operators of ai.onnx.ml that replace labels: numbers or strings by others.

/// `LabelEncoder`: the value whose key an element is, or a default.
let lowerLabelEncoder: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  if node.opset < 2 { return [try node.mapped(x, names: "classes_strings", numbers: nil)] }
  let keys = try node.labelList("keys"), values = try node.labelList("values")
  guard let count = keys.knownCount, count > 0, values.knownCount == count, keys.elementType == x.elementType else {
    throw .unsupportedForm(node, "does not have a value for each key, and keys of the type \(x.elementType.name)")
  }
  return [node.replacing(x, keys, values, other: try node.labelDefault(values.elementType))]
}

/// `CategoryMapper`: names by numbers, or numbers by names.
let lowerCategoryMapper: Lowering = { node throws(Diagnostic) in
  [try node.mapped(try node.input(0), names: "cats_strings", numbers: "cats_int64s")]
}

extension Node {
  /// The names of the numbers in `x`, or the numbers of its names; the numbers count the names where no attribute has them.
  fileprivate func mapped(_ x: GraphTensor, names: String, numbers: String?) throws(Diagnostic) -> GraphTensor {
    let list = try texts(names) ?? []
    let places = numbers.map { integers($0) ?? [] } ?? Array(list.indices)
    guard !list.isEmpty, places.count == list.count else {
      throw .invalidAttribute(self, names, "\(list.count) strings", expected: "a string for each number")
    }
    switch x.elementType {
    case .string:
      let other = GraphTensor(.i64, [], host: [IndexExpression(integer("default_int64", default: -1))])
      return replacing(x, table(list), table(places), other: other)
    case .i64: return replacing(x, table(places), table(list), other: scalar(try text("default_string", default: "_Unused")))
    default: throw .wrongType(self, x, expected: "i64 or string")
    }
  }

  /// The value whose key an element of `x` is, the last of several, or `other`.
  fileprivate func replacing(_ x: GraphTensor, _ keys: GraphTensor, _ values: GraphTensor, other: GraphTensor) -> GraphTensor {
    let place = x.elementType == .string ? graph.find(x, in: keys) : numberPlaces(x, keys)
    let list = graph.value(values)
    return graph.map(
      [Operand(place, x.shape.indices.map { $0 }), Operand(graph.reshape(other, to: []), [])], shape: x.shape, values.elementType
    ) { b, e in
      let isKnown = b.compare(.greaterOrEqual, e[0], b.constant64(0))
      let value = b.element(list, [b.select(isKnown, b.asIndex(e[0]), b.index(0))])
      return b.select(isKnown, value, e[1])
    }
  }

  /// The last place of each number in `keys`, or -1. Looks at all keys for each element.
  private func numberPlaces(_ x: GraphTensor, _ keys: GraphTensor) -> GraphTensor {
    let type = x.elementType, rank = x.rank
    return graph.reduce(
      [Operand(x, x.shape.indices.map { $0 }), Operand(keys, [rank])], loops: rank + 1, output: Array(0..<rank), shape: x.shape, .i64,
      initial: -1
    ) { b, e, best in
      let s = Scalars(b, type)
      var isHere = s.compare(.equal, e[0], e[1])
      if type.isFloat, opset >= 4 {
        // NaN is a key as any other, but in older versions.
        isHere = b.binary("arith.ori", isHere, b.and(b.isNaN(e[0]), b.isNaN(e[1])))
      }
      return b.binary("arith.maxsi", best, b.select(isHere, b.i64(b.position(rank)), b.constant64(-1)))
    }
  }

  /// The labels of the attribute `name` in whichever form it is given.
  fileprivate func labelList(_ name: String) throws(Diagnostic) -> GraphTensor {
    if let list = integers("\(name)_int64s") { return table(list) }
    if let list = floats("\(name)_floats") { return table(list, [list.count]) }
    if let list = try texts("\(name)_strings") { return table(list) }
    if let proto = tensor("\(name)_tensor") {
      let list = try walker.file.tensor(proto, name: "\(label)/\(name)")
      guard list.rank == 1, list.elementType != .bool else {
        throw .invalidAttribute(self, "\(name)_tensor", list.description, expected: "a list")
      }
      return list
    }
    throw .unsupportedForm(self, "has no \(name)")
  }

  /// What becomes of elements without a key, of the type `type`.
  fileprivate func labelDefault(_ type: ElementType) throws(Diagnostic) -> GraphTensor {
    if let proto = tensor("default_tensor") {
      let value = try walker.file.tensor(proto, name: "\(label)/default")
      guard value.knownCount == 1, value.elementType == type else {
        throw .invalidAttribute(self, "default_tensor", value.description, expected: "one \(type.name)")
      }
      return value
    }
    if type == .string { return scalar(try text("default_string", default: "_Unused")) }
    if type.isFloat { return graph.constantScalar(float("default_float", default: -0.0), type) }
    return GraphTensor(type, [], host: [IndexExpression(integer("default_int64", default: -1))])
  }
}
