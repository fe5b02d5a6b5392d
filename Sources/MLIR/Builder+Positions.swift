/// Arithmetic on positions inside the bodies of structured operations.
extension Builder {
  /// A comparison of integers or indices, by its number in `arith.cmpi`; as signed numbers unless it says otherwise.
  public enum Order: Int, Sendable {
    case equal = 0, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case unsignedLess, unsignedLessOrEqual, unsignedGreater, unsignedGreaterOrEqual

    /// This comparison, of the bits as unsigned numbers.
    public var unsigned: Order {
      switch self {
      case .less: .unsignedLess
      case .lessOrEqual: .unsignedLessOrEqual
      case .greater: .unsignedGreater
      case .greaterOrEqual: .unsignedGreaterOrEqual
      default: self
      }
    }
  }

  /// A comparison of floats, by its number in `arith.cmpf`; false for NaN unless it says otherwise.
  public enum FloatOrder: Int, Sendable {
    case equal = 1, greater, greaterOrEqual, less, lessOrEqual, notEqual
    case unorderedOrNotEqual = 13
    case unordered
  }

  /// The position in loop `loop`.
  public func position(_ loop: Int) -> Value { value("linalg.index", type: .index(context), attributes: [("dim", .i64(loop, context))]) }
  /// The i1 of a comparison of two integers or indices; one a lane of two vectors.
  public func compare(_ order: Order, _ a: Value, _ b: Value) -> Value {
    value("arith.cmpi", [a, b], type: conditionType(a), attributes: [("predicate", .i64(order.rawValue, context))])
  }
  /// The i1 of a comparison of two floats; one a lane of two vectors.
  public func compareFloats(_ order: FloatOrder, _ a: Value, _ b: Value) -> Value {
    value("arith.cmpf", [a, b], type: conditionType(a), attributes: [("predicate", .i64(order.rawValue, context))])
  }
  private func conditionType(_ compared: Value) -> Type {
    compared.type.isVector ? .vector(compared.type.shape, .i1(context)) : .i1(context)
  }
  /// Builds the condition that a float is NaN.
  public func isNaN(_ a: Value) -> Value { compareFloats(.unordered, a, a) }
  /// `a` where `condition` holds, else `b`.
  public func select(_ condition: Value, _ a: Value, _ b: Value) -> Value { value("arith.select", [condition, a, b], type: a.type) }
  /// Both conditions (or the bits of two numbers); the first may be none.
  public func and(_ a: Value?, _ b: Value) -> Value { a.map { binary("arith.andi", $0, b) } ?? b }
  /// An operation on sizes, whose result is the greatest number rather than wrap around.
  public func sizeArithmetic(_ name: String, _ a: Value, _ b: Value) -> Value {
    value(name, [a, b], type: a.type, attributes: [(Operation.overflowFlags, Attribute("#arith.overflow<nsw>", context)!)])
  }
  public func plus(_ a: Value, _ b: Value) -> Value { binary("arith.addi", a, b) }
  public func minus(_ a: Value, _ b: Value) -> Value { binary("arith.subi", a, b) }
  public func times(_ a: Value, _ b: Value) -> Value { binary("arith.muli", a, b) }
  /// An index as an i64.
  public func i64(_ index: Value) -> Value { value("arith.index_cast", [index], type: .i64(context)) }
  /// An integer as an index.
  public func asIndex(_ integer: Value) -> Value { value("arith.index_cast", [integer], type: .index(context)) }
  /// The i64 constant.
  public func constant64(_ number: Int) -> Value { constant(.integer(number, .i64(context))) }
  /// An element of a tensor.
  public func element(_ tensor: Value, _ position: some Sequence<Value>) -> Value {
    value("tensor.extract", [tensor] + position, type: tensor.type.element)
  }
  /// Stops the call at run time with `message` unless `condition` (an i1) holds.
  public func require(_ condition: Value, _ message: String) {
    create("cf.assert", [condition], attributes: [("msg", .string(message, context))])
  }

  /// Builds the element at `position` of a padded tensor: the result of `inside` for the position in the source, or the border.
  ///
  ///     %r = scf.if (%p - %low >= 0 && %p - %low < %size && ...) { tensor.extract %x[%p - %low, ...] } else { %border }
  ///
  /// For each axis `low` gives how wide the border before the tensor is, and `size` how large the tensor is; `nil` where no position is
  /// beyond that side.
  public func padded(
    at position: [Value], type: Type, low: (Int) -> Value?, size: (Int) -> Value?, inside: (Builder, [Value]) -> Value,
    border: (Builder) -> Value
  ) -> Value {
    var read = position
    var isInside: Value?
    for axis in position.indices {
      if let low = low(axis) {
        read[axis] = minus(position[axis], low)
        isInside = and(isInside, compare(.greaterOrEqual, read[axis], index(0)))
      }
      if let size = size(axis) { isInside = and(isInside, compare(.less, read[axis], size)) }
    }
    return conditional(isInside, type: type) {
      inside($0, read)
    } else: {
      border($0)
    }
  }
}

extension Operation {
  /// The attribute of `arith` that says what an operation must not do.
  static let overflowFlags = "overflowFlags"

  /// `true` iff the result of an integer operation is not meant where it does not fit, as that of arithmetic on sizes.
  public var wrapsNever: Bool { attribute(Self.overflowFlags).map { "\($0)".contains("nsw") } ?? false }
}
