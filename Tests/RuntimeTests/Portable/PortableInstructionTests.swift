import Foundation
import TesseraModuleFormat
import Testing

/// Each instruction against a plain model of it, on rows and on scalars, with the result apart and in place of an operand.
struct PortableInstructionTests {
  private let bench = PortableBench()

  /// Numbers that are extreme, and some between, in two orders so that pairs differ.
  private static func integers<T: FixedWidthInteger>(_: T.Type, _ step: Int) -> [T] {
    let special: [T] = [0, 1, 2, 3, 7, 15, 100, .max, .max - 1, .min, .min &+ 1, 0 &- 1, 0 &- 2, 0 &- 7]
    return (0..<64).map { $0 % 3 == 2 ? T(truncatingIfNeeded: $0 &* 0x1E37_79B9_7F4A_7C15 >> 7) : special[$0 * step % special.count] }
  }

  private static func floats<T: BinaryFloatingPoint>(_: T.Type, _ step: Int) -> [T] {
    let special: [T] = [
      0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, 8_388_609, -4_194_304.5, 1e9, -3e10, 1e30, .infinity, -.infinity, .nan,
      .leastNonzeroMagnitude, .greatestFiniteMagnitude, 127.9, -128.9, 255.5, 3.25, 70000,
    ]
    return (0..<64).map { $0 % 4 == 3 ? T($0) * 0.37 - 9 : special[$0 * step % special.count] }
  }

  /// Checks an instruction on 64 lanes, and on 5, where those beyond are not stored.
  private func check<R>(
    _ instruction: PortableInstruction, _ inputs: [(PortableType, [UInt8])], _ result: PortableType, _ expected: [R],
    _ isEqual: (R, R) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for lanes in [64, 5] {
      let parts = inputs.map { ($0.0, Array($0.1.prefix(lanes * $0.0.byteCount))) }
      for (form, bytes) in try bench.results(of: instruction, parts, result: result, lanes: lanes).enumerated() {
        let found = bytes.withUnsafeBytes { Array($0.bindMemory(to: R.self)) }
        for lane in 0..<lanes where !isEqual(found[lane], expected[lane]) {
          Issue.record(
            "\(instruction.text), form \(form), lane \(lane): \(found[lane]), not \(expected[lane])", sourceLocation: sourceLocation)
          return
        }
      }
    }
  }

