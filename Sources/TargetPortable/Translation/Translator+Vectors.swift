internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// `vector` operations: rows as wholes, and their lanes.
extension Translator {
  func translateVector(_ op: Operation) throws(Diagnostic) {
    switch op.name {
    case "vector.broadcast", "vector.splat": try translateBroadcast(op)
    case "vector.step":
      emit(.init(opcode: .laneNumbers, type: .i64, lanes: lanes(op.result(0).type), d: operand(op.result(0))))
    case "vector.create_mask":
      emit(.init(opcode: .prefixMask, type: .i1, lanes: lanes(op.result(0).type), d: operand(op.result(0)), a: operand(op.operand(0))))
    case "vector.constant_mask":
      guard let count = op.attribute("mask_dim_sizes")?.denseIntegers?.first else { throw unsupported(op) }
      emit(.init(opcode: .prefixMask, type: .i1, lanes: lanes(op.result(0).type), d: operand(op.result(0)), a: .register(constant(count))))
    case "vector.extract", "vector.extractelement": try translateExtract(op)
    case "vector.insert", "vector.insertelement": try translateInsert(op)
    case "vector.from_elements": try translateFromElements(op)
    case "vector.to_elements":
      guard let type = storage(op.operand(0).type) else { throw unsupported(op) }
      for (i, result) in op.results.enumerated() {
        emit(
          .init(
            opcode: .extract, type: type, variant: UInt8(i), lanes: lanes(op.operand(0).type), d: operand(result), a: operand(op.operand(0))
          ))
      }
    case "vector.shuffle": try translateShuffle(op)
    case "vector.extract_strided_slice":
      guard let first = op.attribute("offsets")?.arrayValue?.first?.integerValue else { throw unsupported(op) }
      try emitShuffle(op, op.operand(0), op.operand(0), (0..<lanes(op.result(0).type)).map { first + $0 })
    case "vector.reduction": try translateReduction(op)
    case "vector.bitcast" where isAlias(op): registers[op.result(0)] = parts(op.operand(0))
    default: throw unsupported(op)
    }
  }

  private func translateBroadcast(_ op: Operation) throws(Diagnostic) {
    let value = op.operand(0), result = op.result(0)
    guard let type = storage(result.type) else { throw unsupported(op) }
    if value.type.isVector {
      // One lane for all.
      guard lanes(value.type) == 1 else { throw unsupported(op) }
      let one = fresh(isRow: false)
      emit(.init(opcode: .extract, type: type, lanes: 1, d: .register(one), a: operand(value)))
      return emit(.init(opcode: .broadcast, type: type, lanes: lanes(result.type), d: operand(result), a: .register(one)))
    }
    // An element that is loaded for all lanes only.
    if let load = value.definingOperation, load.name == PortableMachine.Name.load, load.operandCount == 1, value.hasOneUse,
      load.block == op.block, !isStoredBetween(load, op)
    {
      let place = place(load.operand(0), size: type.byteCount)
      var splat = VirtualInstruction(
        opcode: .loadSplat, type: type, lanes: lanes(result.type), d: operand(result), a: operand(place.base), immediate: place.displacement
      )
      if let index = place.index {
        splat.variant = PortableAccess.indexed
        splat.b = operand(index)
      }
      return emit(splat)
    }
    emit(.init(opcode: .broadcast, type: type, lanes: lanes(result.type), d: operand(result), a: operand(value)))
  }

  /// `true` iff memory may be written between two operations of a block.
  private func isStoredBetween(_ first: Operation, _ last: Operation) -> Bool {
    var current = first.next
    while let operation = current, operation != last {
      if !operation.regions.isEmpty || operation.name == PortableMachine.Name.store || operation.name == PortableMachine.Name.scatter {
        return true
      }
      current = operation.next
    }
    return false
  }

  // MARK: lanes

  /// The number of a lane that an operation names, or the operand that says it.
  private func lane(_ op: Operation, operand k: Int) throws(Diagnostic) -> (known: Int?, value: Value?) {
    if let positions = op.attribute("static_position")?.denseIntegers {
      guard positions.count == 1 else { throw unsupported(op) }
      return positions[0] == Type.dynamic ? (nil, op.operand(k)) : (positions[0], nil)
    }
    return op.operandCount > k ? (nil, op.operand(k)) : (0, nil)
  }

