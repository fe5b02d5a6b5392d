package import TesseraMLIR

/// A float or integer value in every lane of a vector, or a scalar: what the expansions in this folder compute with.
///
/// All operations are lane-wise and pure: the same expansion serves scalars and vectors of any shape.
struct Lane {
  let value: Value
  let emitter: LaneEmitter

  /// The type of one lane.
  var element: Type { value.type.isVector ? value.type.element : value.type }
  /// The type that has `element` in every lane of this value's shape.
  func type(_ element: Type) -> Type { value.type.isVector ? .vector(value.type.shape, element) : element }
  /// A constant of this value's type.
  func constant(_ number: Double) -> Lane { constant(.float(number, element)) }
  /// An integer constant of this value's type.
  func integer(_ number: Int) -> Lane { constant(.integer(number, element)) }

  private func constant(_ scalar: Attribute) -> Lane {
    Lane(value: emitter.builder.constant(value.type.isVector ? .splat(value.type, scalar) : scalar), emitter: emitter)
  }

  /// An operation on lanes of one type, with a result of this value's type or `type`.
  func apply(_ name: String, _ others: Lane..., type: Type? = nil, attributes: [(String, Attribute)] = []) -> Lane {
    let operands = [value] + others.map(\.value)
    return Lane(value: emitter.builder.value(name, operands, type: type ?? value.type, attributes: attributes), emitter: emitter)
  }
}

/// The builder of the expansions, with the capabilities of the target.
struct LaneEmitter {
  let builder: Builder
  /// `true` iff the target multiplies and adds with one rounding in one instruction; without it `fma` is a product and a sum.
  let hasFusedMultiplyAdd: Bool
  /// Instructions for exponents, where the target has some.
  let exponents: (any ExponentInstructions)?
}

// MARK: arithmetic

extension Lane {
  static func + (a: Lane, b: Lane) -> Lane { a.apply("arith.addf", b) }
  static func - (a: Lane, b: Lane) -> Lane { a.apply("arith.subf", b) }
  static func * (a: Lane, b: Lane) -> Lane { a.apply("arith.mulf", b) }
  static func / (a: Lane, b: Lane) -> Lane { a.apply("arith.divf", b) }
  static func + (a: Lane, b: Double) -> Lane { a + a.constant(b) }
  static func - (a: Lane, b: Double) -> Lane { a - a.constant(b) }
  static func * (a: Lane, b: Double) -> Lane { a * a.constant(b) }
  static func - (a: Double, b: Lane) -> Lane { b.constant(a) - b }
  static func / (a: Double, b: Lane) -> Lane { b.constant(a) / b }
  static prefix func - (a: Lane) -> Lane { a.apply("arith.negf") }

  /// `self * factor + term`, with one rounding if the target can.
  func times(_ factor: Lane, plus term: Lane) -> Lane {
    emitter.hasFusedMultiplyAdd ? apply("math.fma", factor, term) : self * factor + term
  }
  func times(_ factor: Double, plus term: Lane) -> Lane { times(constant(factor), plus: term) }
  func times(_ factor: Lane, plus term: Double) -> Lane { times(factor, plus: constant(term)) }
  func times(_ factor: Double, plus term: Double) -> Lane { times(constant(factor), plus: constant(term)) }

  /// `c[0] + c[1] x + ... + c[n] x^n` by Horner's rule: the fewest instructions; kernels have other lanes to overlap with.
  func polynomial(_ coefficients: [Double]) -> Lane {
    var sum = constant(coefficients.last!)
    for c in coefficients.dropLast().reversed() { sum = sum.times(self, plus: c) }
    return sum
  }

  var magnitude: Lane { apply("math.absf") }
  var squareRoot: Lane { apply("math.sqrt") }
  var floor: Lane { apply("math.floor") }
  /// This magnitude with the sign of `other`.
  func withSign(of other: Lane) -> Lane { apply("math.copysign", other) }
}

// MARK: comparison