  private func checkIntegers<T: FixedWidthInteger & SignedInteger>(_ type: PortableType, _: T.Type) throws {
    typealias U = T.Magnitude
    func unsigned(_ x: T) -> U { U(truncatingIfNeeded: x) }
    func signed(_ x: U) -> T { T(truncatingIfNeeded: x) }
    let width = T.bitWidth
    let binary: [(PortableOpcode, (T, T) -> T)] = [
      (.add, { $0 &+ $1 }), (.subtract, { $0 &- $1 }), (.multiply, { $0 &* $1 }), (.and, { $0 & $1 }), (.or, { $0 | $1 }),
      (.exclusiveOr, { $0 ^ $1 }), (.minSigned, { Swift.min($0, $1) }), (.maxSigned, { Swift.max($0, $1) }),
      (.minUnsigned, { signed(Swift.min(unsigned($0), unsigned($1))) }), (.maxUnsigned, { signed(Swift.max(unsigned($0), unsigned($1))) }),
      (.divideSigned, { $1 == 0 ? 0 : $1 == -1 ? 0 &- $0 : $0 / $1 }),
      (.divideUnsigned, { $1 == 0 ? 0 : signed(unsigned($0) / unsigned($1)) }),
      (.remainderSigned, { $1 == 0 || $1 == -1 ? 0 : $0 % $1 }),
      (.remainderUnsigned, { $1 == 0 ? 0 : signed(unsigned($0) % unsigned($1)) }),
      (.shiftLeft, { $0 << Int(unsigned($1) % U(width)) }), (.shiftRight, { signed(unsigned($0) >> Int(unsigned($1) % U(width))) }),
      (.shiftRightSigned, { $0 >> Int(unsigned($1) % U(width)) }),
    ]
    let x = Self.integers(T.self, 1), y = Self.integers(T.self, 5)
    for (opcode, model) in binary {
      try check(.init(opcode, type), [(type, bytes(x)), (type, bytes(y))], type, zip(x, y).map { model($0, $1) }, ==)
    }
    let unary: [(PortableOpcode, (T) -> T)] = [
      (.absolute, { $0 < 0 ? 0 &- $0 : $0 }), (.countLeadingZeros, { T(truncatingIfNeeded: $0.leadingZeroBitCount) }),
      (.countTrailingZeros, { T(truncatingIfNeeded: $0.trailingZeroBitCount) }),
      (.countOnes, { T(truncatingIfNeeded: $0.nonzeroBitCount) }),
      (.move, { $0 }),
    ]
    for (opcode, model) in unary { try check(.init(opcode, type), [(type, bytes(x))], type, x.map(model), ==) }
    let predicates: [(PortableIntegerPredicate, (T, T) -> Bool)] = [
      (.equal, { $0 == $1 }), (.notEqual, { $0 != $1 }), (.less, { $0 < $1 }), (.lessOrEqual, { $0 <= $1 }), (.greater, { $0 > $1 }),
      (.greaterOrEqual, { $0 >= $1 }), (.lessUnsigned, { unsigned($0) < unsigned($1) }),
      (.lessOrEqualUnsigned, { unsigned($0) <= unsigned($1) }),
      (.greaterUnsigned, { unsigned($0) > unsigned($1) }), (.greaterOrEqualUnsigned, { unsigned($0) >= unsigned($1) }),
    ]
    for (predicate, model) in predicates {
      let expected: [UInt8] = zip(x, y).map { model($0, $1) ? 1 : 0 }
      try check(
        .init(.compareIntegers, type, variant: predicate.rawValue), [(type, bytes(x)), (type, bytes(y))], .i1, expected, ==)
    }
    let mask = (0..<64).map { UInt8($0 % 5 == 0 ? 0 : 1) }
    try check(
      .init(.select, type), [(.i1, mask), (type, bytes(x)), (type, bytes(y))], type, (0..<64).map { mask[$0] != 0 ? x[$0] : y[$0] }, ==)
    for (opcode, source, isSigned) in [(PortableOpcode.signedToFloat, type, true), (.unsignedToFloat, type, false)] {
      let instruction = PortableInstruction(opcode, .f32, variant: source.rawValue)
      try check(instruction, [(type, bytes(x))], .f32, x.map { isSigned ? Float($0) : Float(unsigned($0)) }, ==)
      let wide = PortableInstruction(opcode, .f64, variant: source.rawValue)
      try check(wide, [(type, bytes(x))], .f64, x.map { isSigned ? Double($0) : Double(unsigned($0)) }, ==)
    }
    func truncated<F: BinaryFloatingPoint>(_ x: F) -> T { x.isNaN ? 0 : T(clamping: Self.whole(x)) }
    func truncatedUnsigned<F: BinaryFloatingPoint>(_ x: F) -> U { x.isNaN ? 0 : U(clamping: Self.whole(x)) }
    let f = Self.floats(Float.self, 1), d = Self.floats(Double.self, 1)
    try check(.init(.floatToSigned, type, variant: PortableType.f32.rawValue), [(.f32, bytes(f))], type, f.map(truncated), ==)
    try check(.init(.floatToSigned, type, variant: PortableType.f64.rawValue), [(.f64, bytes(d))], type, d.map(truncated), ==)
    try check(.init(.floatToUnsigned, type, variant: PortableType.f32.rawValue), [(.f32, bytes(f))], type, f.map(truncatedUnsigned), ==)
    try check(.init(.floatToUnsigned, type, variant: PortableType.f64.rawValue), [(.f64, bytes(d))], type, d.map(truncatedUnsigned), ==)
  }

  /// The integer towards zero, at most as large as two 64-bit integers.
  private static func whole<F: BinaryFloatingPoint>(_ x: F) -> Int128 { x >= 0x1p100 ? 1 << 100 : x <= -0x1p100 ? -1 << 100 : Int128(x) }

  @Test func integers() throws {
    try checkIntegers(.i8, Int8.self)
    try checkIntegers(.i16, Int16.self)
    try checkIntegers(.i32, Int32.self)
    try checkIntegers(.i64, Int64.self)
  }

  /// The bit 1 is -1 where it has a sign.
  @Test func truthValues() throws {
    let x = (0..<64).map { UInt8($0 % 2) }, y = (0..<64).map { UInt8($0 / 2 % 2) }
    for (predicate, model) in [(PortableIntegerPredicate.less, { $0 > $1 }), (.greaterOrEqual, { $0 <= $1 }), (.lessUnsigned, { $0 < $1 })]
      as [(PortableIntegerPredicate, (UInt8, UInt8) -> Bool)]
    {
      let expected: [UInt8] = zip(x, y).map { model($0, $1) ? 1 : 0 }
      try check(.init(.compareIntegers, .i1, variant: predicate.rawValue), [(.i1, x), (.i1, y)], .i1, expected, ==)
    }
    try check(.init(.extendSigned, .i32, variant: PortableType.i1.rawValue), [(.i1, x)], .i32, x.map { -Int32($0) }, ==)
    try check(.init(.extendUnsigned, .i64, variant: PortableType.i1.rawValue), [(.i1, x)], .i64, x.map { Int64($0) }, ==)
    try check(.init(.signedToFloat, .f32, variant: PortableType.i1.rawValue), [(.i1, x)], .f32, x.map { -Float($0) }, ==)
    try check(.init(.narrow, .i1, variant: PortableType.i8.rawValue), [(.i8, (0..<64).map { UInt8($0) })], .i1, x, ==)
  }

