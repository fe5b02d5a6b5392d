import TesseraMLIR

/// Arithmetic on elements inside the body of a structured operation, by the element type (which knows the sign that the IR type does not).
package struct Scalars {
  package let builder: Builder
  package let type: ElementType

  package init(_ builder: Builder, _ type: ElementType) {
    self.builder = builder
    self.type = type
  }

  private var context: Context { builder.context }
  package var irType: Type { type.type(context) }
  package func constant(_ number: Double) -> Value { builder.scalar(number, irType) }

  private func pick(_ float: String, _ integer: String, unsigned: String? = nil) -> String {
    type.isFloat ? float : type.isUnsigned ? (unsigned ?? integer) : integer
  }

  package func add(_ a: Value, _ b: Value) -> Value { builder.binary(pick("arith.addf", "arith.addi"), a, b) }
  package func subtract(_ a: Value, _ b: Value) -> Value { builder.binary(pick("arith.subf", "arith.subi"), a, b) }
  package func multiply(_ a: Value, _ b: Value) -> Value { builder.binary(pick("arith.mulf", "arith.muli"), a, b) }
  /// Integers round towards zero. A quotient by 0 is 0, as numpy has it and the standard leaves open: processors would stop the program.
  package func divide(_ a: Value, _ b: Value) -> Value {
    if type.isFloat { return builder.binary("arith.divf", a, b) }
    let raw = builder.binary(type.isUnsigned ? "arith.divui" : "arith.divsi", a, safeDivisor(b))
    if isHarmless(b) { return raw }
    let quotient = select(compare(.equal, b, constant(0)), constant(0), raw)
    // The quotient of the least integer and -1 does not fit, which processors also stop at: it wraps.
    return type.isUnsigned ? quotient : select(compare(.equal, b, constant(-1)), negate(a), quotient)
  }
  /// The remainder of integers with the sign of the dividend; 0 for divisors of 0.
  package func remainder(_ a: Value, _ b: Value) -> Value {
    if type.isFloat { return builder.binary("arith.remf", a, b) }
    return builder.binary(type.isUnsigned ? "arith.remui" : "arith.remsi", a, safeDivisor(b))
  }

  /// `divisor`, or 1 where it is 0 or -1.
  private func safeDivisor(_ divisor: Value) -> Value {
    if isHarmless(divisor) { return divisor }
    let isZero = compare(.equal, divisor, constant(0))
    let isHarmful = type.isUnsigned ? isZero : builder.binary("arith.ori", isZero, compare(.equal, divisor, constant(-1)))
    return select(isHarmful, constant(1), divisor)
  }

  /// `true` iff the integer `divisor` is a constant other than 0 and -1.
  private func isHarmless(_ divisor: Value) -> Bool {
    guard let definition = divisor.definingOperation, definition.name == "arith.constant" else { return false }
    guard let number = definition.attribute("value")?.integerValue else { return false }
    return number != 0 && number != -1
  }

  /// NaN if either is NaN, as numpy and ONNX have it.
  package func minimum(_ a: Value, _ b: Value) -> Value {
    builder.binary(pick("arith.minimumf", "arith.minsi", unsigned: "arith.minui"), a, b)
  }
  /// The larger one, of floats the one that is a number: cheaper where a NaN comes through another way.
  package func maximumNumber(_ a: Value, _ b: Value) -> Value {
    builder.binary(pick("arith.maxnumf", "arith.maxsi", unsigned: "arith.maxui"), a, b)
  }
  package func maximum(_ a: Value, _ b: Value) -> Value {
    builder.binary(pick("arith.maximumf", "arith.maxsi", unsigned: "arith.maxui"), a, b)
  }
  package func select(_ condition: Value, _ a: Value, _ b: Value) -> Value { builder.select(condition, a, b) }
  package func negate(_ a: Value) -> Value { type.isFloat ? call("arith.negf", a) : subtract(constant(0), a) }
  /// A function of one operand of a math or arith operation.
  package func call(_ name: String, _ a: Value) -> Value { builder.value(name, [a], type: a.type) }

  /// The comparisons of ONNX. A comparison with NaN is false.
  package enum Comparison {
    case equal, less, lessOrEqual, greater, greaterOrEqual

    fileprivate var orders: (ofIntegers: Builder.Order, ofFloats: Builder.FloatOrder) {
      switch self {
      case .equal: (.equal, .equal)
      case .less: (.less, .less)
      case .lessOrEqual: (.lessOrEqual, .lessOrEqual)
      case .greater: (.greater, .greater)
      case .greaterOrEqual: (.greaterOrEqual, .greaterOrEqual)
      }
    }
  }

  package func compare(_ comparison: Comparison, _ a: Value, _ b: Value) -> Value {
    let (ofIntegers, ofFloats) = comparison.orders
    if type.isFloat { return builder.compareFloats(ofFloats, a, b) }
    // Booleans compare as unsigned: true is the i1 1, which is -1 signed.
    return builder.compare(type.isUnsigned || type == .bool ? ofIntegers.unsigned : ofIntegers, a, b)
  }

  /// Computes `body` in f32 for f16 and bf16, as ONNX Runtime does on CPUs, and in the type itself for others.
  package func inWideFloat(_ operands: [Value], _ body: (Scalars, [Value]) -> Value) -> Value {
    guard type.isNarrowFloat else { return body(self, operands) }
    let wide = Scalars(builder, .f32)
    let result = body(wide, operands.map { wide.convert($0, from: type) })
    return convert(result, from: .f32)
  }

  /// Converts `value` to this type by ONNX's rules for Cast: floats to integers round towards zero and saturate; integers wrap; anything not 0 is true.
  package func convert(_ value: Value, from source: ElementType, narrowing: Narrowing = Narrowing()) -> Value {
    if source == type { return value }
    if source.isSmall { return widened(value, from: source, narrowing) }
    if type.isSmall { return narrowed(value, from: source, narrowing) }
    let from = Scalars(builder, source)
    switch (source, type) {
    case (_, .bool):
      if source.isFloat { return builder.compareFloats(.unorderedOrNotEqual, value, from.constant(0)) }
      return builder.compare(.notEqual, value, from.constant(0))
    case (.bool, _) where type.isFloat: return builder.value("arith.uitofp", [value], type: irType)
    case (.bool, _): return builder.value("arith.extui", [value], type: irType)
    case _ where source.isFloat && type.isFloat: return convertFloat(value, from: source)
    case _ where source.isFloat: return saturate(value, from: source)
    case _ where type.isFloat:
      return builder.value(source.isUnsigned ? "arith.uitofp" : "arith.sitofp", [value], type: irType)
    default:
      if source.byteCount == type.byteCount { return value }
      if source.byteCount > type.byteCount { return builder.value("arith.trunci", [value], type: irType) }
      return builder.value(source.isUnsigned ? "arith.extui" : "arith.extsi", [value], type: irType)
    }
  }

  private func convertFloat(_ value: Value, from source: ElementType) -> Value {
    if source.byteCount == type.byteCount {
      // f16 and bf16: by way of f32, which holds both.
      return convert(Scalars(builder, .f32).convert(value, from: source), from: .f32)
    }
    return builder.value(source.byteCount > type.byteCount ? "arith.truncf" : "arith.extf", [value], type: irType)
  }

  /// Rounds towards zero; what lies outside becomes the nearest end of the type, and NaN 0.
  private func saturate(_ value: Value, from source: ElementType) -> Value {
    if source.isNarrowFloat { return saturate(Scalars(builder, .f32).convert(value, from: source), from: .f32) }
    let from = Scalars(builder, source)
    let bits = type.byteCount * 8
    let least = type.isUnsigned ? 0 : -Double(sign: .plus, exponent: bits - 1, significand: 1)
    let limit = Double(sign: .plus, exponent: type.isUnsigned ? bits : bits - 1, significand: 1)
    let raw = builder.value(type.isUnsigned ? "arith.fptoui" : "arith.fptosi", [value], type: irType)
    let low = builder.constant(.integer(type.isUnsigned ? 0 : bits == 64 ? Int.min : -(1 << (bits - 1)), irType))
    let high = builder.constant(
      .integer(type.isUnsigned ? (bits == 64 ? -1 : (1 << bits) - 1) : bits == 64 ? Int.max : (1 << (bits - 1)) - 1, irType))
    let notLow = from.compare(.greater, value, from.constant(least))
    let notHigh = from.compare(.less, value, from.constant(limit))
    let isNumber = from.compare(.equal, value, value)
    let clamped = select(notLow, select(notHigh, raw, high), low)
    return select(isNumber, clamped, constant(0))
  }
}
