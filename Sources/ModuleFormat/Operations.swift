/// An operand of the host program that is one of a few cases, one byte in a module.
///
/// Requires: the cases have raw values from 0 without a gap, in order; then the tag in memory is the raw value, and the interpreter need not
/// look it up.
public protocol InstructionVariant: RawRepresentable<UInt8>, CaseIterable, Sendable, Hashable {}

extension InstructionVariant {
  /// The name in disassembly and documentation.
  public var name: String { "\(self)" }

  /// Returns the name of the case with a raw value; `nil` if there is none.
  static func name(of rawValue: Int) -> String? { UInt8(exactly: rawValue).flatMap(Self.init(rawValue:))?.name }
}

extension ElementType: InstructionVariant {}
extension Opcode: InstructionVariant {}

extension OperandKind {
  /// The type of the operand's cases; `nil` if the operand is something else.
  package var variant: (any InstructionVariant.Type)? {
    switch self {
    case .integerOperation: IntegerOperation.self
    case .integerPredicate: IntegerPredicate.self
    case .floatOperation: FloatOperation.self
    case .floatPredicate: FloatPredicate.self
    case .floatUnaryOperation: FloatUnaryOperation.self
    case .conversion: Conversion.self
    case .stringOperation: StringOperation.self
    case .elementType: ElementType.self
    default: nil
    }
  }
}

/// The operations of `integer`. Division by zero and the overflow of a signed division are errors; the others wrap around, unless they saturate.
public enum IntegerOperation: UInt8, InstructionVariant {
  case add, sub, mul
  case divS, divU, remS, remU
  /// Signed division, rounded towards minus infinity.
  case floorDivS
  /// Signed division, rounded towards plus infinity.
  case ceilDivS
  case minS, maxS, minU, maxU
  case and, or, xor
  /// Shifts: an amount outside `0..<64` gives what shifting step by step would give.
  case shl, shrS, shrU
  /// Arithmetic on sizes: what does not fit into 64 bits is the greatest or least number, which no tensor has as a size.
  case addSaturating, subSaturating, mulSaturating
}

/// The predicates of `compare`.
public enum IntegerPredicate: UInt8, InstructionVariant {
  case eq, ne, slt, sle, sgt, sge, ult, ule, ugt, uge
}

/// The operations of `float` on two numbers; `min` and `max` give NaN when an operand is NaN.
public enum FloatOperation: UInt8, InstructionVariant {
  case add, sub, mul, div, rem, min, max, pow
}

/// The predicates of `compareFloat`; false when an operand is NaN, but for `ne`, which is then true.
public enum FloatPredicate: UInt8, InstructionVariant {
  case eq, ne, lt, le, gt, ge
}

/// The operations of `floatUnary`.
public enum FloatUnaryOperation: UInt8, InstructionVariant {
  case neg, abs, floor, ceil
  /// Rounds to the nearest integer, halves to even.
  case round
  /// Rounds towards zero.
  case trunc
  case sqrt, exp, log, tanh, sin, cos
  /// Rounds to the precision of `f32`.
  case roundToF32
}

/// The conversions of `convert`.
public enum Conversion: UInt8, InstructionVariant {
  /// A signed integer to `f64` bits.
  case intToFloat
  /// An unsigned integer to `f64` bits.
  case unsignedToFloat
  /// `f64` bits to a signed integer, towards zero, saturating; NaN gives 0.
  case floatToInt
  /// `f64` bits to an unsigned integer, towards zero, saturating; NaN gives 0.
  case floatToUnsigned
}

/// The operations of `strings` on tensors, of strings unless another type is named.
public enum StringOperation: UInt8, InstructionVariant {
  /// Of numbers their texts, as NumPy writes them.
  case format
  /// Of texts the numbers that they say, of the type that the instruction names; a text that says none is an error.
  case parse
  /// Of two tensors of one shape, the elements one after the other.
  case concatenate
  /// The parts between the delimiters (the second operand; spaces if it is empty), in one more dimension, filled with empty strings, and their
  /// `i64` counts. The value is the most cuts that are made; -1 is any number.
  case split
  /// With letters in lower, or in upper case.
  case lower, upper
  /// `bool`: whether all of each text matches the pattern that is the second operand.
  case match
  /// `i64`: the last place of each element in the list that is the second operand; -1 if it is not there.
  case find
  /// `i64`: how many different strings of the tensor come before each element, by their bytes.
  case rank

  /// The number of operands.
  public var operandCount: Int {
    switch self {
    case .format, .parse, .lower, .upper, .rank: 1
    case .concatenate, .split, .match, .find: 2
    }
  }

  /// The number of results.
  public var resultCount: Int { self == .split ? 2 : 1 }

  /// The number of values.
  public var valueCount: Int { self == .split ? 1 : 0 }

  /// The element type of the first result; `nil` where the instruction names any that is of real numbers.
  public var resultType: ElementType? {
    switch self {
    case .format, .concatenate, .split, .lower, .upper: .string
    case .match: .bool
    case .find, .rank: .i64
    case .parse: nil
    }
  }
}
