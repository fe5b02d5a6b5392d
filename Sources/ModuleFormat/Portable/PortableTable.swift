/// The instructions of portable code. The verifier, the text form, the device and `docs/Portable.md` read this table.
///
/// No instruction traps: what a processor might refuse (division by zero, a number that does not fit) has a result that the table says.
public enum PortableTable {
  private static let integers = PortableType.integers, floats = PortableType.floats, bits = [PortableType.i1] + PortableType.integers
  private static let all = PortableType.allCases

  /// All instructions, at the index of their opcode.
  public static let rows: [PortableDescription] =
    values + shared + integerRows + floatRows + conditions + conversions + wholeRows + memory + control

  private static let values: [PortableDescription] = [
    row(.constant, .both, all, d: written, immediate: .number, "The low bits of the immediate, sign-extended, in every lane."),
    row(.wideConstant, .both, all, d: written, immediate: .poolWord, "The low bits of a word of the pool, in every lane."),
    row(
      .address, .scalar, [.i64], d: written, a: PortableOperand(.number(limit: 1 << 15), "region"), immediate: .number,
      "The address of a byte of a region."),
    row(
      .workgroup, .scalar, [.i64], d: written, variant: .number(0...1),
      "The number of the workgroup, or with variant 1 how many there are."),
    row(.move, .both, all, d: written, a: value("value"), "The value. Bits of one type are those of another of its size."),
    row(.broadcast, .row, all, d: written, a: scalar("value"), "The scalar in every lane."),
    row(.laneNumbers, .row, integers, d: written, "0, 1, 2, ... in the lanes."),
    row(.prefixMask, .row, [.i1], d: written, a: scalar("count"), "1 in the lanes below the count, an `i64`."),
    row(.extract, .row, all, d: scalarWritten, a: rowOperand("row"), variant: .number(0...63), "The lane that the variant names."),
    row(
      .extractAt, .row, all, d: scalarWritten, a: rowOperand("row"), b: scalar("lane"),
      "The lane with the number, an `i64` of which the low six bits count."),
    row(.insert, .row, all, d: updated, a: scalar("value"), variant: .number(0...63), "Sets the lane that the variant names."),
    row(
      .insertAt, .row, all, d: updated, a: scalar("value"), b: scalar("lane"),
      "Sets the lane with the number, an `i64` of which the low six bits count."),
    row(
      .shuffle, .row, all, d: written, a: rowOperand("first"), b: rowOperand("second"), immediate: .poolLanes,
      "In each lane the lane that a byte of the pool names: 0...63 of the first row, 64...127 of the second."),
  ]

  private static let shared: [PortableDescription] = [
    binary(.add, integers + floats, "The sum; integers wrap around."),
    binary(.subtract, integers + floats, "The difference; integers wrap around."),
    binary(.multiply, integers + floats, "The product; integers wrap around."),
  ]

  private static let integerRows: [PortableDescription] = [
    binary(.divideSigned, integers, "The quotient towards zero; 0 where the divisor is; the least number divided by -1 is itself."),
    binary(.divideUnsigned, integers, "The quotient of unsigned numbers; 0 where the divisor is."),
    binary(.remainderSigned, integers, "The remainder, with the sign of the dividend; 0 where the divisor is."),
    binary(.remainderUnsigned, integers, "The remainder of unsigned numbers; 0 where the divisor is."),
    binary(.and, bits, "Conjunction of bits."),
    binary(.or, bits, "Disjunction of bits."),
    binary(.exclusiveOr, bits, "Difference of bits."),
    binary(.shiftLeft, integers, "Shifts by the low bits of the second, as many as a shift below the width has."),
    binary(.shiftRight, integers, "Shifts likewise, with zeros from above."),
    binary(.shiftRightSigned, integers, "Shifts likewise, with the sign from above."),
    binary(.minSigned, integers, "The smaller number."),
    binary(.maxSigned, integers, "The larger number."),
    binary(.minUnsigned, integers, "The smaller unsigned number."),
    binary(.maxUnsigned, integers, "The larger unsigned number."),
    unary(.countLeadingZeros, integers, "The zeros above the highest bit that is set."),
    unary(.countTrailingZeros, integers, "The zeros below the lowest bit that is set."),
    unary(.countOnes, integers, "The bits that are set."),
  ]

