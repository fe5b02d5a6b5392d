internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// A recurrence runs all steps of a sequence in one loop: products of the state with the weights, in registers for as many columns as there is
/// room for, then what becomes of them, vector by vector. Several sequences at a time share what is read of the weights.
struct RecurrenceEmitter: TileEmitter {
  let loops: TileLoops
  let op: RecurrenceOp
  /// The products of a step, a row for each of the sequences that are computed at a time.
  private let productRows: MemoryReference
  /// What the second phase multiplies, likewise.
  private let carriedRows: MemoryReference

  /// The sequences that are computed at a time, where there are several of one length.
  static let sequencesAtOnce = 4

  /// The number of the first of some sequences, and how many there are.
  private struct Sequences {
    let first: Value
    let count: Int
  }

  /// Allocates the memory that steps work in.
  init(_ loops: TileLoops, _ op: RecurrenceOp) {
    (self.loops, self.op) = (loops, op)
    let count = Self.sequenceCount(loops.configuration), element = op.input.type.element
    productRows = loops.kernel.temporaryRow(count * Self.columns(op), element)
    carriedRows = loops.kernel.temporaryRow(count * op.hidden, element)
  }

  /// How many sequences are computed at a time.
  private static func sequenceCount(_ configuration: KernelConfiguration) -> Int {
    configuration.order.first.map { configuration.tile[$0, default: 1] } ?? 1
  }

  /// The products of a step.
  private static func columns(_ op: RecurrenceOp) -> Int { op.productCounts.reduce(0, +) * op.hidden }

  /// Emits the loop over this workgroup's share of the sequences.
  func emit() throws(Diagnostic) {
    let tile = Self.sequenceCount(configuration)
    func run(_ first: Value, _ count: Int) throws(Diagnostic) { try emitSteps(Sequences(first: first, count: count)) }
    try loops.emitShare(of: configuration.order) { starts, _ throws(Diagnostic) in
      let first = configuration.order.first.flatMap { starts[$0]?.base(b) } ?? b.index(0)
      if tile == 1 { return try run(first, 1) }
      let end = b.binary("arith.minui", b.plus(first, b.index(tile)), kernel.memory[op.input]!.shape[1].value(b))
      let whole = try kernel.region([]) { _ throws(Diagnostic) in
        try run(first, tile)
        b.create("scf.yield")
      }
      let single = try kernel.region([]) { _ throws(Diagnostic) in
        _ = try kernel.loop(.value(first), .value(end), step: 1) { sequence, _ throws(Diagnostic) in
          try run(sequence.base(b), 1)
          return []
        }
        b.create("scf.yield")
      }
      b.create("scf.if", [b.compare(.equal, b.minus(end, first), b.index(tile))], regions: [whole, single])
    }
  }

  // MARK: steps

  /// Emits the steps of some sequences, and the zeros behind the end of a shorter one.
  private func emitSteps(_ s: Sequences) throws(Diagnostic) {
    let time = kernel.memory[op.input]!.shape[0], hidden = op.hidden
    for (initial, state) in zip(op.initial, op.states) {
      try eachRow(s) { row throws(Diagnostic) in
        let start = b.times(b.plus(s.first, row), b.index(hidden))
        try eachVector(hidden) { j throws(Diagnostic) in write(read(initial, start, j), state, start, j) }
      }
    }
    var end = time
    if let lengths = op.lengths {
      let given = kernel.scalar(read(lengths, s.first, .constant(0), isVector: false))
      let length = b.binary("arith.maxsi", b.value("arith.index_cast", [given], type: .index(context)), b.index(0))
      end = .value(b.binary("arith.minsi", length, time.value(b)))
    }
    _ = try kernel.loop(.constant(0), end, step: 1) { step, _ throws(Diagnostic) in
      let now = op.form.isReversed ? b.minus(b.minus(end.value(b), b.index(1)), step.base(b)) : step.base(b)
      for phase in 0..<op.form.phases {
        try emitProducts(s, phase)
        try emitCells(s, phase, now)
      }
      return []
    }
    if op.form.hasLengths {
      let zero = BodyValue.uniform(b.scalar(0, op.input.type.element))
      _ = try kernel.loop(end, time, step: 1) { step, _ throws(Diagnostic) in
        let start = b.times(sequence(s, step.base(b), b.index(0)), b.index(hidden))
        try eachVector(hidden) { j throws(Diagnostic) in write(zero, op.record, start, j) }
        return []
      }
    }
  }

  /// The number of a sequence's step among those of all.
  private func sequence(_ s: Sequences, _ time: Value, _ row: Value) -> Value {
    b.plus(b.times(time, kernel.memory[op.input]!.shape[1].value(b)), b.plus(s.first, row))
  }

