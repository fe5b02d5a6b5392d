import Foundation
import TesseraTargetCPU
import TesseraVectorKernels
import Testing

/// A function of one operand: its reference in double, the error allowed in ulp, the range over which that holds.
struct UnaryCase: CustomTestStringConvertible, Sendable {
  var name: String
  var ulp: Double
  var range: ClosedRange<Float> = -Float.infinity...Float.infinity
  var reference: @Sendable (Double) -> Double
  var testDescription: String { name }
}

/// A function of two operands.
struct BinaryCase: CustomTestStringConvertible, Sendable {
  var name: String
  var ulp: Double
  var reference: @Sendable (Double, Double) -> Double
  var testDescription: String { name }
}

private let unaryCases: [UnaryCase] = [
  UnaryCase(name: "exp", ulp: 1) { Foundation.exp($0) },
  UnaryCase(name: "exp2", ulp: 1) { Foundation.exp2($0) },
  UnaryCase(name: "expm1", ulp: 1.5) { Foundation.expm1($0) },
  UnaryCase(name: "log", ulp: 1) { Foundation.log($0) },
  UnaryCase(name: "log2", ulp: 1.1) { Foundation.log2($0) },
  UnaryCase(name: "log10", ulp: 1.1) { Foundation.log10($0) },
  UnaryCase(name: "log1p", ulp: 1.5) { Foundation.log1p($0) },
  UnaryCase(name: "tanh", ulp: 1.75) { Foundation.tanh($0) },
  UnaryCase(name: "sinh", ulp: 1.75) { Foundation.sinh($0) },
  UnaryCase(name: "cosh", ulp: 1.5) { Foundation.cosh($0) },
  UnaryCase(name: "asinh", ulp: 2) { Foundation.asinh($0) },
  UnaryCase(name: "acosh", ulp: 2.25) { Foundation.acosh($0) },
  UnaryCase(name: "atanh", ulp: 2.25) { Foundation.atanh($0) },
  UnaryCase(name: "erf", ulp: 1.25) { Foundation.erf($0) },
  UnaryCase(name: "erfc", ulp: 5) { Foundation.erfc($0) },
  UnaryCase(name: "sin", ulp: 1.75) { Foundation.sin($0) },
  UnaryCase(name: "cos", ulp: 1.75) { Foundation.cos($0) },
  UnaryCase(name: "tan", ulp: 4) { Foundation.tan($0) },
  UnaryCase(name: "asin", ulp: 2.5) { Foundation.asin($0) },
  UnaryCase(name: "acos", ulp: 1.5) { Foundation.acos($0) },
  UnaryCase(name: "atan", ulp: 2) { Foundation.atan($0) },
  UnaryCase(name: "cbrt", ulp: 0.51) { Foundation.cbrt($0) },
  UnaryCase(name: "rsqrt", ulp: 1.5) { 1 / $0.squareRoot() },
]

private let binaryCases: [BinaryCase] = [
  BinaryCase(name: "powf", ulp: 0.6) { Foundation.pow($0, $1) },
  BinaryCase(name: "atan2", ulp: 3) { Foundation.atan2($0, $1) },
]

/// The numbers at which functions have exact results or change their behaviour.
private let positiveSpecials: [Float] = [
  0, 1, 2, 3, 0.5, 0.25, 1.5, 2.5, 10, 100, 1000, 88.72283, 88.72284, 89, 103.97208, 104, 87.33655, 150, 149, 128, 127, 126, 9.02, 10.05,
  10.1, 3.925,
  .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .infinity, 0x1p-30, 0x1p24, 0x1p30, 16_777_215, 8_388_607.5,
  3.1415927, 1.5707964,
  0x1.f37e5ep+95,  // 16367173 * 2^72: the f32 nearest to a multiple of pi/2
  0.99999994, 1.0000001, 0.41421357, 0.70710677, 0.70710684, 1.4142135, 1.4142137,
]

/// The same with both signs, and NaN.
private let specials: [Float] = positiveSpecials + positiveSpecials.map { -$0 } + [Float.nan]

/// The error of `y` in units of the last place of the right result; 0 for the same special value, infinite for a different one.
func ulpError(_ y: Float, _ reference: Double) -> Double {
  let rounded = Float(reference)
  if rounded.isNaN || y.isNaN { return rounded.isNaN && y.isNaN ? 0 : .infinity }
  if rounded.isInfinite || y.isInfinite { return rounded == y ? 0 : abs(reference) > 3.4028234e38 && abs(y) > 3.4028233e38 ? 1 : .infinity }
  if rounded == 0 && y == 0 { return rounded.sign == y.sign || reference != 0 ? 0 : .infinity }
  let exponent = max(reference.exponent, -126)
  return abs(Double(y) - reference) / Foundation.scalbn(1, exponent - 23)
}

