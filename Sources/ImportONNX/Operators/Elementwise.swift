import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Where`
let lowerWhere: Lowering = { node throws(Diagnostic) in
  let condition = try node.input(0), a = try node.input(1), b = try node.input(2)
  try node.requireSameType([a, b])
  guard condition.elementType == .bool else { throw .wrongType(node, condition, expected: "bool") }
  if let folded = try node.foldOnHost([condition, a, b], a.elementType, { node.indices.select($0[0], $0[1], $0[2]) }) { return [folded] }
  return [try node.graph.elementwise([condition, a, b], a.elementType) { Scalars($0, a.elementType).select($1[0], $1[1], $1[2]) }]
}

/// `Cast`, `CastLike`
func cast(like: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    let number = like ? try node.input(1).elementType.onnxNumber : Int64(node.integer("to", default: 0))
    guard let type = ElementType(onnx: number) else {
      throw .unsupportedAttribute(node, "to", ElementType.onnxName(number), supported: "floats but those of 6 bits, integers, bool, string")
    }
    let mode = node.string("round_mode", default: "up")
    guard let rounding = SmallFloat.Rounding(rawValue: mode) else {
      throw .invalidAttribute(node, "round_mode", "'\(mode)'", expected: "up, down or nearest")
    }
    let narrowing = Narrowing(saturates: node.integer("saturate", default: 1) != 0, rounding: rounding)
    if type == x.elementType { return [x] }
    if type == .string || x.elementType == .string { return [node.graph.castString(x, to: type)] }
    let bounds = type.integerBounds
    let folded = try node.foldOnHost([x], type) { operands in
      if type == .bool { return node.indices.subtract(.one, node.indices.equal(operands[0], .zero)) }
      guard let known = operands[0].known else { return type == .i64 || type == .i32 ? operands[0] : nil }
      return known >= bounds.least && known <= bounds.greatest && type != .u64 ? operands[0] : nil
    }
    if let folded { return [folded] }
    return [try node.graph.elementwise([x], type) { Scalars($0, type).convert($1[0], from: x.elementType, narrowing: narrowing) }]
  }
}

/// `Pow`: common constant exponents are products and roots.
let lowerPow: Lowering = { node throws(Diagnostic) in
  let base = try node.input(0), exponent = try node.input(1)
  let type = base.elementType
  if let number = exponent.knownScalar, type.isFloat, [0.5, 1, 2, 3, -1, -0.5].contains(number), exponent.rank <= base.rank {
    return [
      try node.graph.elementwise([base], type) { builder, elements in
        Scalars(builder, type).inWideFloat(elements) { scalars, x in
          switch number {
          case 1: return x[0]
          case 2: return scalars.multiply(x[0], x[0])
          case 3: return scalars.multiply(scalars.multiply(x[0], x[0]), x[0])
          case -1: return scalars.divide(scalars.constant(1), x[0])
          case 0.5: return scalars.call("math.sqrt", x[0])
          default: return scalars.divide(scalars.constant(1), scalars.call("math.sqrt", x[0]))
          }
        }
      }
    ]
  }
  return [
    try node.graph.elementwise([base, exponent], type) { builder, elements in
      if type.isInteger && exponent.elementType.isInteger {
        return builder.binary("math.ipowi", elements[0], Scalars(builder, type).convert(elements[1], from: exponent.elementType))
      }
      let wide = Scalars(builder, type == .f64 || exponent.elementType == .f64 || type.isInteger ? .f64 : .f32)
      let power = builder.binary(
        "math.powf", wide.convert(elements[0], from: type), wide.convert(elements[1], from: exponent.elementType))
      return Scalars(builder, type).convert(power, from: wide.type)
    }
  ]
}

/// `Mod`: the sign of the divisor for integers, that of the dividend with `fmod`.
let lowerMod: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0), b = try node.input(1)
  try node.requireSameType([a, b])
  let type = a.elementType
  let truncating = node.flag("fmod")
  if let folded = try node.foldOnHost([a, b], type, { node.indices.remainder($0[0], $0[1], truncating: truncating) }) { return [folded] }
  return [
    try node.graph.elementwise([a, b], type) { builder, x in
      let scalars = Scalars(builder, type)
      let remainder = scalars.remainder(x[0], x[1])
      if truncating || type.isUnsigned { return remainder }
      if type.isFloat { return scalars.takingSign(remainder, of: x[1]) }
      let zero = scalars.constant(0)
      let signsDiffer = scalars.compare(.less, builder.binary("arith.xori", remainder, x[1]), zero)
      let isZero = scalars.compare(.equal, remainder, zero)
      return scalars.select(isZero, remainder, scalars.select(signsDiffer, scalars.add(remainder, x[1]), remainder))
    }
  ]
}

extension Scalars {
  /// A remainder of floats with the sign of the divisor `b`: one of another sign grows by `b`, and a zero takes the sign.
  fileprivate func takingSign(_ remainder: Value, of b: Value) -> Value {
    let zero = constant(0)
    let isZero = compare(.equal, remainder, zero)
    let signsDiffer = builder.binary("arith.xori", compare(.less, remainder, zero), compare(.less, b, zero))
    let other = select(signsDiffer, add(remainder, b), remainder)
    return select(isZero, select(compare(.less, b, zero), constant(-0.0), zero), other)
  }
}

/// `BitShift`: by amounts from 0 below the width; by any other all bits are shifted out, and the sign of a signed number fills them in from the left.
let lowerBitShift: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0), b = try node.input(1)
  try node.requireSameType([a, b])
  let left = node.string("direction", default: "") == "LEFT"
  let bits = Double(a.elementType.byteCount * 8)
  let fills = !left && !a.elementType.isUnsigned
  return [
    try node.graph.elementwise([a, b], a.elementType) { builder, x in
      let scalars = Scalars(builder, a.elementType)
      // As an unsigned number, a negative amount is a large one.
      let isInside = builder.compare(.unsignedLess, x[1], scalars.constant(bits))
      let amount = scalars.select(isInside, x[1], scalars.constant(bits - 1))
      let shifted = builder.binary(left ? "arith.shli" : fills ? "arith.shrsi" : "arith.shrui", x[0], amount)
      return fills ? shifted : scalars.select(isInside, shifted, scalars.constant(0))
    }
  ]
}

/// `IsNaN`
let lowerIsNaN: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  return [try node.graph.elementwise([x], .bool) { builder, e in builder.isNaN(e[0]) }]
}

/// `IsInf`
let lowerIsInf: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let positive = node.integer("detect_positive", default: 1) != 0, negative = node.integer("detect_negative", default: 1) != 0
  return [
    try node.graph.elementwise([x], .bool) { builder, e in
      let scalars = Scalars(builder, x.elementType)
      let operand = positive && negative ? scalars.call("math.absf", e[0]) : negative ? scalars.negate(e[0]) : e[0]
      return positive || negative
        ? scalars.compare(.equal, operand, scalars.constant(.infinity)) : builder.scalar(0, .i1(builder.context))
    }
  ]
}

/// `Clip`: bounds are inputs from opset 11, attributes before.
let lowerClip: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let type = x.elementType
  var tensors = [x]
  let low = node.optionalInput(1), high = node.optionalInput(2)
  tensors += [low, high].compactMap { $0 }
  try node.requireSameType(tensors)
  let lowNumber = node.opset < 11 && node.hasAttribute("min") ? node.float("min", default: 0) : nil
  let highNumber = node.opset < 11 && node.hasAttribute("max") ? node.float("max", default: 0) : nil
  if tensors.count == 1, lowNumber == nil, highNumber == nil { return [x] }
  return [
    try node.graph.elementwise(tensors, type) { builder, e in
      let scalars = Scalars(builder, type)
      var result = e[0]
      var next = 1
      if low != nil {
        result = scalars.maximum(result, e[next])
        next += 1
      } else if let lowNumber {
        result = scalars.maximum(result, scalars.constant(lowNumber))
      }
      if high != nil {
        result = scalars.minimum(result, e[next])
      } else if let highNumber {
        result = scalars.minimum(result, scalars.constant(highNumber))
      }
      return result
    }
  ]
}