  /// Emits the products of phase `phase`: each column of the weights with the first state, or with what the phase before left.
  private func emitProducts(_ s: Sequences, _ phase: Int) throws(Diagnostic) {
    let hidden = op.hidden, weights = op.weights[phase], columns = op.productCounts[phase] * hidden
    let before = op.productCounts[..<phase].reduce(0, +) * hidden, element = op.input.type.element
    func block(_ column: LaneIndex, _ vectors: Int) throws(Diagnostic) {
      let zero = kernel.lanes(.uniform(b.scalar(0, element)))
      let start = [Value](repeating: zero, count: s.count * vectors)
      let sums = try kernel.loop(.constant(0), .constant(hidden), step: 1, carrying: start) { k, sums throws(Diagnostic) in
        let row = b.times(k.base(b), b.index(columns))
        let loaded = (0..<vectors).map { kernel.lanes(read(weights, row, column.adding($0 * width))) }
        return (0..<s.count).flatMap { i -> [Value] in
          let factor: BodyValue
          if phase == 0 {
            factor = read(
              op.states[0], b.plus(b.times(b.plus(s.first, b.index(i)), b.index(hidden)), k.base(b)), .constant(0), isVector: false)
          } else {
            factor = kernel.load(carriedRows, at: [.affine(k.adding(i * hidden))], mask: nil)
          }
          let wide = kernel.lanes(factor)
          return (0..<vectors).map { v in
            let sum = sums[i * vectors + v]
            if kernel.traits.hasFMA { return b.value("math.fma", [loaded[v], wide, sum], type: sum.type) }
            return b.binary("arith.addf", sum, b.binary("arith.mulf", loaded[v], wide))
          }
        }
      }
      for (n, sum) in sums.enumerated() {
        var place = column.adding(before + n / vectors * Self.columns(op) + n % vectors * width)
        place.stride = configuration.lane == nil ? 0 : 1
        kernel.store(.lanes(sum), to: productRows, at: [.affine(place)])
      }
    }
    guard let lane = configuration.lane else {
      _ = try kernel.loop(.constant(0), .constant(columns), step: 1) { column, _ throws(Diagnostic) in
        try block(column, 1)
        return []
      }
      return
    }
    try loops.split(lane, .constant(columns)) { column, vectors throws(Diagnostic) in try block(column, vectors) }
  }

  /// Emits the region of phase `phase` for the states of some sequences in the step at `time`.
  private func emitCells(_ s: Sequences, _ phase: Int, _ time: Value) throws(Diagnostic) {
    let hidden = op.hidden
    guard let body = op.body(phase) else { return }
    try eachRow(s) { row throws(Diagnostic) in
      let own = sequence(s, time, row), state = b.times(b.plus(s.first, row), b.index(hidden))
      let inputs = b.times(own, b.index(op.inputCount * hidden)), products = b.times(row, b.index(Self.columns(op)))
      try eachVector(hidden) { j throws(Diagnostic) in
        var arguments: [BodyValue] = []
        for n in 0..<op.productCounts[...phase].reduce(0, +) { arguments.append(read(productRows, products, j.adding(n * hidden))) }
        for n in 0..<op.inputCount { arguments.append(read(op.input, inputs, j.adding(n * hidden))) }
        if let parameters = op.parameters {
          for n in 0..<op.parameterCount { arguments.append(read(parameters, b.index(0), j.adding(n * hidden))) }
        }
        for old in op.states { arguments.append(read(old, state, j)) }
        var environment = Dictionary(uniqueKeysWithValues: zip(body.arguments, arguments))
        let values = try BodyEmitter(kernel).run(body, &environment, [], mask: nil)
        if phase == op.form.phases - 1 {
          for (value, target) in zip(values, op.states) { write(value, target, state, j) }
          write(values[0], op.record, b.times(own, b.index(hidden)), j)
        } else {
          kernel.store(values[0], to: carriedRows, at: [.affine(place(b.times(row, b.index(hidden)), j))])
        }
      }
    }
  }

  // MARK: loops and memory

  private func eachRow(_ s: Sequences, _ body: (Value) throws(Diagnostic) -> Void) throws(Diagnostic) {
    _ = try kernel.loop(.constant(0), .constant(s.count), step: 1) { row, _ throws(Diagnostic) in
      try body(row.base(b))
      return []
    }
  }

  /// Emits `body` for the vectors of `count` elements one by one, the last one under a mask.
  private func eachVector(_ count: Int, _ body: (LaneIndex) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let full = count / width * width
    _ = try kernel.loop(.constant(0), .constant(full), step: width) { i, _ throws(Diagnostic) in
      try body(i)
      return []
    }
    guard full < count else { return }
    let previous = kernel.laneMask
    kernel.laneMask = b.value("vector.create_mask", [b.index(count - full)], type: .vector([width], .i1(context)))
    defer { kernel.laneMask = previous }
    try body(.constant(full))
  }

  /// The place of element `index` behind `start`, in all lanes or one.
  private func place(_ start: Value, _ index: LaneIndex, isVector: Bool = true) -> LaneIndex {
    var place = LaneIndex(dynamic: start).adding(index, b)
    place.stride = isVector && configuration.lane != nil ? 1 : 0
    return place
  }

  private func read(_ tensor: MemoryReference, _ start: Value, _ index: LaneIndex, isVector: Bool = true) -> BodyValue {
    kernel.load(kernel.flat(tensor), at: [.affine(place(start, index, isVector: isVector))], mask: nil)
  }

  private func read(_ tensor: Value, _ start: Value, _ index: LaneIndex, isVector: Bool = true) -> BodyValue {
    kernel.memory[tensor].map { read($0, start, index, isVector: isVector) } ?? kernel.same(tensor)
  }

  private func write(_ value: BodyValue, _ tensor: Value, _ start: Value, _ index: LaneIndex) {
    guard let target = kernel.memory[tensor] else { return }
    kernel.store(value, to: kernel.flat(target), at: [.affine(place(start, index))])
  }
}