  private static let floatRows: [PortableDescription] = [
    binary(.divide, floats, "The quotient."),
    binary(.remainder, floats, "The remainder of a division towards zero, as C's `fmod`."),
    binary(.minimum, floats, "The smaller number; NaN where one is NaN; -0 is less than 0."),
    binary(.maximum, floats, "The larger number likewise."),
    binary(.minNumber, floats, "The smaller number; the other one where one is NaN."),
    binary(.maxNumber, floats, "The larger number likewise."),
    binary(.copySign, floats, "The first with the sign of the second."),
    binary(.power, floats, "The first to the power of the second, as C's `pow`."),
    binary(.arcTangent2, floats, "As C's `atan2`."),
    unary(.negate, floats, "The number with the other sign."),
    unary(.absolute, integers + floats, "The magnitude; the least integer is its own."),
    unary(.floor, floats, "The next integer below."),
    unary(.ceil, floats, "The next integer above."),
    unary(.round, floats, "The nearest integer, halves away from zero."),
    unary(.roundEven, floats, "The nearest integer, halves to even."),
    unary(.truncate, floats, "The next integer towards zero."),
    unary(.squareRoot, floats, "The square root."),
    row(.function, .both, floats, d: written, a: value("x"), variant: .function, "A function, as the C library computes it."),
    row(
      .multiplyAdd, .both, floats, d: written, a: value("a"), b: value("b"), c: value("c"), variant: .number(0...1),
      "`a * b + c`, the product rounded, or with variant 1 only the sum."),
  ]

  private static let conditions: [PortableDescription] = [
    row(.compareIntegers, .both, bits, d: written, a: value("a"), b: value("b"), variant: .integerPredicate, "An `i1` for each lane."),
    row(.compareFloats, .both, floats, d: written, a: value("a"), b: value("b"), variant: .floatPredicate, "An `i1` for each lane."),
    row(
      .select, .both, all, d: written, a: value("condition"), b: value("then"), c: value("else"),
      "The second operand where the first, an `i1`, is not 0, else the third."),
  ]

  private static let conversions: [PortableDescription] = [
    convert(.extendSigned, integers, from: [.i1, .i8, .i16, .i32], "A wider integer with the sign."),
    convert(.extendUnsigned, integers, from: [.i1, .i8, .i16, .i32], "A wider integer with zeros above."),
    convert(.narrow, [.i1, .i8, .i16, .i32], from: [.i8, .i16, .i32, .i64], "The low bits."),
    convert(
      .convertFloat, [.f16, .bf16, .f32, .f64], from: [.f16, .bf16, .f32, .f64],
      "The nearest float of another type, halves to even; from `f16` and `bf16` to `f32` and `f64` only."),
    convert(.signedToFloat, floats, from: bits, "The nearest float."),
    convert(.unsignedToFloat, floats, from: bits, "The nearest float of an unsigned number."),
    convert(.floatToSigned, integers, from: floats, "The integer towards zero, the nearest one that the type has; 0 for NaN."),
    convert(.floatToUnsigned, integers, from: floats, "The unsigned integer likewise."),
  ]

  private static let wholeRows: [PortableDescription] = [
    row(
      .reduce, .row, bits + floats, d: scalarWritten, a: rowOperand("row"), variant: .reduction,
      "All lanes combined, from the first to the last.")
  ]

