/// The relations of `compareIntegers` and `branchCompare`, in MLIR's order.
public enum PortableIntegerPredicate: UInt8, CaseIterable, Sendable {
  case equal = 0
  case notEqual, less, lessOrEqual, greater, greaterOrEqual, lessUnsigned, lessOrEqualUnsigned, greaterUnsigned, greaterOrEqualUnsigned
}

/// The relations of `compareFloats`, in MLIR's order: the ordered ones are false where an operand is NaN, the unordered ones true.
public enum PortableFloatPredicate: UInt8, CaseIterable, Sendable {
  case never = 0
  case equal, greater, greaterOrEqual, less, lessOrEqual, notEqual, ordered
  case equalOrUnordered, greaterOrUnordered, greaterOrEqualOrUnordered, lessOrUnordered, lessOrEqualOrUnordered, notEqualOrUnordered
  case unordered, always
}

/// The functions of the C library that `function` computes.
public enum PortableFunction: UInt8, CaseIterable, Sendable {
  case exp = 0
  case exp2, expm1, log, log2, log10, log1p, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, erf, erfc, cbrt
  /// `1 / sqrt(x)`.
  case rsqrt
}

/// What `reduce` combines lanes by.
public enum PortableReduction: UInt8, CaseIterable, Sendable {
  /// The sum or product, from the first lane to the last.
  case add = 0
  case multiply
  case and, or, exclusiveOr, minSigned, maxSigned, minUnsigned, maxUnsigned
  /// NaN where a lane is NaN.
  case minimum, maximum
  /// NaN only where all lanes are NaN.
  case minNumber, maxNumber

  /// The types that it applies to.
  public var types: [PortableType] {
    switch self {
    case .add, .multiply: PortableType.integers + PortableType.floats
    case .and, .or, .exclusiveOr: [.i1] + PortableType.integers
    case .minSigned, .maxSigned, .minUnsigned, .maxUnsigned: PortableType.integers
    case .minimum, .maximum, .minNumber, .maxNumber: PortableType.floats
    }
  }
}

/// The parts of memory that an address of portable code may lie in. An address is `region << 48 | offset`, so that adding to it moves inside of a
/// region; an offset that is negative or too large is outside of all.
public enum PortableRegion {
  /// No memory: an address of zero is never valid.
  public static let none = 0
  /// The scratch memory of the workgroup, as large as the kernel's entry says; written.
  public static let scratch = 1
  /// Memory of the workgroup as large as the kernel's code says; written. Zeros at first.
  public static let temporary = 2
  /// The addresses of the bindings, 8 bytes each.
  public static let bindings = 3
  /// The constants of the dispatch, 8 bytes each.
  public static let constants = 4
  /// The words that the kernel's code brings.
  public static let pool = 5
  /// The first binding; binding `i` is `firstBinding + i`. Results are written, the others are not.
  public static let firstBinding = 8

  /// The place of the region's number in an address.
  public static let shift = 48

  /// Returns the address of a byte of a region.
  public static func address(_ region: Int, offset: Int = 0) -> Int64 { Int64(region) << Int64(shift) + Int64(offset) }
}

/// Bits of the variant of `load`, `loadSplat` and `store`.
public enum PortableAccess {
  /// Operand `b` is an index that counts elements.
  public static let indexed: UInt8 = 1
  /// Operand `c` is a mask; rows only.
  public static let masked: UInt8 = 2
}
