import TesseraGraphs
import TesseraMLIR

/// An elementwise operation applied to single elements, in the body of a structured operation.
struct ElementCall {
  let builder: Builder
  /// The elements of the operands, and their types.
  let operands: [Value]
  let types: [ElementType]
  /// The type of the result.
  let result: ElementType
  let attributes: [String: ProgramAttribute]

  var a: Value { operands[0] }
  var b: Value { operands[1] }
  var type: ElementType { types[0] }

  /// The word that an attribute is.
  func word(_ name: String) -> String { attributes[name]?.text ?? "" }

  /// What `body` gives in the type that elements of the first operand are computed in, as an element of the result's type.
  ///
  /// Floats of 16 bits and less are computed in f32 and rounded, integers of less than 8 bits in 8.
  func computed(_ body: (Scalars, [Value]) -> Value) -> Value {
    let working = type.working
    let scalars = Scalars(builder, working)
    let wide = zip(operands, types).map { element, own in own == type ? scalars.convert(element, from: own) : element }
    let value = body(scalars, wide)
    // A predicate has its type already.
    return result == type ? narrowed(value, from: working) : value
  }

  /// `value` of `source` as an element of the result's type, which it is computed for.
  private func narrowed(_ value: Value, from source: ElementType) -> Value {
    Scalars(builder, result).convert(value, from: source, narrowing: Narrowing(saturates: false))
  }

  /// A function of one operand of dialect math, of floats.
  func math(_ name: String) -> Value { computed { $0.call("math.\(name)", $1[0]) } }

  /// An operation of dialect complex that gives its operands' type.
  func complex(_ name: String) -> Value { builder.value("complex.\(name)", operands, type: operands[0].type) }

  /// The parts of a complex element.
  func parts(_ value: Value) -> (real: Value, imaginary: Value) {
    let type = value.type.complexElement
    return (builder.value("complex.re", [value], type: type), builder.value("complex.im", [value], type: type))
  }

  func makeComplex(_ real: Value, _ imaginary: Value) -> Value {
    builder.value("complex.create", [real, imaginary], type: .complex(real.type))
  }
}

extension ElementType {
  /// The type that elements are computed in.
  var working: ElementType {
    if isNarrowFloat || smallFloat != nil { return .f32 }
    switch self {
    case .i2, .i4: return .i8
    case .u2, .u4: return .u8
    default: return self
    }
  }

  /// `true` iff elements are floats of any width.
  var isAnyFloat: Bool { isFloat || smallFloat != nil }
  /// `true` iff elements are integers of any width.
  var isAnyInteger: Bool { isInteger || [.i2, .i4, .u2, .u4].contains(self) }
  /// `true` iff elements are integers without a sign.
  var isAnyUnsigned: Bool { isUnsigned || self == .u2 || self == .u4 }
  /// The bits of an element.
  var bitCount: Int { self == .bool ? 1 : byteCount * 8 / packing }
}
