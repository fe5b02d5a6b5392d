/// The number of an instruction of portable code.
public enum PortableOpcode: UInt8, CaseIterable, Sendable {
  // Values.
  case constant = 0
  case wideConstant, address, workgroup, move, broadcast, laneNumbers, prefixMask, extract, extractAt, insert, insertAt, shuffle
  // Integers and floats.
  case add, subtract, multiply
  // Integers.
  case divideSigned, divideUnsigned, remainderSigned, remainderUnsigned, and, or, exclusiveOr, shiftLeft, shiftRight, shiftRightSigned
  case minSigned, maxSigned, minUnsigned, maxUnsigned, countLeadingZeros, countTrailingZeros, countOnes
  // Floats.
  case divide, remainder, minimum, maximum, minNumber, maxNumber, copySign, power, arcTangent2
  case negate, absolute, floor, ceil, round, roundEven, truncate, squareRoot, function, multiplyAdd
  // Conditions.
  case compareIntegers, compareFloats, select
  // Conversions.
  case extendSigned, extendUnsigned, narrow, convertFloat, signedToFloat, unsignedToFloat, floatToSigned, floatToUnsigned
  // Rows as wholes.
  case reduce
  // Memory.
  case load, loadSplat, store, gather, scatter, copy, contract
  // Control.
  case branch, branchIf, branchUnless, branchCompare, loop, finish, finishWith

  /// The row of the instruction table.
  public var row: PortableDescription { PortableTable.rows[Int(rawValue)] }
}

/// What an operand of an instruction is.
public struct PortableOperand: Sendable {
  /// The kinds of operands.
  public enum Kind: Hashable, Sendable {
    /// None; the field is 0.
    case unused
    /// A scalar register, a row register, or the one or the other as the instruction's form is.
    case scalar, row, value
    /// A number below the limit.
    case number(limit: Int)
  }

  /// How an instruction uses a register.
  public enum Use: Sendable { case read, written, updated }

  /// The kind.
  public let kind: Kind
  /// The use.
  public let use: Use
  /// The name in the documentation.
  public let name: String
  /// The bit of the variant without which the operand is not used; 0 where it always is.
  public let flag: UInt8
  /// The registers that follow one another, from the one named.
  public let count: Int

  init(_ kind: Kind, _ name: String, _ use: Use = .read, flag: UInt8 = 0, count: Int = 1) {
    (self.kind, self.name, self.use, self.flag, self.count) = (kind, name, use, flag, count)
  }

  /// No operand.
  static let unused = PortableOperand(.unused, "")

  /// `true` iff an instruction has the operand.
  public func isUsed(by instruction: PortableInstruction) -> Bool {
    kind != .unused && (flag == 0 || instruction.variant & flag != 0)
  }
}

/// What the immediate of an instruction is.
public enum PortableImmediate: Hashable, Sendable {
  case unused, number
  /// An instruction of the kernel.
  case target
  /// A word of the pool.
  case poolWord
  /// Eight words of the pool: a byte for each lane.
  case poolLanes
  /// The types of the two operands of `contract`, a byte each.
  case contractedTypes
}

/// What the variant of an instruction is.
public enum PortableVariant: Hashable, Sendable {
  case unused
  /// A number in a range.
  case number(ClosedRange<UInt8>)
  /// Any of some bits.
  case flags(UInt8)
  /// A type to convert from.
  case source([PortableType])
  case integerPredicate, floatPredicate, function, reduction

  /// The names of the variants, where they have some.
  var names: [String] {
    switch self {
    case .integerPredicate: PortableIntegerPredicate.allCases.map { "\($0)" }
    case .floatPredicate: PortableFloatPredicate.allCases.map { "\($0)" }
    case .function: PortableFunction.allCases.map { "\($0)" }
    case .reduction: PortableReduction.allCases.map { "\($0)" }
    case .source: PortableType.allCases.map(\.name)
    case .unused, .number, .flags: []
    }
  }

  /// The name of a variant; `nil` where it has none.
  func name(of variant: UInt8) -> String? {
    switch self {
    case .unused: nil
    case .number, .flags: "\(variant)"
    default: names.indices.contains(Int(variant)) ? names[Int(variant)] : "\(variant)"
    }
  }

  /// `true` iff a variant is one of them.
  func contains(_ variant: UInt8) -> Bool {
    switch self {
    case .unused: variant == 0
    case .number(let range): range.contains(variant)
    case .flags(let bits): variant & ~bits == 0
    case .source(let types): types.contains { $0.rawValue == variant }
    default: Int(variant) < names.count
    }
  }
}

/// The forms of an instruction.
public enum PortableForm: Sendable {
  /// On scalars, on rows, on either.
  case scalar, row, both
}

/// A row of the table of portable instructions.
public struct PortableDescription: Sendable {
  /// The opcode.
  public let opcode: PortableOpcode
  /// The forms.
  public let form: PortableForm
  /// The types.
  public let types: [PortableType]
  /// The operands `d`, `a`, `b` and `c`.
  public let operands: [PortableOperand]
  /// The variant.
  public let variant: PortableVariant
  /// The immediate.
  public let immediate: PortableImmediate
  /// The effect.
  public let summary: String

  /// The name in the text form and in the documentation.
  public var name: String { "\(opcode)" }
}