extension Lane {
  /// A lane-wise comparison of floats.
  func compare(_ order: Builder.FloatOrder, _ other: Lane) -> Lane {
    Lane(value: emitter.builder.compareFloats(order, value, other.value), emitter: emitter)
  }
  func compare(_ order: Builder.FloatOrder, _ other: Double) -> Lane { compare(order, constant(other)) }
  /// `true` where this integer is not zero.
  var isNonzero: Lane { Lane(value: emitter.builder.compare(.notEqual, value, integer(0).value), emitter: emitter) }

  static func < (a: Lane, b: Double) -> Lane { a.compare(.less, b) }
  static func > (a: Lane, b: Double) -> Lane { a.compare(.greater, b) }
  static func == (a: Lane, b: Double) -> Lane { a.compare(.equal, b) }
  /// Conjunction of conditions or bits.
  static func & (a: Lane, b: Lane) -> Lane { a.apply("arith.andi", b) }
  /// Disjunction of conditions or bits.
  static func | (a: Lane, b: Lane) -> Lane { a.apply("arith.ori", b) }

  /// `a` where this condition holds, else `b`.
  func select(_ a: Lane, _ b: Lane) -> Lane { apply("arith.select", a, b, type: a.value.type) }
  func select(_ a: Double, _ b: Lane) -> Lane { select(b.constant(a), b) }
  func select(_ a: Lane, _ b: Double) -> Lane { select(a, a.constant(b)) }

  /// The larger of this and `low`; NaN stays NaN. One `max` instruction on x86.
  func atLeast(_ low: Double) -> Lane { (self < low).select(low, self) }
  /// The smaller of this and `high`; NaN stays NaN. One `min` instruction on x86.
  func atMost(_ high: Double) -> Lane { (self > high).select(high, self) }
}

// MARK: representation

extension Lane {
  /// The bits of a float as an integer of the same width.
  var bits: Lane { apply("arith.bitcast", type: type(.integer(element.bitWidth!, emitter.builder.context))) }
  /// The float that has these bits.
  var float: Lane {
    let context = emitter.builder.context
    return apply("arith.bitcast", type: type(element.bitWidth == 64 ? .f64(context) : .f32(context)))
  }
  /// f32 as f64.
  var extended: Lane { apply("arith.extf", type: type(.f64(emitter.builder.context))) }
  /// f64 rounded to f32.
  var narrowed: Lane { apply("arith.truncf", type: type(.f32(emitter.builder.context))) }

  func plus(_ other: Lane) -> Lane { apply("arith.addi", other) }
  func plus(_ number: Int) -> Lane { plus(integer(number)) }
  func minus(_ other: Lane) -> Lane { apply("arith.subi", other) }
  func shiftedLeft(_ count: Int) -> Lane { apply("arith.shli", integer(count)) }
  /// A logical shift.
  func shiftedRight(_ count: Int) -> Lane { apply("arith.shrui", integer(count)) }
  /// A shift that keeps the sign.
  func shiftedRightSigned(_ count: Int) -> Lane { apply("arith.shrsi", integer(count)) }
  func masked(_ mask: Int) -> Lane { self & integer(mask) }
  func flipped(_ other: Lane) -> Lane { apply("arith.xori", other) }

  /// A number that, added to a smaller float and taken away, rounds it to an integer, which stands in the low bits of the sum: 1.5 * 2^23 or 1.5 * 2^52.
  var roundingBias: Double { element.bitWidth == 64 ? 0x1.8p52 : 0x1.8p23 }
}

/// Instructions of a machine for the exponents of floats, which end an exponential function in one step.
package protocol ExponentInstructions: Sendable {
  /// `true` iff there are instructions for values of this type.
  func apply(to type: Type) -> Bool
  /// `value * 2^floor(exponent)`, rounded once, denormal and infinite results included. Requires: they apply to the type.
  func scale(_ value: Value, by exponent: Value, _ b: Builder) -> Value
  /// `value` less its `floor`, 0 for infinities. Requires: they apply to the type.
  func lessFloor(_ value: Value, _ b: Builder) -> Value
}
