import TesseraMLIR

/// Rewrites operations of arith and math on numbers that are a few others: neither kernels nor the host program need to know them.
///
/// Before: %low, %carry = arith.addui_extended %x, %y : i32, i1
/// After:  %low = arith.addi %x, %y : i32
///         %carry = arith.cmpi ult, %low, %x : i32
///
/// Requires: no operation of arith or math works on whole tensors.
/// Ensures: each operation of arith and math has one result.
struct ExpandScalarOps {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// The operations that may be rewritten.
  static let names: Set<String> = [
    "arith.addui_extended", "arith.mulsi_extended", "arith.mului_extended", "math.sincos", "math.clampf", "math.isnan", "math.isinf",
    "math.isfinite", "math.isnormal", "math.fma", "math.fpowi", "math.atan2", "arith.scaling_extf", "arith.scaling_truncf",
  ]

  /// Rewrites all of them.
  func run() {
    for function in module.functions {
      for op in function.descendants {
        guard let values = expansion(of: op, Builder(context, before: op)) else { continue }
        for (result, value) in zip(op.results, values) { result.replaceAllUses(with: value) }
        op.erase()
      }
    }
  }

  /// The replacements of the results of `op`; `nil` if it stays.
  private func expansion(of op: Operation, _ b: Builder) -> [Value]? {
    switch op.name {
    case "arith.addui_extended":
      let sum = b.plus(op.operand(0), op.operand(1))
      return [sum, b.compare(.unsignedLess, sum, op.operand(0))]
    case "arith.mulsi_extended": return product(op.operand(0), op.operand(1), isSigned: true, b)
    case "arith.mului_extended": return product(op.operand(0), op.operand(1), isSigned: false, b)
    case "math.sincos": return ["math.sin", "math.cos"].map { b.value($0, [op.operand(0)], type: op.operand(0).type) }
    case "math.clampf":
      return [b.binary("arith.maximumf", b.binary("arith.minimumf", op.operand(0), op.operand(2)), op.operand(1))]
    case "math.isnan": return [b.isNaN(op.operand(0))]
    case "math.isinf": return [b.compareFloats(.equal, magnitude(op.operand(0), b), b.scalar(.infinity, op.operand(0).type))]
    case "math.isfinite": return [b.compareFloats(.less, magnitude(op.operand(0), b), b.scalar(.infinity, op.operand(0).type))]
    case "math.isnormal": return isNormal(op.operand(0), b).map { [$0] }
    case "arith.scaling_extf":
      let type = op.result(0).type
      return [b.binary("arith.mulf", converted(op.operand(0), type, b), scale(op.operand(1), type, b))]
    case "arith.scaling_truncf":
      let type = op.operand(0).type
      return [converted(b.binary("arith.divf", op.operand(0), scale(op.operand(1), type, b)), op.result(0).type, b)]
    case "math.fma" where op.result(0).type.bitWidth == 16:
      let wide = op.operands.map { b.value("arith.extf", [$0], type: .f32(context)) }
      return [b.value("arith.truncf", [b.value("math.fma", wide, type: .f32(context))], type: op.result(0).type)]
    case "math.atan2": return [angle(op, b)]
    case "math.fpowi" where !op.operand(0).type.isTensor: return power(op.operand(0), op.operand(1), b).map { [$0] }
    default: return nil
    }
  }

  /// A float as one of another width.
  private func converted(_ x: Value, _ type: Type, _ b: Builder) -> Value {
    guard x.type != type, let from = x.type.bitWidth, let to = type.bitWidth else { return x }
    return b.value(from < to ? "arith.extf" : "arith.truncf", [x], type: type)
  }

  /// A scale, as a power of two, in a type.
  private func scale(_ x: Value, _ type: Type, _ b: Builder) -> Value {
    guard let power = Type("f8E8M0FNU", context) else { return x }
    return converted(x.type.bitWidth == 8 ? x : converted(x, power, b), type, b)
  }

  private func magnitude(_ x: Value, _ b: Builder) -> Value { b.value("math.absf", [x], type: x.type) }

