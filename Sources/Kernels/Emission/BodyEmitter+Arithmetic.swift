internal import TesseraMLIR

/// Operations of `arith` that need more than their counterpart in LLVM.
extension BodyEmitter {
  /// The divisions of integers, which the processor refuses for some operands.
  static let integerDivisions: Set<String> = [
    "arith.divsi", "arith.remsi", "arith.floordivsi", "arith.ceildivsi", "arith.divui", "arith.remui", "arith.ceildivui",
  ]

  /// The divisor of a division of integers, with 1 in place of what would end the process: 0, also in lanes that do not exist, and the -1
  /// whose quotient has no representation. That quotient wraps, and the remainder is 0, as in the VM; a quotient by 0 is the dividend.
  func divisor(of op: Operation, _ operands: [Value]) -> Value {
    let (x, y) = (operands[0], operands[1])
    let element = op.result(0).type
    let bits = element.bitWidth ?? 64
    let isSigned = op.name.hasSuffix("si") && bits > 1
    if let known = op.operand(1).definingOperation?.attribute("value")?.integerValue, known != 0, !isSigned || known != -1 { return y }
    func constant(_ number: Int) -> Value {
      let scalar = b.constant(.integer(number, element))
      return y.type.isVector ? kernel.lanes(.uniform(scalar)) : scalar
    }
    func equal(_ value: Value, _ number: Int) -> Value {
      b.compare(.equal, value, constant(number))
    }
    var refused = equal(y, 0)
    if isSigned {
      let overflow = b.binary("arith.andi", equal(y, -1), equal(x, bits == 64 ? Int.min : -(1 << (bits - 1))))
      refused = b.binary("arith.ori", refused, overflow)
    }
    return b.value("arith.select", [refused, constant(1), y], type: y.type)
  }

  /// An f64 as an f32 that rounds to the same 16-bit float: an inexact value gets an odd last bit, so that it is never a tie.
  ///
  /// No processor narrows by so much at once, and LLVM would call a library. See Boldo and Melquiond, "When double rounding is odd" (2004).
  func roundedToOdd(_ x: Value) -> Value {
    func type(_ element: Type) -> Type { kernel.withElement(x.type, element) }
    func constant(_ number: Int) -> Value {
      let scalar = b.constant(.integer(number, .i32(context)))
      return x.type.isVector ? kernel.lanes(.uniform(scalar)) : scalar
    }
    let near = b.value("arith.truncf", [x], type: type(.f32(context)))
    let back = b.value("arith.extf", [near], type: x.type)
    let bits = b.value("arith.bitcast", [near], type: type(.i32(context)))
    let isEven = b.compare(.equal, b.binary("arith.andi", bits, constant(1)), constant(0))
    // Ordered and not equal: NaN stays.
    let isInexact = b.compareFloats(.notEqual, back, x)
    let isTooSmall = b.compareFloats(.less, b.value("math.absf", [back], type: x.type), b.value("math.absf", [x], type: x.type))
    let step = b.value("arith.select", [isTooSmall, constant(1), constant(-1)], type: bits.type)
    let odd = b.binary("arith.addi", bits, step)
    let chosen = b.value("arith.select", [b.binary("arith.andi", isEven, isInexact), odd, bits], type: bits.type)
    return b.value("arith.bitcast", [chosen], type: type(.f32(context)))
  }
}
