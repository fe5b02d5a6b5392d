import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// Random bits and the next state, bit for bit as XLA makes them: by ThreeFry or Philox, which is the default of CPUs.
  func randomBits() throws(Diagnostic) -> [GraphTensor] {
    let state = try operand(0), type = try resultElement(1), sizes = try resultSizes(1).compactMap { $0 }
    let isPhilox = word("rng_algorithm", default: "DEFAULT") != "THREE_FRY"
    guard state.elementType == .u64, state.rank == 1, let words = state.shape[0].known, words == 2 || (words == 3 && isPhilox),
      sizes.count == results[1].sizes.count, type.isInteger
    else { throw .operandTypes(self, expected: "a state of 2 numbers of ui64 (or 3 for Philox), and integers as a result") }
    let order = RandomOrder(sizes, wordsPerBlock: isPhilox ? 4 : 2, wordsPerNumber: type.byteCount > 4 ? 2 : 1, isPhilox: isPhilox)
    let source = graph.value(state)
    let numbers = graph.generate(sizes.map { IndexExpression($0) }, type) { b, position in
      let (block, part) = order.place(b, position)
      let generator = RandomNumbers(b, source)
      var words = isPhilox ? generator.philox(b.i64(block)) : generator.threeFry(b.i64(block))
      let isWide = type.byteCount > 4
      if isWide { words = stride(from: 0, to: words.count, by: 2).map { RandomNumbers.joined(b, words[$0], words[$0 + 1]) } }
      var chosen = words[0]
      for (i, word) in words.enumerated().dropFirst() { chosen = b.select(b.compare(.equal, part, b.index(i)), word, chosen) }
      return Scalars(b, type).convert(chosen, from: isWide ? .u64 : .u32)
    }
    let next = graph.map([Operand(state, [0])], shape: state.shape, .u64) { b, e in
      let step = b.constant64(order.blockCount), sum = b.plus(e[0], step)
      let first = b.select(b.compare(.equal, b.position(0), b.index(1)), sum, e[0])
      guard words == 3 else { return first }
      // A carry goes into the upper half of the counter.
      let low = b.element(source, [b.index(1)])
      let carries = b.compare(.unsignedLess, b.plus(low, step), step)
      let upper = b.plus(e[0], b.value("arith.extui", [carries], type: .i64(b.context)))
      return b.select(b.compare(.equal, b.position(0), b.index(2)), upper, first)
    }
    return [next, numbers]
  }
}

/// Which word of which block a number of the result is.
///
/// Philox gives its words one after the other. ThreeFry's two words are the halves of a dimension: of the first one of even size, else of the largest,
/// which has one more then.
private struct RandomOrder {
  /// The blocks that are used.
  let blockCount: Int
  private let sizes: [Int]
  private let split: Int?
  /// The numbers in a block.
  private let perBlock: Int

  init(_ sizes: [Int], wordsPerBlock: Int, wordsPerNumber: Int, isPhilox: Bool) {
    perBlock = wordsPerBlock / wordsPerNumber
    let largest = sizes.indices.max { sizes[$0] < sizes[$1] || (sizes[$0] == sizes[$1] && $0 > $1) }
    split = isPhilox || perBlock == 1 ? nil : sizes.firstIndex { $0 % 2 == 0 } ?? largest
    var halved = sizes
    if let split { halved[split] = (sizes[split] + 1) / 2 }
    self.sizes = halved
    let count = halved.reduce(1, *)
    blockCount = split == nil ? (count + perBlock - 1) / perBlock : count
  }

  /// The block and the number in it.
  func place(_ b: Builder, _ position: [Value]) -> (block: Value, part: Value) {
    var position = position
    var half: Value?
    if let split {
      half = b.binary("arith.remui", position[split], b.index(2))
      position[split] = b.binary("arith.divui", position[split], b.index(2))
    }
    let linear = zip(position, sizes).reduce(b.index(0)) { b.plus(b.times($0, b.index($1.1)), $1.0) }
    if let half { return (linear, half) }
    return (b.binary("arith.divui", linear, b.index(perBlock)), b.binary("arith.remui", linear, b.index(perBlock)))
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
  func threeFry(_ block: Value) -> [Value] {
    let count = b.plus(counter, block)
    let keys = [low(key), high(key)]
    let parity = b.binary("arith.xori", b.binary("arith.xori", keys[0], keys[1]), number(0x1BD1_1BDA))
    let schedule = keys + [parity]
    var x = [b.plus(low(count), keys[0]), b.plus(high(count), keys[1])]
    let rotations = [[13, 15, 26, 6], [17, 29, 16, 24]]
    for group in 0..<5 {
      for rotation in rotations[group % 2] {
        x[0] = b.plus(x[0], x[1])
        let left = b.binary("arith.shli", x[1], number(rotation))
        x[1] = b.binary("arith.ori", left, b.binary("arith.shrui", x[1], number(32 - rotation)))
        x[1] = b.binary("arith.xori", x[0], x[1])
      }
      x[0] = b.plus(x[0], schedule[(group + 1) % 3])
      x[1] = b.plus(x[1], b.plus(schedule[(group + 2) % 3], number(group + 1)))
    }
    return x
  }

  /// Philox 4x32 with 10 rounds (the same paper).
  func philox(_ block: Value) -> [Value] {
    let sum = b.plus(counter, block)
    // A carry goes into the upper half of the counter.
    let carries = b.value("arith.extui", [b.compare(.unsignedLess, sum, block)], type: .i64(b.context))
    let upper = b.plus(extra ?? key, carries)
    var x = [low(sum), high(sum), low(upper), high(upper)]
    var keys = [low(key), high(key)]
    func product(_ value: Value, _ factor: Int) -> (high: Value, low: Value) {
      let wide = b.times(b.value("arith.extui", [value], type: .i64(b.context)), b.constant64(factor))
      return (high(wide), low(wide))
    }
    for round in 0..<10 {
      if round > 0 { keys = [b.plus(keys[0], number(0x9E37_79B9)), b.plus(keys[1], number(0xBB67_AE85))] }
      let first = product(x[0], 0xD251_1F53), second = product(x[2], 0xCD9E_8D57)
      x = [
        b.binary("arith.xori", b.binary("arith.xori", second.high, x[1]), keys[0]), second.low,
        b.binary("arith.xori", b.binary("arith.xori", first.high, x[3]), keys[1]), first.low,
      ]
    }
    return x
  }
}
