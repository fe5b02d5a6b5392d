internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Values that all rows share, computed once for the columns of a register tile: weights of few bits as floats.
///
///     for each tile of columns { if there are many rows { unpack; for each tile of rows: products } else { for each tile of rows: unpack, products } }
extension NestEmitter {
  /// Bytes ahead of stores that are fetched: long sums take more than a first-level cache, and stores would wait for the second.
  private static let storesAhead = 1 << 10

  /// Emits `body`, the loop over `length` iterations of dimension `d`, and before it what its iterations share, if they are more than a register tile.
  func unpacking(_ d: Int, _ length: Bound, _ tile: RegisterTile, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard let operand = configuration.unpackedOperand(nest), operand.rows == d else { return try body() }
    let few = configuration.step(d)
    func shared() throws(Diagnostic) {
      let memory = unpackedMemory(operand)
      try innerLoops(operand.inner[...], tile) { (tile) throws(Diagnostic) in
        try kernel.scope { () throws(Diagnostic) in try unpack(operand, into: memory, tile) }
      }
      unpacked = (operand, memory)
      defer { unpacked = nil }
      try kernel.scope { () throws(Diagnostic) in try body() }
    }
    switch length {
    case .constant(let length): try length > few ? shared() : body()
    case .value(let length):
      let many = try kernel.region([]) { _ throws(Diagnostic) in
        try shared()
        b.create("scf.yield")
      }
      let other = try kernel.region([]) { _ throws(Diagnostic) in
        try body()
        b.create("scf.yield")
      }
      b.create("scf.if", [b.compare(.greater, length, b.index(few))], regions: [many, other])
    }
  }

  /// The memory of the values: for each column of the register tile and each value, the elements along the sum.
  private func unpackedMemory(_ operand: UnpackedOperand) -> MemoryReference {
    let shape = operand.columns.map(configuration.step) + [operand.values.count] + operand.innerSizes
    return MemoryReference(pointer: scratch, element: operand.element, shape: shape.map(Bound.constant))
  }

  /// Stores the values of operation `operand.op` at all places of a register tile.
  private func unpack(_ operand: UnpackedOperand, into memory: MemoryReference, _ tile: RegisterTile) throws(Diagnostic) {
    for place in places(tile, over: operand.columns + operand.inner) {
      let body = nest.ops[operand.op].body
      var environment: [Value: BodyValue] = [:]
      for (k, argument) in body.arguments.enumerated() where operand.unpacking.arguments.contains(argument) {
        environment[argument] = try evaluateOperand(operand.op, k, tile, place)
      }
      let values = try BodyEmitter(kernel).run(body, &environment, [], mask: nil, part: operand.unpacking)
      for (v, value) in values.enumerated() {
        let indices = unpackedIndices(operand, v, tile, place)
        prefetch(memory, at: indices, bytes: .constant(Self.storesAhead))
        kernel.store(value, to: memory, at: indices)
      }
    }
  }

  /// Where value `v` is in memory at a place of the register tile.
  private func unpackedIndices(_ operand: UnpackedOperand, _ v: Int, _ tile: RegisterTile, _ place: [Int]) -> [TensorIndex] {
    operand.columns.map { .affine(.constant(place[$0])) } + [.affine(.constant(v))]
      + operand.inner.map { .affine(tile.index($0, place, configuration)) }
  }

  /// The values of operation `i` that are in memory, at a place of the register tile.
  func loadUnpacked(_ operand: UnpackedOperand, _ memory: MemoryReference, _ tile: RegisterTile, _ place: [Int]) -> [Value: BodyValue] {
    var column = place
    column[operand.rows] = 0
    let first = nest.ops[operand.op].operation.operandCount
    return Dictionary(
      uniqueKeysWithValues: operand.values.enumerated().map { v, value in
        let key = key(operand.op, column, operand: first + v)
        if let known = remembered(key) { return (value, known[0]) }
        let loaded = kernel.load(memory, at: unpackedIndices(operand, v, tile, place), mask: nil)
        remember([loaded], key)
        return (value, loaded)
      })
  }
}
