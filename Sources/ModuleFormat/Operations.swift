/// An operation of the host program whose variants are told apart by one byte.
public protocol InstructionVariant: RawRepresentable<UInt8>, CaseIterable, Sendable, Hashable {}

extension InstructionVariant {
  /// The name in disassembly and documentation.
  public var name: String { "\(self)" }
}

/// What `integer` computes. Division by zero and the overflow of a signed division are errors; the others wrap around.
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
}

/// How `compare` compares integers.
public enum IntegerPredicate: UInt8, InstructionVariant {
  case eq, ne, slt, sle, sgt, sge, ult, ule, ugt, uge
}

/// What `float` computes on two numbers; `min` and `max` give NaN when an operand is NaN.
public enum FloatOperation: UInt8, InstructionVariant {
  case add, sub, mul, div, rem, min, max, pow
}

/// How `compareFloat` compares; false when an operand is NaN, but for `ne`, which is then true.
public enum FloatPredicate: UInt8, InstructionVariant {
  case eq, ne, lt, le, gt, ge
}

/// What `floatUnary` computes.
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

/// What `convert` converts.
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