  private func translateExtract(_ op: Operation) throws(Diagnostic) {
    let row = op.operand(0)
    guard let type = storage(row.type), !op.result(0).type.isVector else { throw unsupported(op) }
    let lane = try lane(op, operand: 1)
    if let known = lane.known {
      guard (0..<64).contains(known) else { throw unsupported(op) }
      emit(.init(opcode: .extract, type: type, variant: UInt8(known), lanes: lanes(row.type), d: operand(op.result(0)), a: operand(row)))
    } else if let value = lane.value {
      emit(.init(opcode: .extractAt, type: type, lanes: lanes(row.type), d: operand(op.result(0)), a: operand(row), b: operand(value)))
    }
  }

  private func translateInsert(_ op: Operation) throws(Diagnostic) {
    let value = op.operand(0), row = op.operand(1), result = op.result(0)
    guard let type = storage(row.type), !value.type.isVector else { throw unsupported(op) }
    let lane = try lane(op, operand: 2)
    emit(.init(opcode: .move, type: type, lanes: lanes(row.type), d: operand(result), a: operand(row)))
    if let known = lane.known {
      guard (0..<64).contains(known) else { throw unsupported(op) }
      emit(.init(opcode: .insert, type: type, variant: UInt8(known), lanes: lanes(row.type), d: operand(result), a: operand(value)))
    } else if let number = lane.value {
      emit(.init(opcode: .insertAt, type: type, lanes: lanes(row.type), d: operand(result), a: operand(value), b: operand(number)))
    }
  }

  private func translateFromElements(_ op: Operation) throws(Diagnostic) {
    let result = op.result(0)
    guard let type = storage(result.type), op.operandCount <= 64 else { throw unsupported(op) }
    let lanes = lanes(result.type)
    emit(.init(opcode: .broadcast, type: type, lanes: lanes, d: operand(result), a: operand(op.operand(0))))
    for (i, value) in op.operands.enumerated().dropFirst() where value != op.operand(0) {
      emit(.init(opcode: .insert, type: type, variant: UInt8(i), lanes: lanes, d: operand(result), a: operand(value)))
    }
  }

  // MARK: shuffles

  private func translateShuffle(_ op: Operation) throws(Diagnostic) {
    guard let mask = op.attribute("mask")?.denseIntegers else { throw unsupported(op) }
    let first = lanes(op.operand(0).type)
    // Lanes that may be anything are -1.
    try emitShuffle(op, op.operand(0), op.operand(1), mask.map { $0 < 0 ? 0 : $0 < first ? $0 : 64 + $0 - first })
  }

  private func emitShuffle(_ op: Operation, _ first: Value, _ second: Value, _ places: [Int]) throws(Diagnostic) {
    guard let type = storage(op.result(0).type), places.count <= 64, places.allSatisfy({ (0..<128).contains($0) }) else {
      throw unsupported(op)
    }
    var words = [UInt64](repeating: 0, count: 8)
    for (i, place) in places.enumerated() { words[i / 8] |= UInt64(place) << UInt64(8 * (i % 8)) }
    emit(
      .init(
        opcode: .shuffle, type: type, lanes: places.count, d: operand(op.result(0)), a: operand(first), b: operand(second),
        immediate: poolPlace(words)))
  }

  // MARK: reductions

  private static let reductions: [String: PortableReduction] = [
    "add": .add, "mul": .multiply, "and": .and, "or": .or, "xor": .exclusiveOr, "minsi": .minSigned, "maxsi": .maxSigned,
    "minui": .minUnsigned, "maxui": .maxUnsigned, "minimumf": .minimum, "maximumf": .maximum, "minnumf": .minNumber, "maxnumf": .maxNumber,
  ]

  private func translateReduction(_ op: Operation) throws(Diagnostic) {
    let row = op.operand(0)
    guard let kind = op.attribute("kind"), let type = storage(row.type), op.operandCount == 1,
      let name = "\(kind)".split(separator: "<").last?.dropLast(), var reduction = Self.reductions[String(name)]
    else { throw unsupported(op) }
    if type == .i1 {
      // Of one bit.
      switch reduction {
      case .add: reduction = .exclusiveOr
      case .multiply, .maxSigned, .minUnsigned: reduction = .and
      case .minSigned, .maxUnsigned: reduction = .or
      default: break
      }
    }
    guard reduction.types.contains(type), row.type.bitsArePlain || type == .i1 else { throw unsupported(op) }
    emit(.init(opcode: .reduce, type: type, variant: reduction.rawValue, lanes: lanes(row.type), d: operand(op.result(0)), a: operand(row)))
  }
}