  /// The low and the high half of a product.
  private func product(_ x: Value, _ y: Value, isSigned: Bool, _ b: Builder) -> [Value]? {
    let type = x.type
    if let bits = type.bitWidth, bits <= 32 {
      let wide = Type.integer(2 * bits, context), extend = isSigned ? "arith.extsi" : "arith.extui"
      let all = b.times(b.value(extend, [x], type: wide), b.value(extend, [y], type: wide))
      let high = b.binary("arith.shrui", all, b.scalar(Double(bits), wide))
      return [b.value("arith.trunci", [all], type: type), b.value("arith.trunci", [high], type: type)]
    }
    guard type.isIndex || type.bitWidth == 64 else { return nil }
    // By halves of 32 bits: x = 2^32 x1 + x0, and no sum below exceeds 64 bits.
    let mask = b.constant(.integer(0xffff_ffff, type)), shift = b.scalar(32, type)
    func low(_ v: Value) -> Value { b.binary("arith.andi", v, mask) }
    func high(_ v: Value) -> Value { b.binary("arith.shrui", v, shift) }
    let (x0, x1, y0, y1) = (low(x), high(x), low(y), high(y))
    let middle = b.plus(b.times(x1, y0), high(b.times(x0, y0)))
    let other = b.plus(b.times(x0, y1), low(middle))
    var upper = b.plus(b.plus(b.times(x1, y1), high(middle)), high(other))
    if isSigned {
      // A negative number counts 2^64 too much of the other.
      let sign = b.scalar(63, type)
      for (p, q) in [(x, y), (y, x)] { upper = b.minus(upper, b.binary("arith.andi", b.binary("arith.shrsi", p, sign), q)) }
    }
    return [b.times(x, y), upper]
  }

  /// The condition that a float is neither 0, nor subnormal, infinite or NaN.
  private func isNormal(_ x: Value, _ b: Builder) -> Value? {
    // The least normal number, as 2 to the power of it.
    let exponents = ["f16": -14, "bf16": -126, "f32": -126, "f64": -1022]
    guard let exponent = exponents["\(x.type)"] else { return nil }
    let size = magnitude(x, b), least = b.scalar(Double(sign: .plus, exponent: exponent, significand: 1), x.type)
    return b.and(b.compareFloats(.greaterOrEqual, size, least), b.compareFloats(.less, size, b.scalar(.infinity, x.type)))
  }

  /// The angle of a point, where the origin has one that is chosen: upstream's fold of the function says NaN there.
  private func angle(_ op: Operation, _ b: Builder) -> Value {
    let y = op.operand(0), x = op.operand(1), type = y.type, zero = b.scalar(0, type)
    let isOrigin = b.and(b.compareFloats(.equal, y, zero), b.compareFloats(.equal, x, zero))
    let isBehind = b.compareFloats(.less, b.binary("math.copysign", b.scalar(1, type), x), zero)
    let ofOrigin = b.binary("math.copysign", b.select(isBehind, b.scalar(.pi, type), zero), y)
    return b.select(isOrigin, ofOrigin, b.binary("math.atan2", y, x))
  }

  /// A float to the power of an integer; `nil` where kernels have an expansion of their own: exponents of 32 bits, and floats of at most 32.
  private func power(_ x: Value, _ exponent: Value, _ b: Builder) -> Value? {
    let type = x.type, f64 = Type.f64(context)
    if type != f64 {
      guard exponent.type != .i32(context) else { return nil }
      if let bits = exponent.type.bitWidth, bits < 32 {
        let wide = b.value("arith.extsi", [exponent], type: .i32(context))
        return b.value("math.fpowi", [x, wide], type: type)
      }
    }
    let wide = type == f64 ? x : b.value("arith.extf", [x], type: f64)
    let result = b.value("math.powf", [magnitude(wide, b), b.value("arith.sitofp", [exponent], type: f64)], type: f64)
    let one = b.scalar(1, exponent.type)
    let isOdd = b.compare(.equal, b.binary("arith.andi", exponent, one), one)
    let signed = b.select(isOdd, b.value("math.copysign", [result, wide], type: f64), result)
    return type == f64 ? signed : b.value("arith.truncf", [signed], type: type)
  }
}
