internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// A scan passes over the steps of a row once, with what they combine to in registers: several vectors of columns, or one element where there is one column.
struct RowScanner: TileEmitter {
  let loops: TileLoops
  let scan: ScanOp

  /// The vectors of columns that are passed at a time.
  static let scannedVectors = 4

  /// Emits the loop over this workgroup's share of the rows and columns.
  func emit() throws(Diagnostic) {
    let dimensions = nest.dimensionOfLoop[0]
    try loops.emitShare(of: configuration.order) { starts, _ throws(Diagnostic) in
      let row = dimensions[0].flatMap { starts[$0]?.base(b) } ?? b.index(0)
      let column = dimensions[2].flatMap { starts[$0] } ?? .constant(0)
      guard let lane = configuration.lane else { return try emitSteps(row, column, vectors: 1) }
      try loops.withLength(lane, column) { length throws(Diagnostic) in
        try loops.split(lane, length) { position, count throws(Diagnostic) in
          var first = column.adding(position, b)
          first.stride = 1
          try emitSteps(row, first, vectors: count)
        }
      }
    }
  }

  /// Emits the steps of one row for some vectors of columns from `column` on.
  private func emitSteps(_ row: Value, _ column: LaneIndex, vectors: Int) throws(Diagnostic) {
    guard let combiner = scan.combiner, let result = kernel.memory[scan.result] else { return }
    let element = scan.input.type.element, steps = result.shape[1], columns = result.shape[2].value(b)
    let initial = BodyValue.uniform(initialElement(scan.form.initial, element))
    let start = [Value](repeating: kernel.bits(kernel.lanes(initial)), count: vectors)
    _ = try kernel.loop(.constant(0), steps, step: 1, carrying: start) { step, carried throws(Diagnostic) in
      let now = scan.form.isReversed ? b.minus(b.minus(steps.value(b), b.index(1)), step.base(b)) : step.base(b)
      let first = b.times(b.plus(b.times(row, steps.value(b)), now), columns)
      var next: [Value] = []
      for (v, before) in carried.enumerated() {
        let place = LaneIndex(dynamic: first).adding(column.adding(v * width), b)
        let old = BodyValue.lanes(kernel.value(before, element))
        let own = kernel.memory[scan.input].map { kernel.load(kernel.flat($0), at: [.affine(place)], mask: nil) } ?? kernel.same(scan.input)
        var environment = [combiner.arguments[0]: old, combiner.arguments[1]: own]
        let combined = try BodyEmitter(kernel).run(combiner, &environment, [], mask: nil)[0]
        kernel.store(scan.form.isExclusive ? old : combined, to: kernel.flat(result), at: [.affine(place)])
        next.append(kernel.bits(kernel.lanes(combined)))
      }
      return next
    }
  }

  private func initialElement(_ number: Int, _ element: Type) -> Value { b.scalar(Double(number), element) }
}
