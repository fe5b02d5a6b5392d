import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// How a two-operand operator folds host values; `nil` where it does not.
typealias HostFold = @Sendable (IndexTable, IndexExpression, IndexExpression) -> IndexExpression?

/// A row of two operands of one type; the result has that type, or is boolean for comparisons.
func binary(
  host: HostFold? = nil, result: ElementType? = nil, _ body: @escaping @Sendable (Scalars, Value, Value) -> Value
) -> Lowering {
  { node throws(Diagnostic) in
    let a = try node.input(0), b = try node.input(1)
    try node.requireSameType([a, b])
    if let host, let folded = try node.foldOnHost([a, b], result ?? a.elementType, { host(node.indices, $0[0], $0[1]) }) {
      return [folded]
    }
    return [try node.graph.elementwise([a, b], result ?? a.elementType) { body(Scalars($0, a.elementType), $1[0], $1[1]) }]
  }
}

/// A row of any number of operands (`Max`, `Sum`).
func variadic(host: HostFold? = nil, mean: Bool = false, _ body: @escaping @Sendable (Scalars, Value, Value) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    var tensors: [GraphTensor] = []
    for i in 0..<max(node.inputs.count, 1) { tensors.append(try node.input(i)) }
    try node.requireSameType(tensors)
    let type = tensors[0].elementType
    if let host {
      let folded = try node.foldOnHost(tensors, type) { operands in
        operands.dropFirst().reduce(operands.first) { sum, x in sum.flatMap { host(node.indices, $0, x) } }
      }
      if let folded { return [folded] }
    }
    let count = Double(tensors.count)
    return [
      try node.graph.elementwise(tensors, type) { builder, elements in
        let scalars = Scalars(builder, type)
        let total = elements.dropFirst().reduce(elements[0]) { body(scalars, $0, $1) }
        return mean ? scalars.divide(total, scalars.constant(count)) : total
      }
    ]
  }
}

/// A row of one operand.
func unary(
  host: (@Sendable (IndexTable, IndexExpression) -> IndexExpression?)? = nil, _ body: @escaping @Sendable (Scalars, Value) -> Value
) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    if let host, let folded = try node.foldOnHost([x], x.elementType, { host(node.indices, $0[0]) }) { return [folded] }
    return [try node.graph.elementwise([x], x.elementType) { body(Scalars($0, x.elementType), $1[0]) }]
  }
}

/// A row of one operand of a float type, computed in f32 for the narrow floats.
func unaryFloat(_ body: @escaping @Sendable (Scalars, Value) -> Value) -> Lowering {
  floatFunction { _ in body }
}

/// A row of one float operand whose body depends on the node's attributes.
func floatFunction(_ body: @escaping @Sendable (Node) throws(Diagnostic) -> (Scalars, Value) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    let function = try body(node)
    return [
      try node.graph.elementwise([x], x.elementType) { builder, elements in
        Scalars(builder, x.elementType).inWideFloat([elements[0]]) { function($0, $1[0]) }
      }
    ]
  }
}

/// A row of one float operand that is an upstream operation.
func unaryFloat(_ operation: String) -> Lowering { unaryFloat { $0.call(operation, $1) } }
