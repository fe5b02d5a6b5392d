internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

extension NestEmitter {
  /// Loads a square of `width` x `width` elements along the dimension in which the operand is contiguous, transposes it in registers, and
  /// remembers the vectors of all its places. Returns the one at `place`, or `nil` if the operand or the place asks for an ordinary load.
  func loadTransposed(_ i: Int, _ operand: Int, _ tile: RegisterTile, _ place: [Int]) -> BodyValue? {
    guard let rows = configuration.transposed, let lane = configuration.lane, kernel.laneMask == nil, tile.count[rows] == width else {
      return nil
    }
    let op = nest.ops[i]
    guard let reference = kernel.memory[op.operation.operand(operand)], let picks = op.maps[operand].asDimensions else { return nil }
    let dimensions = picks.map { nest.dimensionOfLoop[i][$0] }
    // The operand must run along `rows` in memory, and use the lanes' dimension elsewhere.
    guard let last = dimensions.lastIndex(where: { $0 != nil }), dimensions[last] == rows, dimensions.contains(lane) else { return nil }
    func index(_ d: Int, row: Int) -> LaneIndex {
      var at = place
      at[rows] = 0
      var index = tile.index(d, at, configuration)
      if d == rows { index.stride = 1 }
      if d == lane { index = LaneIndex(dynamic: index.dynamic, constant: index.constant + row, divisor: index.divisor) }
      return index
    }
    let columns = (0..<width).map { row in
      kernel.lanes(kernel.load(reference, at: dimensions.map { .affine($0.map { index($0, row: row) } ?? .constant(0)) }, mask: nil))
    }
    let transposed = transpose(columns)
    for (k, vector) in transposed.enumerated() {
      var at = place
      at[rows] = k
      remember([.lanes(vector)], key(i, at, operand: operand))
    }
    return .lanes(transposed[place[rows]])
  }

  /// Transposes a square of vectors: in each step, halves, quarters, ... of neighbours change places (Eklundh's method).
  private func transpose(_ rows: [Value]) -> [Value] {
    var rows = rows
    var distance = 1
    while distance < width {
      for i in rows.indices where i & distance == 0 {
        let (a, c) = (rows[i], rows[i + distance])
        let low = (0..<width).map { $0 & distance == 0 ? $0 : $0 - distance + width }
        let high = (0..<width).map { $0 & distance == 0 ? $0 + distance : $0 + width }
        rows[i] = shuffle(a, c, low)
        rows[i + distance] = shuffle(a, c, high)
      }
      distance *= 2
    }
    return rows
  }

  private func shuffle(_ a: Value, _ c: Value, _ mask: [Int]) -> Value {
    b.value("vector.shuffle", [a, c], type: a.type, attributes: [("mask", .denseI64(mask, context))])
  }
}
