internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Contractions of bytes with four products a lane at a time.
extension NestEmitter {
  /// Operation `i` as a contraction of packed bytes whose columns stand in the lanes; `nil` if it is to be emitted in the ordinary way.
  func byteProduct(_ i: Int) -> ByteProduct? {
    guard let product = ByteProduct(nest.ops[i]), let lane = configuration.lane, nest.dimensionOfLoop[i][product.column] == lane,
      nest.dimensionOfLoop[i][product.reduction] != nil, product.panel % width == 0,
      configuration.tile[lane, default: 1] % width == 0,
      nest.ops[i].operation.operands.prefix(2).allSatisfy({ kernel.memory[$0] != nil })
    else { return nil }
    return product
  }

  /// How bytes are multiplied in vectors as wide as the configuration has them.
  private var instruction: ByteProductForm { width * 4 == loops.unit.vectorByteCount ? loops.unit.byteProducts : .none }

  /// Emits the reduction `i` for all places of the register tile, and remembers the results.
  ///
  /// Where the instruction wants other signs than the rows have, 128 is added to or taken from each of them by flipping their first bit. What that
  /// contributes is the same for all rows: one accumulator more a vector of columns finds it.
  func emitByteProducts(_ i: Int, _ product: ByteProduct, _ tile: RegisterTile, _ inner: [Int], _ shared: [[Int]]) throws(Diagnostic) {
    let op = nest.ops[i], instruction = instruction
    let d = nest.dimensionOfLoop[i][product.reduction]!
    let columns = shared.map { restricted($0, to: op.maps[product.columns], op: i) }
    var distinct: [[Int]] = []
    for column in columns where !distinct.contains(column) { distinct.append(column) }
    let isFlipped = instruction.flips(product)

    var accumulators: [Value] = []
    for place in shared { accumulators.append(kernel.lanes(try evaluateOperand(i, op.inputCount, tile, place))) }
    if isFlipped { accumulators += distinct.map { _ in kernel.lanes(.uniform(b.scalar(0, .i32(context)))) } }
    let results = try reduce(i, inner.filter { $0 != d }[...], tile, accumulators) { tile, values throws(Diagnostic) in
      try fours(d, carrying: values) { position, mask, values throws(Diagnostic) in
        var inner = tile
        inner.index[d] = position
        inner.count[d] = 1
        var factors: [[Int]: ByteFactor] = [:], rows: [[Int]: ByteFactor] = [:]
        for place in distinct {
          let bytes = try loadColumns(i, product, inner, place)
          factors[place] = factor(bytes, isSigned: product.hasSignedColumns, instruction)
        }
        var updated = values
        for (p, place) in shared.enumerated() {
          let row = restricted(place, to: op.maps[product.rows], op: i)
          if rows[row] == nil {
            let bytes = try loadRow(i, product, inner, row, mask)
            rows[row] = rowFactor(isFlipped ? flipped(bytes) : bytes, isSigned: product.hasSignedRows != isFlipped, instruction)
          }
          updated[p] = multiply(rows[row]!, factors[columns[p]]!, adding: values[p], instruction)
        }
        if isFlipped {
          let zero = rowFactor(flipped(b.scalar(0, .i32(context))), isSigned: !product.hasSignedRows, instruction)
          for (c, place) in distinct.enumerated() {
            updated[shared.count + c] = multiply(zero, factors[place]!, adding: values[shared.count + c], instruction)
          }
        }
        return updated
      }
    }
    for (p, place) in shared.enumerated() {
      var sum = results[p]
      if isFlipped { sum = b.binary("arith.subi", sum, results[shared.count + distinct.firstIndex(of: columns[p])!]) }
      remember([.lanes(sum)], key(i, place))
    }
  }

