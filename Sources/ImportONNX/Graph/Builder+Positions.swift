import MLIR

/// Arithmetic on positions inside the bodies of structured operations.
extension Builder {
  /// A comparison of indices; as signed numbers.
  enum Order: Int { case equal = 0, notEqual, less, lessOrEqual, greater, greaterOrEqual }

  /// The position in loop `loop`.
  func position(_ loop: Int) -> Value { value("linalg.index", type: .index(context), attributes: [("dim", .i64(loop, context))]) }
  /// The i1 of a comparison of two integers or indices.
  func compare(_ order: Order, _ a: Value, _ b: Value) -> Value {
    value("arith.cmpi", [a, b], type: .i1(context), attributes: [("predicate", .i64(order.rawValue, context))])
  }
  func select(_ condition: Value, _ a: Value, _ b: Value) -> Value { value("arith.select", [condition, a, b], type: a.type) }
  func and(_ a: Value, _ b: Value) -> Value { binary("arith.andi", a, b) }
  func plus(_ a: Value, _ b: Value) -> Value { binary("arith.addi", a, b) }
  func minus(_ a: Value, _ b: Value) -> Value { binary("arith.subi", a, b) }
  func times(_ a: Value, _ b: Value) -> Value { binary("arith.muli", a, b) }
  /// An index as an i64.
  func i64(_ index: Value) -> Value { value("arith.index_cast", [index], type: .i64(context)) }
  /// An integer as an index.
  func asIndex(_ integer: Value) -> Value { value("arith.index_cast", [integer], type: .index(context)) }
  /// The i64 constant.
  func constant64(_ number: Int) -> Value { constant(.integer(number, .i64(context))) }
  /// An element of a tensor.
  func element(_ tensor: Value, _ position: [Value]) -> Value { value("tensor.extract", [tensor] + position, type: tensor.type.element) }
}
