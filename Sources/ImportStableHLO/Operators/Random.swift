import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// Random bits and the next state: ThreeFry and Philox, bit for bit as XLA makes them. The default of CPUs is ThreeFry.
  func randomBits() throws(Diagnostic) -> [GraphTensor] {
    let state = try operand(0), type = try resultElement(1), sizes = try resultSizes(1)
    guard state.elementType == .u64, state.rank == 1, let words = state.shape[0].known, (2...3).contains(words), !sizes.contains(nil),
      type.isUnsigned || type.isInteger
    else { throw .operandTypes(self, expected: "a state of 2 or 3 numbers of ui64, and integers as a result") }
    let shape = sizes.map { IndexExpression($0 ?? 0) }, count = shape.product.known ?? 0
    let algorithm = word("rng_algorithm", default: "DEFAULT")
    let isPhilox = algorithm == "PHILOX"
    guard isPhilox || words == 2 || algorithm != "THREE_FRY" else {
      throw .operandTypes(self, expected: "a state of 2 numbers for THREE_FRY")
    }
    // ThreeFry gives two numbers of 32 bits at a time, Philox four.
    let bits = isPhilox ? RandomNumbers.philox : RandomNumbers.threeFry
    let width = type.byteCount > 4 ? 2 : 1
    let perBlock = (isPhilox ? 4 : 2) / width
    let blocks = (count + perBlock - 1) / perBlock
    let source = graph.value(state)
    let flat = graph.generate([IndexExpression(count)], type) { b, position in
      let s = Scalars(b, .u64)
      // ThreeFry's halves stand apart: the first words of all blocks, then the second ones. Philox's words stand together.
      let place = position[0], size = b.index(isPhilox ? perBlock : max(blocks, 1))
      let quotient = b.binary("arith.divui", place, size), rest = b.binary("arith.remui", place, size)
      let (block, part) = isPhilox ? (quotient, rest) : perBlock == 1 ? (place, b.index(0)) : (rest, quotient)
      let words = bits(RandomNumbers(b, source), s.convert(b.i64(block), from: .i64))
      let parts = width == 2 ? stride(from: 0, to: words.count, by: 2).map { RandomNumbers.joined(b, words[$0], words[$0 + 1]) } : words
      var chosen = parts[0]
      for (i, word) in parts.enumerated().dropFirst() { chosen = b.select(b.compare(.equal, part, b.index(i)), word, chosen) }
      let wide: ElementType = width == 2 ? .u64 : .u32
      return Scalars(b, type).convert(chosen, from: wide)
    }
    let step = blocks
    let next = graph.map([Operand(state, [0])], shape: state.shape, .u64) { b, e in
      let isCounter = b.compare(.equal, b.position(0), b.index(1))
      return b.select(isCounter, b.plus(e[0], b.constant64(step)), e[0])
    }
    return [next, graph.reshape(flat, to: shape)]
  }
}

/// Generators of random numbers by counter: the words of block `counter`.
private struct RandomNumbers {
  private let b: Builder
  private let key: Value
  private let counter: Value
  private let extra: Value?
  private var u32: Type { b.integerType(32) }

  init(_ b: Builder, _ state: Value) {
    self.b = b
    key = b.element(state, [b.index(0)])
    counter = b.element(state, [b.index(1)])
    extra = state.type.shape[0] == 3 ? b.element(state, [b.index(2)]) : nil
  }

  private func number(_ bits: Int) -> Value { b.constant(.integer(bits, u32)) }
  private func low(_ value: Value) -> Value { b.value("arith.trunci", [value], type: u32) }
  private func high(_ value: Value) -> Value { low(b.binary("arith.shrui", value, b.constant64(32))) }

  /// Two words as one of 64 bits, the first one low.
  static func joined(_ b: Builder, _ low: Value, _ high: Value) -> Value {
    func wide(_ value: Value) -> Value { b.value("arith.extui", [value], type: .i64(b.context)) }
    return b.binary("arith.ori", wide(low), b.binary("arith.shli", wide(high), b.constant64(32)))
  }

  /// ThreeFry 2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
  static let threeFry: @Sendable (RandomNumbers, Value) -> [Value] = { generator, block in
    let b = generator.b
    let count = b.plus(generator.counter, block)
    let keys = [generator.low(generator.key), generator.high(generator.key)]
    let parity = b.binary("arith.xori", b.binary("arith.xori", keys[0], keys[1]), generator.number(0x1BD1_1BDA))
    let schedule = keys + [parity]
    var x = [b.plus(generator.low(count), keys[0]), b.plus(generator.high(count), keys[1])]
    let rotations = [[13, 15, 26, 6], [17, 29, 16, 24]]
    for group in 0..<5 {
      for rotation in rotations[group % 2] {
        x[0] = b.plus(x[0], x[1])
        let left = b.binary("arith.shli", x[1], generator.number(rotation))
        x[1] = b.binary("arith.ori", left, b.binary("arith.shrui", x[1], generator.number(32 - rotation)))
        x[1] = b.binary("arith.xori", x[0], x[1])
      }
      x[0] = b.plus(x[0], schedule[(group + 1) % 3])
      x[1] = b.plus(x[1], b.plus(schedule[(group + 2) % 3], generator.number(group + 1)))
    }
    return x
  }

  /// Philox 4x32 with 10 rounds (the same paper).
  static let philox: @Sendable (RandomNumbers, Value) -> [Value] = { generator, block in
    let b = generator.b
    let sum = b.plus(generator.counter, block)
    // A carry goes into the upper half of the counter.
    let carries = b.value("arith.extui", [b.compare(.unsignedLess, sum, block)], type: .i64(b.context))
    let upper = b.plus(generator.extra ?? generator.key, carries)
    var x = [generator.low(sum), generator.high(sum), generator.low(upper), generator.high(upper)]
    var keys = [generator.low(generator.key), generator.high(generator.key)]
    func product(_ value: Value, _ factor: Int) -> (high: Value, low: Value) {
      let wide = b.times(b.value("arith.extui", [value], type: .i64(b.context)), b.constant64(factor))
      return (generator.high(wide), generator.low(wide))
    }
    for round in 0..<10 {
      if round > 0 { keys = [b.plus(keys[0], generator.number(0x9E37_79B9)), b.plus(keys[1], generator.number(0xBB67_AE85))] }
      let first = product(x[0], 0xD251_1F53), second = product(x[2], 0xCD9E_8D57)
      x = [
        b.binary("arith.xori", b.binary("arith.xori", second.high, x[1]), keys[0]), second.low,
        b.binary("arith.xori", b.binary("arith.xori", first.high, x[3]), keys[1]), first.low,
      ]
    }
    return x
  }
}
