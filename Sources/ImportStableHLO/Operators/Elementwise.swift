import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// An elementwise operation on tensors of one shape; the bounds of `clamp` may be scalars.
  func elementwise(_ operation: ElementOperation, _ name: String) throws(Diagnostic) -> GraphTensor {
    let type = try elementType(operation, name)
    if let folded = try onHost(name, type) { return folded }
    let shape = try commonShape(operands, allowsScalars: name == "clamp")
    let loops = operands.map { Operand($0, $0.rank == shape.count ? shape.indices.map { $0 } : []) }
    return graph.map(loops, shape: shape, type) { call(operation, type, $0, $1) }
  }

  /// An elementwise operation of chlo, whose operands are broadcast: the trailing dimensions of the smaller one, or those that it names.
  func broadcastElementwise(_ operation: ElementOperation, _ name: String) throws(Diagnostic) -> GraphTensor {
    let type = try elementType(operation, name)
    if let folded = try onHost(name, type) { return folded }
    return try graph.elementwise(try namedBroadcast(), type) { call(operation, type, $0, $1) }
  }

  /// The operands, the smaller one with the dimensions that `broadcast_dimensions` leaves out.
  private func namedBroadcast() throws(Diagnostic) -> [GraphTensor] {
    guard operands.count == 2, source.attributes["broadcast_dimensions"] != nil else { return operands }
    let isFirst = operands[0].rank < operands[1].rank
    let small = operands[isFirst ? 0 : 1], large = operands[isFirst ? 1 : 0]
    let dimensions = try dimensions("broadcast_dimensions", rank: large.rank)
    guard dimensions.count == small.rank, dimensions == dimensions.sorted() else { return operands }
    var shape = large.shape.map { _ in IndexExpression.one }
    for (axis, dimension) in dimensions.enumerated() { shape[dimension] = small.shape[axis] }
    let spread = graph.reshape(small, to: shape)
    return isFirst ? [spread, large] : [large, spread]
  }

  private func call(_ operation: ElementOperation, _ type: ElementType, _ b: Builder, _ e: [Value]) -> Value {
    operation.body(
      ElementCall(builder: b, operands: e, types: operands.map(\.elementType), result: type, attributes: source.attributes))
  }

  /// The type of the result, of operands that fit.
  private func elementType(_ operation: ElementOperation, _ name: String) throws(Diagnostic) -> ElementType {
    guard let type = operation.resultType(operands.map(\.elementType), declared: try resultElement()) else {
      throw .operandTypes(self, expected: "\(operation.arity) of one type, of \(operation.takes.text)")
    }
    return type
  }

  /// The shape of tensors that have the same.
  func commonShape(_ tensors: [GraphTensor], allowsScalars: Bool = false) throws(Diagnostic) -> [IndexExpression] {
    let whole = tensors.max { $0.rank < $1.rank } ?? tensors[0]
    var shape = whole.shape
    for tensor in tensors where !(allowsScalars && tensor.rank == 0) {
      guard tensor.rank == shape.count else { throw .shapesDisagree(self, whole, tensor, "expected equal ranks") }
      for axis in shape.indices {
        guard let size = graph.unify(shape[axis], tensor.shape[axis], "dimension \(axis) of the operands") else {
          throw .shapesDisagree(self, whole, tensor, "they differ in dimension \(axis)")
        }
        shape[axis] = size
      }
    }
    return shape
  }

  /// `predicate ? a : b`; the predicate may be a scalar.
  func select(broadcasts: Bool) throws(Diagnostic) -> GraphTensor {
    guard operands.count == 3, operands[0].elementType == .bool, operands[1].elementType == operands[2].elementType else {
      throw .operandTypes(self, expected: "a predicate of booleans and two tensors of one type")
    }
    let type = operands[1].elementType
    let folded = try foldOnHost(operands, type) { [indices] in indices.select($0[0], $0[1], $0[2]) }
    if let folded { return folded }
    if broadcasts { return try graph.elementwise(operands, type) { b, e in b.select(e[0], e[1], e[2]) } }
    let shape = try commonShape([operands[1], operands[2]])
    if operands[0].rank != 0 { _ = try commonShape(operands) }
    let all: [Int?] = shape.indices.map { $0 }
    return graph.map(
      [Operand(operands[0], operands[0].rank == 0 ? [] : all), Operand(operands[1], all), Operand(operands[2], all)],
      shape: shape, type
    ) { b, e in b.select(e[0], e[1], e[2]) }
  }

  // MARK: on the host

  /// The result of shape arithmetic, if that is what this is: signed integers and booleans whose elements are on the host.
  private func onHost(_ name: String, _ type: ElementType) throws(Diagnostic) -> GraphTensor? {
    guard operands.allSatisfy({ $0.host != nil }), let first = operands.first?.elementType else { return nil }
    // What wraps is computed as numbers, unless it is known.
    let isKnown = operands.allSatisfy { $0.host?.known != nil }
    guard isKnown || ([.i32, .i64, .bool].contains(first) && [.i32, .i64, .bool].contains(type)) else { return nil }
    let indices = indices, direction = word("comparison_direction")
    return try foldOnHost(operands, type) { e in
      switch name {
      case "add" where type != .bool: return indices.add(e[0], e[1])
      case "subtract": return indices.subtract(e[0], e[1])
      case "multiply" where type != .bool: return indices.multiply(e[0], e[1])
      case "maximum" where first != .u64: return indices.maximum(e[0], e[1])
      case "minimum" where first != .u64: return indices.minimum(e[0], e[1])
      case "clamp" where first != .u64: return indices.minimum(indices.maximum(e[1], e[0]), e[2])
      case "convert" where type != .u64 && first != .u64:
        if type == .bool { return indices.subtract(.one, indices.equal(e[0], .zero)) }
        return type.isInteger ? e[0] : nil
      case "and" where type == .bool, "multiply": return indices.minimum(e[0], e[1])
      case "or" where type == .bool, "add": return indices.maximum(e[0], e[1])
      case "not" where type == .bool: return indices.subtract(.one, e[0])
      case "sign" where first != .u64: return indices.subtract(indices.less(.zero, e[0]), indices.less(e[0], .zero))
      case "abs" where first == .i32 || first == .i64: return indices.maximum(e[0], indices.subtract(.zero, e[0]))
      case "negate": return indices.subtract(.zero, e[0])
      case "compare" where first != .u64: return Self.compare(direction, e[0], e[1], indices)
      case "divide" where first == .i32 || first == .i64:
        guard let divisor = e[1].known, divisor > 0 else { return nil }
        return indices.truncatingDivide(e[0], e[1])
      case "remainder" where first == .i32 || first == .i64:
        guard let divisor = e[1].known, divisor > 0 else { return nil }
        return indices.remainder(e[0], e[1], truncating: true)
      default: return nil
      }
    }
  }

  private static func compare(_ direction: String, _ a: IndexExpression, _ b: IndexExpression, _ indices: IndexTable) -> IndexExpression? {
    func not(_ value: IndexExpression) -> IndexExpression { indices.subtract(.one, value) }
    switch direction {
    case "EQ": return indices.equal(a, b)
    case "NE": return not(indices.equal(a, b))
    case "LT": return indices.less(a, b)
    case "GE": return not(indices.less(a, b))
    case "GT": return indices.less(b, a)
    case "LE": return not(indices.less(b, a))
    default: return nil
    }
  }
}