  /// Emits the steps of four along dimension `d`; `body` gets the bytes that exist as a mask where they are fewer.
  private func fours(
    _ d: Int, carrying initial: [Value], _ body: (LaneIndex, Value?, [Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    let depth = ByteProduct.depth
    let length = sizes[d]
    let full: Bound =
      switch length {
      case .constant(let c): .constant(c / depth * depth)
      case .value(let v): .value(b.binary("arith.subi", v, b.binary("arith.remui", v, b.index(depth))))
      }
    let carried = try kernel.loop(.constant(0), full, step: depth, carrying: initial) { k, values throws(Diagnostic) in
      try body(k, nil, values)
    }
    // At most one more step.
    return try kernel.loop(full, length, step: depth, carrying: carried) { k, values throws(Diagnostic) in
      var position = k
      if position.dynamic != nil { position.divisor = depth }
      let rest = b.binary("arith.subi", length.value(b), position.base(b))
      return try body(position, b.value("vector.create_mask", [rest], type: .vector([depth], .i1(context))), values)
    }
  }

  // MARK: loads

  /// A vector of four bytes a lane, as 32-bit numbers. Panels are whole: lanes that do not exist may be read.
  private func loadColumns(_ i: Int, _ product: ByteProduct, _ tile: RegisterTile, _ place: [Int]) throws(Diagnostic) -> Value {
    let op = nest.ops[i]
    let reference = kernel.memory[op.operation.operand(product.columns)]!
    guard case .affine(var position) = kernel.linearize(indices(of: op.maps[product.columns], op: i, tile, place), in: reference),
      position.stride == ByteProduct.depth
    else { throw kernel.malformed("the lanes do not run along the panels of packed bytes") }
    position.stride = 0
    let vector = Type.vector([width], .i32(context))
    let address = kernel.checked(
      kernel.pointer(reference, position, .i8(context)), reference, from: position, count: width * ByteProduct.depth, mask: nil)
    if case .ahead(let bytes) = configuration.prefetch { prefetch(address, bytes: .constant(bytes)) }
    return kernel.machine.load(vector, from: address, mask: nil, alignment: 1, b)
  }

  /// Four neighbours of a row as a 32-bit number, with 0 for those that do not exist.
  private func loadRow(
    _ i: Int, _ product: ByteProduct, _ tile: RegisterTile, _ place: [Int], _ mask: Value?
  ) throws(Diagnostic) -> Value {
    let op = nest.ops[i]
    let reference = kernel.memory[op.operation.operand(product.rows)]!
    guard case .affine(let position) = kernel.linearize(indices(of: op.maps[product.rows], op: i, tile, place), in: reference),
      position.isUniform
    else { throw kernel.malformed("a row of bytes is not the same in all lanes") }
    let address = kernel.checked(
      kernel.pointer(reference, position, .i8(context)), reference, from: position, count: ByteProduct.depth, mask: mask)
    guard let mask else { return kernel.machine.load(.i32(context), from: address, mask: nil, alignment: 1, b) }
    let type = Type.vector([ByteProduct.depth], .i8(context))
    let zero = b.value("vector.broadcast", [b.scalar(0, .i8(context))], type: type)
    let bytes = kernel.machine.load(type, from: address, mask: (mask, zero), alignment: 1, b)
    return kernel.machine.bits(of: bytes, as: .i32(context), b)
  }

  // MARK: products

  /// The bytes with their first bits flipped: unsigned ones become signed ones that are less by 128, and back.
  private func flipped(_ bytes: Value) -> Value {
    b.binary("arith.xori", bytes, b.constant(.integer(0x8080_8080 - 1 << 32, .i32(context))))
  }

  /// A factor made of four bytes that are the same in all lanes.
  private func rowFactor(_ bytes: Value, isSigned: Bool, _ instruction: ByteProductForm) -> ByteFactor {
    factor(kernel.lanes(.uniform(bytes)), isSigned: isSigned, instruction)
  }

  /// What the instruction wants of four bytes a lane.
  private func factor(_ bytes: Value, isSigned: Bool, _ instruction: ByteProductForm) -> ByteFactor {
    let parts: [Value]
    switch instruction {
    case .fours, .equalFours: parts = [reinterpreted(bytes, count: 4)]
    case .pairs: parts = (0..<2).map { widened(reinterpreted(bytes, count: 2), part: $0, of: 2, isSigned) }
    case .none: parts = (0..<4).map { widened(bytes, part: $0, of: 4, isSigned) }
    }
    return ByteFactor(parts: parts, isSigned: isSigned)
  }

  /// The vector with each lane as `count` narrower ones.
  private func reinterpreted(_ vector: Value, count: Int) -> Value {
    b.value("vector.bitcast", [vector], type: .vector([width * count], .integer(32 / count, context)))
  }

  /// Byte `part` of the `count` bytes of each lane, widened to the lane.
  private func widened(_ vector: Value, part: Int, of count: Int, _ isSigned: Bool) -> Value {
    let element = vector.type.element, bits = 8 * count
    func amount(_ count: Int) -> Value {
      b.value("vector.broadcast", [b.constant(.integer(count, element))], type: vector.type)
    }
    let top = bits - 8 * (part + 1)
    let shifted = top == 0 ? vector : b.binary("arith.shli", vector, amount(top))
    return b.binary(isSigned ? "arith.shrsi" : "arith.shrui", shifted, amount(bits - 8))
  }

  /// `sum` plus the products of the bytes of each lane.
  private func multiply(_ row: ByteFactor, _ column: ByteFactor, adding sum: Value, _ instruction: ByteProductForm) -> Value {
    guard instruction != .none, let products = kernel.traits.byteProducts else {
      return zip(row.parts, column.parts).reduce(sum) { b.binary("arith.addi", $0, b.binary("arith.muli", $1.0, $1.1)) }
    }
    return zip(row.parts, column.parts).reduce(sum) { sum, parts in
      // The unsigned factor first, where the instruction wants one.
      let (first, second) = instruction == .fours && row.isSigned ? (parts.1, parts.0) : parts
      return products.add(first, second, areSigned: row.isSigned, to: sum, b)
    }
  }
}

/// Four bytes a lane in the form that the instruction wants.
private struct ByteFactor {
  let parts: [Value]
  let isSigned: Bool
}

extension ByteProductForm {
  /// `true` iff the rows are multiplied with their first bits flipped: the instruction wants factors of different signs, or of equal ones.
  fileprivate func flips(_ product: ByteProduct) -> Bool {
    let areEqual = product.hasSignedRows == product.hasSignedColumns
    return self == .fours ? areEqual : self == .equalFours && !areEqual
  }
}
