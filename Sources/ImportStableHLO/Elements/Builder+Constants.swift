import TesseraConstants
import TesseraGraphs
import TesseraMLIR

extension Builder {
  /// The first element of `bytes` as a scalar.
  func scalarConstant(_ bytes: ConstantBytes, _ type: ElementType) -> Value {
    bytes.withBytes { raw in
      if let part = type.complexPart {
        let numbers = [0, 1].map { scalar(part.number(in: raw, at: $0), part.type(context)) }
        return value("complex.create", numbers, type: type.type(context))
      }
      if type.isFloat { return scalar(type.number(in: raw, at: 0), type.type(context)) }
      if type == .bool { return constant(.bool(raw[0] != 0, context)) }
      return constant(.integer(type.isSmall ? Int(Int8(bitPattern: raw[0])) : type.integer(in: raw, at: 0), type.type(context)))
    }
  }
}
