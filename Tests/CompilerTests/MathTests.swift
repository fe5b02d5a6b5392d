import Foundation
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
  UnaryCase(name: "expm1", ulp: 2) { Foundation.expm1($0) },
  UnaryCase(name: "log", ulp: 2) { Foundation.log($0) },
  UnaryCase(name: "log2", ulp: 2) { Foundation.log2($0) },
  UnaryCase(name: "log10", ulp: 2) { Foundation.log10($0) },
  UnaryCase(name: "log1p", ulp: 2) { Foundation.log1p($0) },
  UnaryCase(name: "tanh", ulp: 4) { Foundation.tanh($0) },
  UnaryCase(name: "sinh", ulp: 2) { Foundation.sinh($0) },
  UnaryCase(name: "cosh", ulp: 2) { Foundation.cosh($0) },
  UnaryCase(name: "asinh", ulp: 4) { Foundation.asinh($0) },
  UnaryCase(name: "acosh", ulp: 4) { Foundation.acosh($0) },
  UnaryCase(name: "atanh", ulp: 4) { Foundation.atanh($0) },
  UnaryCase(name: "erf", ulp: 5) { Foundation.erf($0) },
  UnaryCase(name: "erfc", ulp: 6) { Foundation.erfc($0) },
  UnaryCase(name: "sin", ulp: 2) { Foundation.sin($0) },
  UnaryCase(name: "cos", ulp: 2) { Foundation.cos($0) },
  UnaryCase(name: "tan", ulp: 4) { Foundation.tan($0) },
  UnaryCase(name: "asin", ulp: 3) { Foundation.asin($0) },
  UnaryCase(name: "acos", ulp: 3) { Foundation.acos($0) },
  UnaryCase(name: "atan", ulp: 3) { Foundation.atan($0) },
  UnaryCase(name: "cbrt", ulp: 0.51) { Foundation.cbrt($0) },
  UnaryCase(name: "rsqrt", ulp: 1.5) { 1 / $0.squareRoot() },
]

private let binaryCases: [BinaryCase] = [
  BinaryCase(name: "powf", ulp: 0.6) { Foundation.pow($0, $1) },
  BinaryCase(name: "atan2", ulp: 4) { Foundation.atan2($0, $1) },
]

/// The numbers at which functions have exact results or change their behaviour.
private let positiveSpecials: [Float] = [
  0, 1, 2, 3, 0.5, 0.25, 1.5, 2.5, 10, 100, 1000, 88.72283, 88.72284, 89, 103.97208, 104, 87.33655, 150, 149, 128, 127, 126, 9.02, 10.05, 10.1, 3.925,
  .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .infinity, 0x1p-30, 0x1p24, 0x1p30, 16_777_215, 8_388_607.5, 3.1415927, 1.5707964,
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
      unaryCases.map { .init(symbol: $0.name, operation: $0.name) } + binaryCases.map { .init(symbol: $0.name, operation: $0.name, right: "f32") })
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
}
