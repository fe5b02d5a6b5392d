import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Random numbers by counter: element i of a node is a function of the node's seed and i (splitmix64), so that they do not depend on how the
// work is divided. They are not the numbers of other implementations; ONNX states none. A node without a seed gets one from its name, so that
// every run of a module gives the same numbers.

extension Node {
  /// The seed as 64 bits: the attribute, or the FNV-1a hash of the name.
  fileprivate var seed: Int {
    if hasAttribute("seed") { return Int(bitPattern: UInt(float("seed", default: 0).bitPattern)) }
    return Int(bitPattern: UInt(label.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }))
  }

  /// A tensor whose elements `body` makes of numbers that are uniform in 0 ..< 1; `body` gets a source of independent ones.
  fileprivate func random(_ shape: [IndexExpression], _ type: ElementType, _ body: (Scalars, [Value], (Int) -> Value) -> Value)
    -> GraphTensor
  {
    let sizes = shape.map(graph.index)
    let wide: ElementType = type == .f64 ? .f64 : .f32
    return graph.generate(shape, type) { b, position in
      let number = zip(position, sizes).reduce(b.index(0)) { b.plus(b.times($0, $1.1), $1.0) }
      let s = Scalars(b, wide)
      let value = body(s, position) { stream in s.uniform(b.i64(number), seed: seed &+ stream &* 0x632b_e59b_d9b4_e019) }
      return Scalars(b, type).convert(value, from: wide)
    }
  }

  /// The element type that `dtype` names; else `given`.
  fileprivate func randomType(_ given: ElementType) throws(Diagnostic) -> ElementType {
    guard let number = integer("dtype") else { return given }
    guard let type = ElementType(numeric: Int64(number)) else {
      throw .unsupportedAttribute(self, "dtype", ElementType.onnxName(Int64(number)), supported: "floats, integers, bool")
    }
    return type
  }
}

extension Scalars {
  /// The float in 0 ..< 1 of the 24 high bits of splitmix64 for `counter`.
  fileprivate func uniform(_ counter: Value, seed: Int) -> Value {
    let b = builder
    func mixed(_ x: Value, _ shift: Int) -> Value { b.binary("arith.xori", x, b.binary("arith.shrui", x, b.constant64(shift))) }
    func times(_ x: Value, _ factor: UInt64) -> Value { b.times(x, b.constant64(Int(bitPattern: UInt(factor)))) }
    var bits = b.plus(times(counter, 0x9e37_79b9_7f4a_7c15), b.constant64(seed))
    bits = times(mixed(bits, 30), 0xbf58_476d_1ce4_e5b9)
    bits = mixed(times(mixed(bits, 27), 0x94d0_49bb_1331_11eb), 31)
    let high = b.binary("arith.shrui", bits, b.constant64(40))
    return multiply(convert(high, from: .i64), constant(0x1p-24))
  }

  /// A number of the standard normal distribution, by Box and Muller's formula.
  fileprivate func normal(_ uniform: (Int) -> Value) -> Value {
    let first = subtract(constant(1), uniform(0))  // above 0
    let radius = call("math.sqrt", multiply(constant(-2), call("math.log", first)))
    return multiply(radius, call("math.cos", multiply(constant(2 * .pi), uniform(1))))
  }
}

/// `RandomNormal`, `RandomUniform`, and the forms that take the shape of an input.
func randomNumbers(normal: Bool, like: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let shape: [IndexExpression]
    if like { shape = try node.input(0).shape } else { shape = (node.integers("shape") ?? []).map { IndexExpression($0) } }
    guard shape.allSatisfy({ ($0.known ?? 0) >= 0 }) else { throw .impossibleShape(node, "\(shape.map { $0.known ?? -1 })") }
    let type = try node.randomType(like ? node.input(0).elementType : .f32)
    guard type.isFloat else { throw .unsupportedForm(node, "makes numbers of type \(type.name)") }
    let mean = node.float("mean", default: 0), scale = node.float("scale", default: 1)
    let low = node.float("low", default: 0), high = node.float("high", default: 1)
    return [
      node.random(shape, type) { s, _, uniform in
        normal
          ? s.add(s.constant(mean), s.multiply(s.constant(scale), s.normal(uniform)))
          : s.add(s.constant(low), s.multiply(s.constant(high - low), uniform(0)))
      }
    ]
  }
}