@Suite struct MathTests {
  /// Floats of all magnitudes and both signs (one in 8,191 of all), and the specials.
  static let samples: [Float] = stride(from: UInt32(0), to: UInt32.max - 8191, by: 8191).map(Float.init(bitPattern:)) + specials

  static func kernels() throws -> MathKernels {
    try MathKernels(
      unaryCases.map { .init(symbol: $0.name, operation: $0.name) }
        + binaryCases.map { .init(symbol: $0.name, operation: $0.name, right: "f32") })
  }

  /// Fails where one of `samples` is further from the reference than allowed.
  private func check(_ test: UnaryCase, _ outputs: [Float], ulp: Double) {
    var worst = 0.0, place = Float.nan
    for (x, y) in zip(Self.samples, outputs) {
      let error = ulpError(y, test.reference(Double(x)))
      if error > worst { (worst, place) = (error, x) }
    }
    #expect(worst <= ulp, "\(test.name)(\(place)): \(worst) ulp")
  }

  @Test func unaryFunctions() throws {
    let kernels = try Self.kernels()
    for test in unaryCases { check(test, kernels.run(test.name, Self.samples, [Float]()), ulp: test.ulp) }
  }

  @Test func binaryFunctions() throws {
    let kernels = try Self.kernels()
    var a: [Float] = [], b: [Float] = []
    for x in specials { for y in specials + [5, -5, 7, 0.3333, 1e10, -1e10, 16_777_216] { (a, b) = (a + [x], b + [y]) } }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<100_000 {
      a.append(Float(bitPattern: generator.next()))
      b.append(Bool.random() ? Float(bitPattern: generator.next()) : Float.random(in: -20...20))
    }
    for test in binaryCases {
      var worst = 0.0, place = ""
      for (i, y) in kernels.run(test.name, a, b).enumerated() {
        let error = ulpError(y, test.reference(Double(a[i]), Double(b[i])))
        if error > worst { (worst, place) = (error, "\(a[i]), \(b[i]) -> \(y)") }
      }
      #expect(worst <= test.ulp, "\(test.name)(\(place)): \(worst) ulp")
    }
  }

  /// Scalars, vectors of an odd size, and machines without a fused multiply-add go the same way; the last one errs by a little more.
  @Test func otherShapes() throws {
    let kernels = try MathKernels(
      unaryCases.flatMap {
        [
          .init(symbol: $0.name + "_1", operation: $0.name, lanes: 1), .init(symbol: $0.name + "_4", operation: $0.name, lanes: 4),
          .init(symbol: $0.name + "_unfused", operation: $0.name, hasFusedMultiplyAdd: false),
        ]
      })
    let samples = Array(Self.samples.suffix(4000))
    for test in unaryCases {
      let vector = kernels.run(test.name + "_4", samples, [Float]()), scalar = kernels.run(test.name + "_1", samples, [Float]())
      #expect(zip(vector, scalar).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(test.name)")
      check(test, kernels.run(test.name + "_unfused", Self.samples, [Float]()), ulp: test.ulp + 2)
    }
  }

  /// What a softmax is made of: a relative error that grows with the argument, and the special values of `exp`.
  @Test func approximateExponential() throws {
    var kernels: [MathKernels.Kernel] = [
      .init(symbol: "fused", operation: "exp", mayApproximate: true),
      .init(symbol: "unfused", operation: "exp", hasFusedMultiplyAdd: false, mayApproximate: true),
      .init(symbol: "scalar", operation: "exp", lanes: 1, mayApproximate: true),
    ]
    if CPUTarget.thisMachine.vectorUnit.scalesExponents {
      kernels.append(.init(symbol: "direct", operation: "exp", scalesExponents: true, mayApproximate: true))
    }
    let compiled = try MathKernels(kernels)
    let samples = Self.samples + (0..<20_000).map { _ in Float.random(in: -105...0) }
    for kernel in kernels {
      for (x, y) in zip(samples, compiled.run(kernel.symbol, samples, [Float]())) {
        let right = Foundation.exp(Double(x))
        let error = abs(Double(y) - right), bound = (4 + 1.3 * abs(Double(x))) * 0x1p-24 * right + 0x1p-149
        let isRight =
          right.isNaN
          ? y.isNaN : right > 3.402e38 ? y > 3.402e38 : right == 0 ? y == 0 : error <= bound && (x > 0 || error <= 3 * 0x1p-24)
        #expect(isRight, "\(kernel.symbol): exp(\(x)) = \(y)")
      }
    }
  }

  /// The one instruction of AVX-512 for the last step gives the same as the steps that it replaces.
  @Test(.enabled(if: CPUTarget.thisMachine.vectorUnit.scalesExponents)) func scaledExponents() throws {
    let tests = unaryCases.filter { ["exp", "exp2", "sinh", "cosh", "erfc"].contains($0.name) }
    let kernels = try MathKernels(tests.map { .init(symbol: $0.name, operation: $0.name, scalesExponents: true) })
    for test in tests { check(test, kernels.run(test.name, Self.samples, [Float]()), ulp: test.ulp) }
  }