  @Test func widths() throws {
    let x = Self.integers(Int16.self, 1), y = Self.integers(Int64.self, 1)
    try check(.init(.extendSigned, .i64, variant: PortableType.i16.rawValue), [(.i16, bytes(x))], .i64, x.map { Int64($0) }, ==)
    try check(
      .init(.extendUnsigned, .i32, variant: PortableType.i16.rawValue), [(.i16, bytes(x))], .i32,
      x.map { UInt32(UInt16(bitPattern: $0)) }, ==)
    try check(
      .init(.narrow, .i8, variant: PortableType.i64.rawValue), [(.i64, bytes(y))], .i8, y.map { Int8(truncatingIfNeeded: $0) }, ==)
    try check(
      .init(.narrow, .i32, variant: PortableType.i64.rawValue), [(.i64, bytes(y))], .i32, y.map { Int32(truncatingIfNeeded: $0) }, ==)
  }

  private func checkFloats<T: BinaryFloatingPoint>(_ type: PortableType, _: T.Type) throws {
    func isEqual(_ a: T, _ b: T) -> Bool { a == b ? a.sign == b.sign : a.isNaN && b.isNaN }
    func minimum(_ x: T, _ y: T) -> T { x.isNaN || y.isNaN ? .nan : x == y ? (x.sign == .minus ? x : y) : Swift.min(x, y) }
    func maximum(_ x: T, _ y: T) -> T { x.isNaN || y.isNaN ? .nan : x == y ? (x.sign == .plus ? x : y) : Swift.max(x, y) }
    let x = Self.floats(T.self, 1), y = Self.floats(T.self, 7), z = Self.floats(T.self, 3)
    let binary: [(PortableOpcode, (T, T) -> T)] = [
      (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }), (.minimum, minimum),
      (.maximum, maximum),
      (.copySign, { T(signOf: $1, magnitudeOf: $0) }), (.remainder, { $0.truncatingRemainder(dividingBy: $1) }),
    ]
    for (opcode, model) in binary {
      try check(.init(opcode, type), [(type, bytes(x)), (type, bytes(y))], type, zip(x, y).map { model($0, $1) }, isEqual)
    }
    func isNumber(_ a: T, _ b: T) -> Bool { a == b || a.isNaN && b.isNaN }
    for (opcode, model) in [(PortableOpcode.minNumber, { T.minimum($0, $1) }), (.maxNumber, { T.maximum($0, $1) })]
      as [(PortableOpcode, (T, T) -> T)]
    {
      try check(.init(opcode, type), [(type, bytes(x)), (type, bytes(y))], type, zip(x, y).map { model($0, $1) }, isNumber)
    }
    let unary: [(PortableOpcode, (T) -> T)] = [
      (.negate, { -$0 }), (.absolute, { $0.magnitude }), (.squareRoot, { $0.squareRoot() }), (.floor, { $0.rounded(.down) }),
      (.ceil, { $0.rounded(.up) }), (.truncate, { $0.rounded(.towardZero) }), (.roundEven, { $0.rounded(.toNearestOrEven) }),
      (.round, { $0.rounded(.toNearestOrAwayFromZero) }),
    ]
    for (opcode, model) in unary { try check(.init(opcode, type), [(type, bytes(x))], type, x.map(model), isEqual) }
    let all = [(type, bytes(x)), (type, bytes(y)), (type, bytes(z))]
    try check(.init(.multiplyAdd, type), all, type, (0..<64).map { x[$0] * y[$0] + z[$0] }, isEqual)
    try check(.init(.multiplyAdd, type, variant: 1), all, type, (0..<64).map { z[$0].addingProduct(x[$0], y[$0]) }, isEqual)
    let predicates: [(PortableFloatPredicate, (T, T) -> Bool)] = [
      (.never, { _, _ in false }), (.equal, { $0 == $1 }), (.greater, { $0 > $1 }), (.greaterOrEqual, { $0 >= $1 }), (.less, { $0 < $1 }),
      (.lessOrEqual, { $0 <= $1 }), (.notEqual, { $0 < $1 || $0 > $1 }), (.ordered, { !$0.isNaN && !$1.isNaN }),
      (.equalOrUnordered, { $0 == $1 || $0.isNaN || $1.isNaN }), (.greaterOrUnordered, { !($0 <= $1) }),
      (.greaterOrEqualOrUnordered, { !($0 < $1) }), (.lessOrUnordered, { !($0 >= $1) }), (.lessOrEqualOrUnordered, { !($0 > $1) }),
      (.notEqualOrUnordered, { $0 != $1 }), (.unordered, { $0.isNaN || $1.isNaN }), (.always, { _, _ in true }),
    ]
    for (predicate, model) in predicates {
      let expected: [UInt8] = zip(x, y).map { model($0, $1) ? 1 : 0 }
      try check(.init(.compareFloats, type, variant: predicate.rawValue), [(type, bytes(x)), (type, bytes(y))], .i1, expected, ==)
    }
  }

  @Test func floats() throws {
    try checkFloats(.f32, Float.self)
    try checkFloats(.f64, Double.self)
  }

  /// The functions of the C library, and those of two numbers.
  @Test func functions() throws {
    let x = (0..<64).map { Double($0) * 0.11 - 3 }
    let models: [(PortableFunction, (Double) -> Double)] = [
      (.exp, exp), (.exp2, exp2), (.expm1, expm1), (.log, log), (.log2, log2), (.log10, log10), (.log1p, log1p), (.sin, sin), (.cos, cos),
      (.tan, tan), (.asin, asin), (.acos, acos), (.atan, atan), (.sinh, sinh), (.cosh, cosh), (.tanh, tanh), (.asinh, asinh),
      (.acosh, acosh),
      (.atanh, atanh), (.erf, erf), (.erfc, erfc), (.cbrt, cbrt), (.rsqrt, { 1 / $0.squareRoot() }),
    ]
    #expect(models.map(\.0) == PortableFunction.allCases)
    for (function, model) in models {
      try check(.init(.function, .f64, variant: function.rawValue), [(.f64, bytes(x))], .f64, x.map(model)) {
        $0 == $1 || $0.isNaN && $1.isNaN
      }
      try check(
        .init(.function, .f32, variant: function.rawValue), [(.f32, bytes(x.map(Float.init)))], .f32,
        x.map { Float(model(Double(Float($0)))) }
      ) {
        abs($0 - $1) <= 4e-6 * max(1, abs($1)) || $0.isNaN && $1.isNaN || $0 == $1
      }
    }
    let y = (0..<64).map { Double($0 % 7) - 2.5 }, both = [(PortableType.f64, bytes(x)), (.f64, bytes(y))]
    try check(.init(.power, .f64), both, .f64, zip(x, y).map { pow($0, $1) }) { $0 == $1 || $0.isNaN && $1.isNaN }
    try check(.init(.arcTangent2, .f64), both, .f64, zip(x, y).map { atan2($0, $1) }, ==)
  }

  /// Half floats: all of them widened, and numbers around each rounded.
  @Test func halfFloats() throws {
    for start in stride(from: 0, to: 65536, by: 64 * 37) {
      let codes = (0..<64).map { UInt16(truncatingIfNeeded: start + $0 * 17) }
      let numbers = codes.map { Float(Float16(bitPattern: $0)) }
      try check(.init(.convertFloat, .f32, variant: PortableType.f16.rawValue), [(.f16, bytes(codes))], .f32, numbers) {
        $0 == $1 ? $0.sign == $1.sign : $0.isNaN && $1.isNaN
      }
      let near = numbers.enumerated().map {
        $0.offset % 3 == 0 ? $0.element.nextUp : $0.offset % 3 == 1 ? $0.element * 1.00048828125 : $0.element
      }
      try check(.init(.convertFloat, .f16, variant: PortableType.f32.rawValue), [(.f32, bytes(near))], .f16, near.map { Float16($0) }) {
        $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
      }
      let wide = near.enumerated().map { Double($0.element) * (1 + Double($0.offset % 5 - 2) * 0x1p-50) }
      try check(.init(.convertFloat, .f16, variant: PortableType.f64.rawValue), [(.f64, bytes(wide))], .f16, wide.map { Float16($0) }) {
        $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
      }
    }
    let x: [Float] = Self.floats(Float.self, 1)
    let rounded = x.map { number -> UInt16 in
      if number.isNaN { return 0 }
      let low = Float(bitPattern: number.bitPattern & 0xFFFF_0000)
      let high = Float(bitPattern: (number.bitPattern & 0xFFFF_0000) &+ 0x1_0000)
      let middle = number.bitPattern & 0xFFFF
      let isUp = middle > 0x8000 || middle == 0x8000 && low.bitPattern >> 16 & 1 == 1
      return UInt16((isUp ? high : low).bitPattern >> 16)
    }
    try check(.init(.convertFloat, .bf16, variant: PortableType.f32.rawValue), [(.f32, bytes(x))], .bf16, rounded) {
      $0 == $1 || $1 == 0 && $0 & 0x7FFF > 0x7F80
    }
    try check(
      .init(.convertFloat, .f32, variant: PortableType.bf16.rawValue), [(.bf16, bytes(rounded))], .f32,
      rounded.map { Float(bitPattern: UInt32($0) << 16) }, ==)
  }
}