/// `Bernoulli`: 1 with the probability that the input has, else 0.
let lowerBernoulli: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = try node.randomType(x.elementType)
  let source = node.graph.value(x)
  return [
    node.random(x.shape, type) { s, position, uniform in
      let probability = s.convert(s.builder.element(source, position), from: x.elementType)
      return s.select(s.compare(.less, uniform(0), probability), s.constant(1), s.constant(0))
    }
  ]
}

/// `Multinomial`: for each sample the class of the greatest logarithm of a probability plus noise of Gumbel's distribution.
let lowerMultinomial: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...2)
  let count = node.integer("sample_size", default: 1)
  let type = try node.randomType(.i32)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  guard count >= 1, count <= Type.elementLimit, type == .i32 || type == .i64 else {
    throw .invalidAttribute(node, "sample_size and dtype", "\(count) and \(type.name)", expected: "a positive number, and i32 or i64")
  }
  let graph = node.graph, source = graph.value(x)
  let shape = [x.shape[0], IndexExpression(count), x.shape[1]]
  let noisy = node.random(shape, .f32) { s, position, uniform in
    let logarithm = s.convert(s.builder.element(source, [position[0], position[2]]), from: x.elementType)
    return s.subtract(logarithm, s.call("math.log", s.negate(s.call("math.log", uniform(0)))))
  }
  let rows = graph.reshape(noisy, to: [x.shape[0] * count, x.shape[1]])
  return [graph.convert(graph.reshape(node.peaks(rows), to: Array(shape.prefix(2))), to: type)]
}

/// `Dropout`: the input itself, but in training (an input from operator set 12 on), where each element is dropped with the probability `ratio`.
let lowerDropout: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  guard let training = node.optionalInput(2), training.knownScalar != 0 else {
    if !node.hasOutput(1) { return [x] }
    // Before operator set 12 the mask is not filled in inference, in the type of x before 10: ONNX Runtime gives zeros.
    if node.opset < 12 { return [x, node.graph.expandZero(x.shape, node.opset < 10 ? x.elementType : .bool)] }
    return [x, node.expand(GraphTensor(.bool, [], host: [.one]), to: x.shape)]
  }
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let ratio = node.optionalInput(1) ?? node.graph.constantScalar(0.5, .f32)
  for tensor in [training, ratio] where tensor.knownCount != 1 { throw .wrongShape(node, tensor, "one element") }
  try node.require(training, .boolean)
  try node.require(ratio, .float)
  let flag = Operand(node.graph.reshape(training, to: []), []), chance = Operand(node.graph.reshape(ratio, to: []), [])
  let type = x.elementType.accumulator
  let all: [Int?] = x.shape.indices.map { $0 }
  let numbers = node.random(x.shape, type) { _, _, uniform in uniform(0) }
  let mask = node.graph.map([Operand(numbers, all), chance, flag], shape: x.shape, .bool) { b, e in
    let s = Scalars(b, type)
    let stays = s.compare(.greaterOrEqual, e[0], s.convert(e[1], from: ratio.elementType))
    return b.binary("arith.ori", stays, b.binary("arith.xori", e[2], b.constant(.bool(true, b.context))))
  }
  let result = node.graph.map([Operand(x, all), Operand(mask, all), chance, flag], shape: x.shape, x.elementType) { b, e in
    let s = Scalars(b, type)
    let factor = s.select(e[3], s.subtract(s.constant(1), s.convert(e[2], from: ratio.elementType)), s.constant(1))
    let scaled = s.divide(s.convert(e[0], from: x.elementType), factor)
    return Scalars(b, x.elementType).convert(s.select(e[1], scaled, s.constant(0)), from: type)
  }
  return [result, mask]
}