  private static let memory: [PortableDescription] = [
    row(
      .load, .both, all, d: updated, a: scalar("address"), b: scalar("index", flag: PortableAccess.indexed),
      c: rowOperand("mask", flag: PortableAccess.masked), variant: .flags(3), immediate: .number,
      "Loads neighbours from `address + index * size + immediate`. With a mask, only its lanes are touched; the others of `d` stay."),
    row(
      .loadSplat, .row, all, d: written, a: scalar("address"), b: scalar("index", flag: PortableAccess.indexed), variant: .flags(1),
      immediate: .number, "Loads one element into every lane."),
    row(
      .store, .both, all, d: value("value"), a: scalar("address"), b: scalar("index", flag: PortableAccess.indexed),
      c: rowOperand("mask", flag: PortableAccess.masked), variant: .flags(3), immediate: .number,
      "Stores neighbours likewise."),
    row(
      .gather, .row, all, d: updated, a: scalar("address"), b: rowOperand("offsets"),
      c: rowOperand("mask", flag: PortableAccess.masked), variant: .flags(PortableAccess.masked), immediate: .number,
      "Loads an element from `address + offset * immediate` for each lane; offsets are `i64`. With a mask, only its lanes; the others of `d` stay."
    ),
    row(
      .scatter, .row, all, d: rowOperand("value"), a: scalar("address"), b: rowOperand("offsets"),
      c: rowOperand("mask", flag: PortableAccess.masked), variant: .flags(PortableAccess.masked), immediate: .number,
      "Stores the elements likewise, in the order of the lanes."),
    row(
      .copy, .scalar, [.i64], a: scalar("to"), b: scalar("from"), c: scalar("byteCount"),
      "Copies bytes; the ranges may overlap. A count of 0 or less copies nothing."),
    row(
      .contract, .row, [.i32, .f32, .f64], d: PortableOperand(.row, "sums", .updated), a: scalar("a"), b: scalar("b"),
      c: PortableOperand(.scalar, "steps", count: 4), variant: .number(1...16), immediate: .contractedTypes,
      "`sums[m] += a[m, k] * b[k, lanes]` for `variant` rows `m` from `d` on, and all `k` in order. Four scalars, from `c` on: the number of `k`, "
        + "the bytes from one `m` to the next and from one `k` to the next in `a`, and from one `k` to the next in `b`. Products of floats are rounded."
    ),
  ]

  private static let control: [PortableDescription] = [
    row(.branch, .scalar, [.i64], immediate: .target, "Goes on at the instruction."),
    row(.branchIf, .scalar, [.i1], a: scalar("condition"), immediate: .target, "Goes on at the instruction if the condition is not 0."),
    row(.branchUnless, .scalar, [.i1], a: scalar("condition"), immediate: .target, "Goes on at the instruction if the condition is 0."),
    row(
      .branchCompare, .scalar, integers, a: scalar("a"), b: scalar("b"), variant: .integerPredicate, immediate: .target,
      "Goes on at the instruction if the relation holds."),
    row(
      .loop, .scalar, integers, d: PortableOperand(.scalar, "counter", .updated), a: scalar("limit"), b: scalar("step"),
      immediate: .target, "Adds the step to the counter, and goes on at the instruction if that is less than the limit, all signed."),
    row(.finish, .scalar, [.i32], immediate: .number, "Ends the workgroup with a status; 0 is success."),
    row(.finishWith, .scalar, [.i32], a: scalar("status"), "Ends the workgroup with the status in a register."),
  ]

  // MARK: rows of the table

  private static let written = PortableOperand(.value, "to", .written)
  private static let updated = PortableOperand(.value, "to", .updated)
  private static let scalarWritten = PortableOperand(.scalar, "to", .written)
  private static func value(_ name: String) -> PortableOperand { PortableOperand(.value, name) }
  private static func scalar(_ name: String, flag: UInt8 = 0) -> PortableOperand { PortableOperand(.scalar, name, flag: flag) }
  private static func rowOperand(_ name: String, flag: UInt8 = 0) -> PortableOperand { PortableOperand(.row, name, flag: flag) }

  private static func row(
    _ opcode: PortableOpcode, _ form: PortableForm, _ types: [PortableType], d: PortableOperand = .unused,
    a: PortableOperand = .unused, b: PortableOperand = .unused, c: PortableOperand = .unused, variant: PortableVariant = .unused,
    immediate: PortableImmediate = .unused, _ summary: String
  ) -> PortableDescription {
    PortableDescription(
      opcode: opcode, form: form, types: types, operands: [d, a, b, c], variant: variant, immediate: immediate, summary: summary)
  }

  private static func binary(_ opcode: PortableOpcode, _ types: [PortableType], _ summary: String) -> PortableDescription {
    row(opcode, .both, types, d: written, a: value("a"), b: value("b"), summary)
  }

  private static func unary(_ opcode: PortableOpcode, _ types: [PortableType], _ summary: String) -> PortableDescription {
    row(opcode, .both, types, d: written, a: value("a"), summary)
  }

  private static func convert(
    _ opcode: PortableOpcode, _ types: [PortableType], from: [PortableType], _ summary: String
  ) -> PortableDescription {
    row(opcode, .both, types, d: written, a: value("a"), variant: .source(from), summary)
  }
}
