package import TesseraMLIR

/// Emits `math.<name>` as vectorizable arithmetic, or returns `nil` if there is no expansion and the emitter keeps the operation.
///
/// Operands are scalars or vectors of f32; f16 and bf16 are computed in f32 and rounded once; f64 has no expansion yet.
/// Every expansion is lane-wise and free of branches, and gives C's results for zeros, infinities, NaN and denormals.
/// `sqrt`, `floor`, `ceil`, `trunc`, `round`, `roundeven`, `absf`, `copysign`, `fma` and the like are instructions already: `nil`.
/// `math.fpowi` and `math.ipowi` take an integer exponent (see `Power.swift`).
///
/// The errors in the doc comments are the largest over one in 97 of all floats, on a machine with fused multiply-adds, against the
/// C library's doubles. `rsqrt` is an exact root and an exact division: at most 1.5 ulp.
/// Without a fused multiply-add products and sums are rounded apart; errors then grow by at most 2 ulp. Where the machine has instructions for
/// exponents, exponentials take their last step in one.
/// `mayApproximate` allows the errors that an expansion's comment states for it.
package func emitMath(
  _ name: String, _ operands: [Value], _ builder: Builder, _ traits: MachineTraits, mayApproximate: Bool = false
) -> Value? {
  let emitter = LaneEmitter(builder: builder, hasFusedMultiplyAdd: traits.hasFMA, exponents: traits.exponents)
  let lanes = operands.map { Lane(value: $0, emitter: emitter) }
  let name = name.hasPrefix("math.") ? String(name.dropFirst(5)) : name
  guard let first = lanes.first else { return nil }
  if name == "ipowi" { return Lane.integerPower(first, lanes[1])?.value }
  guard first.element.isFloat, let width = first.element.bitWidth, width == 16 || width == 32 else { return nil }

  let context = builder.context
  func widened(_ lane: Lane) -> Lane { width == 32 ? lane : lane.apply("arith.extf", type: lane.type(.f32(context))) }
  let result: Lane?
  let approximation = mayApproximate ? approximations[name] : nil
  if let unary = approximation ?? unaryExpansions[name], lanes.count == 1 {
    result = unary(widened(first))
  } else if let binary = binaryExpansions[name], lanes.count == 2 {
    result = binary(widened(first), widened(lanes[1]))
  } else if name == "fpowi", lanes.count == 2 {
    result = Lane.power(widened(first), integer: lanes[1])
  } else {
    result = nil
  }
  guard let result else { return nil }
  return width == 32 ? result.value : result.apply("arith.truncf", type: first.value.type).value
}

/// The functions of one operand, by the operation's name.
private let unaryExpansions: [String: @Sendable (Lane) -> Lane] = [
  "exp": { $0.exp() }, "exp2": { $0.exp2() }, "expm1": { $0.expm1() },
  "log": { $0.log() }, "log2": { $0.log2() }, "log10": { $0.log10() }, "log1p": { $0.log1p() },
  "tanh": { $0.tanh() }, "sinh": { $0.sinh() }, "cosh": { $0.cosh() },
  "asinh": { $0.asinh() }, "acosh": { $0.acosh() }, "atanh": { $0.atanh() },
  "erf": { $0.erf() }, "erfc": { $0.erfc() },
  "sin": { $0.sin() }, "cos": { $0.cos() }, "tan": { $0.tan() },
  "asin": { $0.asin() }, "acos": { $0.acos() }, "atan": { $0.atan() },
  "cbrt": { $0.cubeRoot() }, "rsqrt": { 1 / $0.squareRoot },
]

/// Cheaper forms of them.
private let approximations: [String: @Sendable (Lane) -> Lane] = ["exp": { $0.approximateExp() }]

/// The functions of two operands, by the operation's name.
private let binaryExpansions: [String: @Sendable (Lane, Lane) -> Lane] = [
  "powf": { Lane.power($0, $1) },
  "atan2": { Lane.atan2($0, $1) },
]
