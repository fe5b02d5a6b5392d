import TesseraGraphs
import TesseraMLIR

extension ElementOperation {
  /// Operations on bits.
  static let bits: [String: ElementOperation] = [
    "and": bitwise("arith.andi"),
    "or": bitwise("arith.ori"),
    "xor": bitwise("arith.xori"),
    "not": ElementOperation(1, .logical) { call in
      call.computed { s, e in s.builder.binary("arith.xori", e[0], s.builder.constant(.integer(s.type == .bool ? 1 : -1, s.irType))) }
    },
    "shift_left": shift("arith.shli"),
    "shift_right_logical": shift("arith.shrui"),
    "shift_right_arithmetic": shift("arith.shrsi"),
    "count_leading_zeros": ElementOperation(1, .integer) { call in
      counted(call, "math.ctlz", extra: call.type.working.bitCount - call.type.bitCount)
    },
    "popcnt": ElementOperation(1, .integer) { counted($0, "math.ctpop", extra: 0) },
    "mulhi": ElementOperation(2, .integer) { call in
      let name = call.type.isAnyUnsigned ? "arith.mului_extended" : "arith.mulsi_extended"
      if call.type.packing > 1 {
        // All of the product of small numbers fits into a byte.
        return call.computed { s, e in
          s.builder.binary("arith.shrsi", s.multiply(e[0], e[1]), s.builder.constant(.integer(call.type.bitCount, s.irType)))
        }
      }
      return call.builder.create(name, [call.a, call.b], results: [call.a.type, call.a.type]).result(1)
    },
  ]

  private static func bitwise(_ name: String) -> ElementOperation {
    ElementOperation(2, .logical) { call in call.computed { $0.builder.binary(name, $1[0], $1[1]) } }
  }

  /// A shift by as many bits as there are, or more, leaves 0, or the sign.
  private static func shift(_ name: String) -> ElementOperation {
    ElementOperation(2, .integer) { call in
      call.computed { s, e in
        let b = s.builder, bits = call.type.bitCount
        func number(_ value: Int) -> Value { b.constant(.integer(value, s.irType)) }
        let isInside = b.compare(.unsignedLess, e[1], number(bits))
        // A logical shift of a small number sees its own bits only.
        let own = name == "arith.shrui" && bits < s.type.bitCount ? b.binary("arith.andi", e[0], number(1 << bits - 1)) : e[0]
        var value = own
        if name == "arith.shrsi", call.type.isAnyUnsigned, bits < s.type.bitCount {
          let left = number(s.type.bitCount - bits)
          value = b.binary("arith.shrsi", b.binary("arith.shli", own, left), left)
        }
        let amount = b.select(isInside, e[1], number(name == "arith.shrsi" ? bits - 1 : 0))
        let shifted = b.binary(name, value, amount)
        return name == "arith.shrsi" ? shifted : b.select(isInside, shifted, number(0))
      }
    }
  }

  /// A count of bits; `extra` are those that a small number does not have.
  private static func counted(_ call: ElementCall, _ name: String, extra: Int) -> Value {
    call.computed { s, e in
      let b = s.builder
      let bits = call.type.bitCount
      let own = bits < s.type.bitCount ? b.binary("arith.andi", e[0], b.constant(.integer(1 << bits - 1, s.irType))) : e[0]
      let count = s.call(name, own)
      return extra == 0 ? count : b.binary("arith.subi", count, b.constant(.integer(extra, s.irType)))
    }
  }

  /// Conversions, and operations that choose.
  static let conversions: [String: ElementOperation] = [
    "convert": ElementOperation(1, .any, .declared) { convert($0) },
    "bitcast_convert": ElementOperation(1, .any, .declared) { call in
      let type = call.result.type(call.builder.context)
      // Small types are the bytes that hold their bits.
      return call.a.type == type ? call.a : call.builder.value("arith.bitcast", [call.a], type: type)
    },
    "reduce_precision": ElementOperation(1, .float) { call in
      let exponent = call.attributes["exponent_bits"]?.integer ?? 8, mantissa = call.attributes["mantissa_bits"]?.integer ?? 23
      return call.computed { s, e in PrecisionReduction(s, exponentBits: exponent, mantissaBits: mantissa).apply(e[0]) }
    },
    "clamp": ElementOperation(3, .any) { call in
      if call.type == .bool {
        return call.builder.binary("arith.andi", call.builder.binary("arith.ori", call.operands[1], call.a), call.operands[2])
      }
      return call.computed { s, e in s.minimum(s.maximum(e[1], e[0]), e[2]) }
    },
  ]

  /// Conversions by XLA's rules: floats become integers towards zero, within the type's bounds, NaN 0; integers wrap.
  private static func convert(_ call: ElementCall) -> Value {
    let b = call.builder
    switch (call.type.complexPart, call.result.complexPart) {
    case (let source?, let target?):
      let (real, imaginary) = call.parts(call.a), s = Scalars(b, target)
      return call.makeComplex(s.convert(real, from: source), s.convert(imaginary, from: source))
    case (let source?, nil):
      return Scalars(b, call.result).convert(call.parts(call.a).real, from: source)
    case (nil, let target?):
      let s = Scalars(b, target)
      return call.makeComplex(s.convert(call.a, from: call.type), s.constant(0))
    case (nil, nil):
      return Scalars(b, call.result).convert(call.a, from: call.type, narrowing: Narrowing(saturates: false))
    }
  }
}

/// Rounds floats to fewer bits of exponent and mantissa: halves to even, what is too large to infinity, what is too small to zero.
private struct PrecisionReduction {
  private let s: Scalars
  private let exponentBits: Int
  private let mantissaBits: Int
  private var b: Builder { s.builder }

  init(_ s: Scalars, exponentBits: Int, mantissaBits: Int) {
    (self.s, self.exponentBits, self.mantissaBits) = (s, exponentBits, mantissaBits)
  }

  func apply(_ value: Value) -> Value {
    let isDouble = s.type == .f64
    let own = (exponent: isDouble ? 11 : 8, mantissa: isDouble ? 52 : 23)
    let type = b.integerType(isDouble ? 64 : 32)
    func number(_ bits: Int) -> Value { b.constant(.integer(bits, type)) }
    var bits = b.value("arith.bitcast", [value], type: type)
    let dropped = own.mantissa - mantissaBits
    if dropped > 0 {
      let last = b.binary("arith.andi", b.binary("arith.shrui", bits, number(dropped)), number(1))
      bits = b.plus(bits, b.plus(number(1 << (dropped - 1) - 1), last))
      bits = b.binary("arith.andi", bits, number(-1 << dropped))
    }
    if exponentBits < own.exponent {
      let bias = 1 << (own.exponent - 1) - 1, newBias = 1 << (exponentBits - 1) - 1
      let sign = b.binary("arith.andi", bits, number(isDouble ? Int.min : Int(Int32.min)))
      let exponent = b.binary("arith.andi", bits, number((1 << own.exponent - 1) << own.mantissa))
      let isLarge = b.compare(.greater, exponent, number((bias + newBias) << own.mantissa))
      let isSmall = b.compare(.lessOrEqual, exponent, number((bias - newBias) << own.mantissa))
      let infinite = b.binary("arith.ori", sign, number((1 << own.exponent - 1) << own.mantissa))
      bits = b.select(isLarge, infinite, b.select(isSmall, sign, bits))
    }
    let reduced = b.value("arith.bitcast", [bits], type: value.type)
    // Without a mantissa there is no NaN: it becomes infinity.
    return b.select(b.isNaN(value), mantissaBits == 0 ? s.constant(.infinity) : value, reduced)
  }
}