  /// f16 is computed in f32 and rounded once more: within one unit of its own last place.
  @Test func halfPrecision() throws {
    let kernels = try MathKernels(["exp", "tanh", "log"].map { .init(symbol: $0, operation: $0, left: "f16") })
    let samples = (UInt16(0)..<UInt16.max).map(Float16.init(bitPattern:))
    for (name, reference) in [("exp", { Foundation.exp($0) }), ("tanh", { Foundation.tanh($0) }), ("log", { Foundation.log($0) })]
      as [(String, (Double) -> Double)]
    {
      for (x, y) in zip(samples, kernels.run(name, samples, [Float16]())) {
        let right = Float16(reference(Double(x)))
        #expect(right == y || right.isNaN && y.isNaN || right.nextUp == y || right.nextDown == y, "\(name)(\(x)) = \(y)")
      }
    }
  }

  /// No target gets a call of a library function: neither one without a fused multiply-add nor another architecture.
  @Test(arguments: [["-mcpu=x86-64-v2"], ["-mtriple=aarch64-linux-gnu"]])
  func noCalls(target: [String]) throws {
    let fused = target != ["-mcpu=x86-64-v2"]
    let kernels: [MathKernels.Kernel] =
      unaryCases.map { .init(symbol: $0.name, operation: $0.name, hasFusedMultiplyAdd: fused) }
      + binaryCases.map { .init(symbol: $0.name, operation: $0.name, right: "f32", hasFusedMultiplyAdd: fused) }
    #expect(try MathKernels.undefinedSymbols(kernels, target) == [])
  }

  /// Powers with a constant exponent, expanded to products and roots or not, agree with C's.
  @Test func constantExponents() throws {
    let exponents: [Float] = [0, 1, 2, 3, 4, -1, 0.5, -0.5, 1.5, -2, 7]
    let kernels = try MathKernels(
      exponents.indices.map { .init(symbol: "p\($0)", operation: "powf", right: "f32", constant: "dense<\(exponents[$0])>") })
    for (i, n) in exponents.enumerated() {
      check(UnaryCase(name: "pow \(n)", ulp: 2) { Foundation.pow($0, Double(n)) }, kernels.run("p\(i)", Self.samples, [Float]()), ulp: 2)
    }
  }

  @Test func integerExponents() throws {
    let kernels = try MathKernels([
      .init(symbol: "fpowi", operation: "fpowi", right: "i32"),
      .init(symbol: "cube", operation: "fpowi", right: "i32", constant: "dense<3>"),
      .init(symbol: "inverse", operation: "fpowi", right: "i32", constant: "dense<-2>"),
      .init(symbol: "ipowi", operation: "ipowi", left: "i32", right: "i32"),
      .init(symbol: "isquare", operation: "ipowi", left: "i32", right: "i32", constant: "dense<2>"),
    ])
    let bases: [Float] = [0, -0.0, 1, -1, 2, -2, 0.5, 3.7, -3.7, .infinity, -.infinity, .nan]
    let exponents: [Int32] = [0, 1, -1, 2, -2, 3, 31, -31, 100, 16_777_217, .min, .max]
    let pairs = bases.flatMap { x in exponents.map { (x, $0) } }
    for (i, y) in kernels.run("fpowi", pairs.map(\.0), pairs.map(\.1)).enumerated() {
      let error = ulpError(y, Foundation.pow(Double(pairs[i].0), Double(pairs[i].1)))
      #expect(error <= 0.6, "\(pairs[i]) -> \(y)")
    }
    #expect(kernels.run("cube", [2, -3, 0.5] as [Float], [Int32]()) == [8, -27, 0.125])
    #expect(kernels.run("inverse", [2, -4, 0.5] as [Float], [Int32]()) == [0.25, 0.0625, 4])

    let integers: [(Int32, Int32)] = [(2, 10), (-3, 3), (7, 0), (0, 0), (1, -5), (-1, -5), (-1, -4), (2, -1), (3, 31), (5, .max)]
    let powers = kernels.run("ipowi", integers.map(\.0), integers.map(\.1))
    for ((x, n), y) in zip(integers, powers) {
      var right: Int32 = n < 0 ? (x == 1 ? 1 : x == -1 ? (n & 1 == 0 ? 1 : -1) : 0) : 1
      var square = x, bits = max(n, 0)
      while bits > 0 {
        if bits & 1 == 1 { right = right &* square }
        (square, bits) = (square &* square, bits >> 1)
      }
      #expect(y == right, "\(x)^\(n)")
    }
    #expect(kernels.run("isquare", [3, -4] as [Int32], [Int32]()) == [9, 16])
  }
}
