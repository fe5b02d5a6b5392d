import Diagnostics
import MLIR

/// How a two-operand operator folds host values; `nil` where it does not.
typealias HostFold = @Sendable (IndexTable, IndexExpression, IndexExpression) -> IndexExpression?

extension Node {
  /// The elementwise result of `fold` on host tensors, if all of `tensors` are on the host and the result is small.
  func foldOnHost(_ tensors: [Tensor], _ type: ElementType, _ fold: ([IndexExpression]) -> IndexExpression?) throws(Diagnostic) -> Tensor? {
    guard tensors.allSatisfy({ $0.host != nil }) else { return nil }
    let shape = try importer.broadcast(tensors)
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

extension IndexExpression {
  /// The number as an element of `type`, whose arithmetic wraps; `nil` where the run may have to wrap it.
  func wrapped(to type: ElementType) -> IndexExpression? {
    let bits = type.byteCount * 8
    if type == .bool || bits == 64 { return type == .u64 && (known ?? -1) < 0 ? nil : self }
    guard let known else { return bits == 32 ? self : nil }
    let shifted = known << (64 - bits)
    return IndexExpression(type.isUnsigned ? Int(bitPattern: UInt(bitPattern: shifted) >> UInt(64 - bits)) : shifted >> (64 - bits))
  }
}

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
    return [try node.importer.elementwise([a, b], result ?? a.elementType) { body(Scalars($0, a.elementType), $1[0], $1[1]) }]
  }
}

/// A row of any number of operands (`Max`, `Sum`).
func variadic(host: HostFold? = nil, mean: Bool = false, _ body: @escaping @Sendable (Scalars, Value, Value) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    var tensors: [Tensor] = []
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
      try node.importer.elementwise(tensors, type) { builder, elements in
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
    return [try node.importer.elementwise([x], x.elementType) { body(Scalars($0, x.elementType), $1[0]) }]
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
      try node.importer.elementwise([x], x.elementType) { builder, elements in
        Scalars(builder, x.elementType).inWideFloat([elements[0]]) { function($0, $1[0]) }
      }
    ]
  }
}

/// A row of one float operand that is an upstream operation.
func unaryFloat(_ operation: String) -> Lowering { unaryFloat { $0.call(operation, $1) } }

/// Positions in row-major order, for tensors on the host.
enum HostIndex {
  /// All positions of a shape, in order. The caller has checked that they are few.
  static func all(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { positions, size in positions.flatMap { position in (0..<max(size, 0)).map { position + [$0] } } }
  }

  /// The number of `position` in row-major order.
  static func linear(_ position: [Int], _ sizes: [Int]) -> Int { zip(position, sizes).reduce(0) { $0 * $1.1 + $1.0 } }
}
