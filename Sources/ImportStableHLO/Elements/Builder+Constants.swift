import TesseraConstants
import TesseraGraphs
import TesseraMLIR

extension Builder {
  /// The first element of `bytes` as a scalar.
  func scalarConstant(_ bytes: ConstantBytes, _ type: ElementType) -> Value {
    bytes.withBytes { raw in
      if let part = type.complexPart {
        return complexConstant(part.number(in: raw, at: 0), part.number(in: raw, at: 1), type)
      }
      if type.isFloat { return scalar(type.number(in: raw, at: 0), type.type(context)) }
      if type == .bool { return constant(.bool(raw[0] != 0, context)) }
      return constant(.integer(type.isSmall ? Int(Int8(bitPattern: raw[0])) : type.integer(in: raw, at: 0), type.type(context)))
    }
  }

  /// The constant of a complex type with these parts.
  func complexConstant(_ real: Double, _ imaginary: Double, _ type: ElementType) -> Value {
    let part = (type.complexPart ?? .f32).type(context)
    return value(
      "complex.constant", type: type.type(context),
      attributes: [("value", .array([.float(real, part), .float(imaginary, part)], context))])
  }

  /// The constant `number` of any type.
  func number(_ number: Double, _ type: ElementType) -> Value {
    type.isComplex ? complexConstant(number, 0, type) : scalar(number, type.type(context))
  }
}
