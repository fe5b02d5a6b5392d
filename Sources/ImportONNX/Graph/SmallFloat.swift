/// A floating-point type of at most 8 bits, by its numbers.
///
/// The names say the bits of exponent and fraction. `FN` types have no infinities; `UZ` types have one zero, and NaN in place of the other.
/// See "OCP 8-bit Floating Point Specification", "OCP Microscaling Formats" and ONNX's "Float stored in 8 bits".
struct SmallFloat {
  /// The bits of the fraction.
  let fractionBits: Int
  /// What is added to exponents.
  let bias: Int
  /// The code of the largest number, without sign.
  let largest: Int
  /// The code of infinity, without sign; `nil` if there is none.
  var infinity: Int?
  /// The code of NaN, without sign if there are two zeros; `nil` if there is none.
  var nan: Int?
  /// The place of the sign; `nil` if all numbers are positive powers of two.
  var signBit: Int? = 7
  /// `true` iff the negative zero is NaN.
  var isUnsignedZero = false
}

extension ElementType {
  /// The numbers of a small floating-point type; `nil` for other types.
  var smallFloat: SmallFloat? {
    switch self {
    case .f8E4M3FN: SmallFloat(fractionBits: 3, bias: 7, largest: 0x7E, nan: 0x7F)
    case .f8E5M2: SmallFloat(fractionBits: 2, bias: 15, largest: 0x7B, infinity: 0x7C, nan: 0x7E)
    case .f8E4M3FNUZ: SmallFloat(fractionBits: 3, bias: 8, largest: 0x7F, nan: 0x80, isUnsignedZero: true)
    case .f8E5M2FNUZ: SmallFloat(fractionBits: 2, bias: 16, largest: 0x7F, nan: 0x80, isUnsignedZero: true)
    case .f4E2M1FN: SmallFloat(fractionBits: 1, bias: 1, largest: 7, signBit: 3)
    case .f8E8M0FNU: SmallFloat(fractionBits: 0, bias: 127, largest: 0xFE, nan: 0xFF, signBit: nil)
    default: nil
    }
  }
}

/// How numbers become a small type, as `Cast` says.
struct Narrowing {
  /// Where a power of two goes that lies between two of the type.
  enum Rounding: String { case up, down, nearest }

  /// `true` iff floats that are too large become the largest number, else infinity or NaN.
  var saturates = true
  /// Of `f8E8M0FNU`; all others round to the nearest, halves to even.
  var rounding = Rounding.up
}
