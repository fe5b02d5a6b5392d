internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// `arith` and `math`, on scalars and on rows alike.
extension Translator {
  /// Translates an operation without regions.
  func translate(_ op: Operation) throws(Diagnostic) {
    if (op.operands + op.results).contains(where: { $0.type.isInteger && $0.type.isPair }), try translateWide(op) { return }
    if isNarrowFloat(op) { return try translateWidened(op) }
    if let opcode = Self.opcodes[op.name] { return try translateDirectly(op, opcode) }
    if op.name.hasPrefix("portable.") { return try translateMemory(op) }
    if op.name.hasPrefix("vector.") { return try translateVector(op) }
    if op.name.hasPrefix("complex.") { return try translateComplex(op) }
    switch op.name {
    case "arith.constant": try translateConstant(op)
    case "ub.poison": emitZero(op.result(0))
    case "arith.cmpi", "arith.cmpf": try translateComparison(op)
    case "arith.select": try translateSelect(op)
    case "arith.index_cast", "arith.index_castui", "arith.extsi", "arith.extui", "arith.trunci", "arith.bitcast": try translateCast(op)
    case "arith.extf", "arith.truncf", "arith.sitofp", "arith.uitofp", "arith.fptosi", "arith.fptoui": try translateConversion(op)
    case "arith.ceildivui", "arith.ceildivsi", "arith.floordivsi": try translateRoundedDivision(op)
    case "math.fma": emit(instruction(.multiplyAdd, op, op.operands, variant: 1))
    case "math.fpowi": try translateIntegerPower(op)
    case "math.isnan": emitComparison(.unordered, op, op.operand(0), op.operand(0))
    default:
      guard op.name.hasPrefix("math."), let function = Self.functions[String(op.name.dropFirst(5))] else { throw unsupported(op) }
      guard try floatType(op) != nil else { throw unsupported(op) }
      emit(instruction(.function, op, op.operands, variant: function.rawValue))
    }
  }

  // MARK: narrow floats, which are stored, and computed in f32

  /// `true` iff an operation of `arith` or `math` computes with f16 or bf16.
  private func isNarrowFloat(_ op: Operation) -> Bool {
    guard op.name.hasPrefix("arith.") || op.name.hasPrefix("math."), !Self.movesFloats.contains(op.name) else { return false }
    return (op.operands + op.results).contains { isNarrowFloat($0.type) }
  }

  private func isNarrowFloat(_ type: Type) -> Bool { storage(type).map { [.f16, .bf16].contains($0) } ?? false }

  /// Operations that move floats as bits, and conversions.
  private static let movesFloats: Set<String> = [
    "arith.constant", "arith.select", "arith.bitcast", "arith.extf", "arith.truncf", "arith.sitofp", "arith.uitofp", "arith.fptosi",
    "arith.fptoui",
  ]

  /// Widens the operands, computes in f32, and rounds the result.
  private func translateWidened(_ op: Operation) throws(Diagnostic) {
    let b = Builder(context, before: op), f32 = Type.f32(context)
    func widened(_ type: Type) -> Type { type.isVector ? .vector(type.shape, f32) : f32 }
    let operands = op.operands.map { isNarrowFloat($0.type) ? b.value("arith.extf", [$0], type: widened($0.type)) : $0 }
    let result = op.result(0), isNarrow = isNarrowFloat(result.type)
    let wide = b.value(op.name, operands, type: isNarrow ? widened(result.type) : result.type, attributes: op.attributes)
    for operand in operands { if let made = operand.definingOperation, registers[operand] == nil { try translate(made) } }
    try translate(wide.definingOperation!)
    guard isNarrow else { return registers[result] = parts(wide) }
    let rounded = b.value("arith.truncf", [wide], type: result.type)
    try translate(rounded.definingOperation!)
    registers[result] = parts(rounded)
  }

  // MARK: one instruction

  private static let opcodes: [String: PortableOpcode] = [
    "arith.addi": .add, "arith.subi": .subtract, "arith.muli": .multiply, "arith.divsi": .divideSigned, "arith.divui": .divideUnsigned,
    "arith.remsi": .remainderSigned, "arith.remui": .remainderUnsigned, "arith.andi": .and, "arith.ori": .or, "arith.xori": .exclusiveOr,
    "arith.shli": .shiftLeft, "arith.shrui": .shiftRight, "arith.shrsi": .shiftRightSigned, "arith.minsi": .minSigned,
    "arith.maxsi": .maxSigned, "arith.minui": .minUnsigned, "arith.maxui": .maxUnsigned, "math.ctlz": .countLeadingZeros,
    "math.cttz": .countTrailingZeros, "math.ctpop": .countOnes, "math.absi": .absolute,
    "arith.addf": .add, "arith.subf": .subtract, "arith.mulf": .multiply, "arith.divf": .divide, "arith.remf": .remainder,
    "arith.minimumf": .minimum, "arith.maximumf": .maximum, "arith.minnumf": .minNumber, "arith.maxnumf": .maxNumber, "arith.negf": .negate,
    "math.copysign": .copySign, "math.powf": .power, "math.atan2": .arcTangent2, "math.absf": .absolute, "math.floor": .floor,
    "math.ceil": .ceil, "math.round": .round, "math.roundeven": .roundEven, "math.trunc": .truncate, "math.sqrt": .squareRoot,
  ]

  private static let functions = Dictionary(uniqueKeysWithValues: PortableFunction.allCases.map { ("\($0)", $0) })

  /// An instruction of the type and lanes of an operation's result.
  func instruction(_ opcode: PortableOpcode, _ op: Operation, _ operands: [Value], variant: UInt8 = 0) -> VirtualInstruction {
    let result = op.result(0), read = operands.map(operand)
    return VirtualInstruction(
      opcode: opcode, type: storage(result.type) ?? .i64, variant: variant, lanes: lanes(result.type), d: operand(result),
      a: read.count > 0 ? read[0] : .none, b: read.count > 1 ? read[1] : .none, c: read.count > 2 ? read[2] : .none)
  }

  /// The type of an operation on floats that the machine computes; `nil` where it has none.
  private func floatType(_ op: Operation) throws(Diagnostic) -> PortableType? {
    storage(op.result(0).type).flatMap { [.f32, .f64].contains($0) ? $0 : nil }
  }

  private func translateDirectly(_ op: Operation, _ opcode: PortableOpcode) throws(Diagnostic) {
    guard let type = storage(op.result(0).type) else { throw unsupported(op) }
    if type == .i1 { return try translateConditions(op, opcode) }
    if opcode == .add, op.name == "arith.addf", translateMultiplyAdd(op) { return }
    guard opcode.row.types.contains(type) else { throw unsupported(op) }
    if op.result(0).type.bitsArePlain {
      emit(instruction(opcode, op, op.operands))
    } else {
      try translateNarrow(op, opcode, type)
    }
  }

  /// A product that is only added to something becomes one instruction with the sum: both are rounded as before.
  private func translateMultiplyAdd(_ op: Operation) -> Bool {
    for (k, operand) in op.operands.enumerated() {
      guard let product = operand.definingOperation, product.name == "arith.mulf", operand.hasOneUse, product.block == op.block,
        registers[operand] != nil
      else { continue }
      let other = op.operand(1 - k)
      // The factors must still stand where they stood: no register that carries something is written in between, as both are of one block.
      emit(instruction(.multiplyAdd, op, product.operands + [other]))
      return true
    }
    return false
  }

  /// Truth values: sums and products as those of one bit, and -1 in place of 1 where numbers have signs.
  private func translateConditions(_ op: Operation, _ opcode: PortableOpcode) throws(Diagnostic) {
    let of: PortableOpcode =
      switch opcode {
      case .add, .subtract, .exclusiveOr: .exclusiveOr
      case .multiply, .and, .maxSigned, .minUnsigned: .and
      case .or, .minSigned, .maxUnsigned: .or
      default: throw unsupported(op)
      }
    emit(instruction(of, op, op.operands))
  }

  // MARK: integers of an unusual width, which are kept with their sign in the next type that has room

  private func translateNarrow(_ op: Operation, _ opcode: PortableOpcode, _ type: PortableType) throws(Diagnostic) {
    emit(instruction(opcode, op, op.operands))
    switch opcode {
    case .add, .subtract, .multiply: normalize(op.result(0), type)
    case .and, .or, .exclusiveOr, .minSigned, .maxSigned, .minUnsigned, .maxUnsigned: break
    default: throw unsupported(op)
    }
  }

  /// Gives the bits above those of the value's type its sign.
  private func normalize(_ value: Value, _ type: PortableType) {
    let bits = (value.type.isVector ? value.type.element : value.type).bitWidth ?? 64, lanes = lanes(value.type)
    let amount = fresh(isRow: lanes > 0), register = VirtualInstruction.Operand.register(register(value))
    emitConstant(UInt64(8 * type.byteCount - bits), type, into: amount, lanes: lanes)
    for opcode in [PortableOpcode.shiftLeft, .shiftRightSigned] {
      emit(.init(opcode: opcode, type: type, lanes: lanes, d: register, a: register, b: .register(amount)))
    }
  }

  /// The register of an integer with zeros above its bits.
  private func withoutSign(_ value: Value, _ type: PortableType) -> VirtualRegister {
    if value.type.bitsArePlain || type == .i1 { return register(value) }
    let bits = (value.type.isVector ? value.type.element : value.type).bitWidth ?? 64, lanes = lanes(value.type)
    let mask = fresh(isRow: lanes > 0), masked = fresh(isRow: lanes > 0)
    emitConstant(1 << UInt64(bits) - 1, type, into: mask, lanes: lanes)
    emit(.init(opcode: .and, type: type, lanes: lanes, d: .register(masked), a: operand(value), b: .register(mask)))
    return masked
  }

  // MARK: casts

  /// `true` iff an operation gives the bits of its operand another type.
  func isAlias(_ op: Operation) -> Bool {
    guard op.resultCount == 1, op.operandCount == 1, let from = storage(op.operand(0).type), let to = storage(op.result(0).type) else {
      return false
    }
    switch op.name {
    case "arith.bitcast", "vector.bitcast": return from.byteCount == to.byteCount && lanes(op.operand(0).type) == lanes(op.result(0).type)
    case "arith.index_cast", "arith.index_castui": return from == to
    default: return false
    }
  }

  private func translateCast(_ op: Operation) throws(Diagnostic) {
    let value = op.operand(0), result = op.result(0)
    guard let from = storage(value.type), let to = storage(result.type) else { throw unsupported(op) }
    if isAlias(op) {
      registers[result] = parts(value)
      return
    }
    if op.name == "arith.bitcast" { throw unsupported(op) }
    let isUnsigned = op.name == "arith.extui" || op.name == "arith.index_castui"
    let source = isUnsigned ? withoutSign(value, from) : register(value)
    // An index may be wider or narrower than the integer.
    if from == to {
      emit(.init(opcode: .move, type: to, lanes: lanes(result.type), d: operand(result), a: .register(source)))
    } else if from.byteCount < to.byteCount || from == .i1 {
      emit(
        .init(
          opcode: isUnsigned ? .extendUnsigned : .extendSigned, type: to, variant: from.rawValue, lanes: lanes(result.type),
          d: operand(result), a: .register(source)))
    } else {
      emit(.init(opcode: .narrow, type: to, variant: from.rawValue, lanes: lanes(result.type), d: operand(result), a: .register(source)))
    }
    if to != .i1, !result.type.bitsArePlain, op.name == "arith.trunci" { normalize(result, to) }
  }

  private func translateConversion(_ op: Operation) throws(Diagnostic) {
    let value = op.operand(0), result = op.result(0)
    guard let from = storage(value.type), let to = storage(result.type) else { throw unsupported(op) }
    func emit(_ opcode: PortableOpcode, _ source: VirtualRegister, _ from: PortableType, _ d: VirtualRegister, _ to: PortableType) {
      self.emit(
        .init(opcode: opcode, type: to, variant: from.rawValue, lanes: lanes(result.type), d: .register(d), a: .register(source)))
    }
    /// A step by way of another type.
    func between() -> VirtualRegister { fresh(isRow: result.type.isVector) }
    switch op.name {
    case "arith.extf", "arith.truncf":
      let isSmall = [.f16, .bf16].contains(from), isToSmall = [.f16, .bf16].contains(to)
      if isSmall, isToSmall {
        let wide = between()
        emit(.convertFloat, register(value), from, wide, .f32)
        emit(.convertFloat, wide, .f32, register(result), to)
      } else {
        emit(.convertFloat, register(value), from, register(result), to)
      }
    case "arith.sitofp", "arith.uitofp":
      let isSigned = op.name == "arith.sitofp"
      let source = isSigned ? register(value) : withoutSign(value, from)
      let opcode: PortableOpcode = isSigned ? .signedToFloat : .unsignedToFloat
      if [.f32, .f64].contains(to) { return emit(opcode, source, from, register(result), to) }
      let wide = between()
      emit(opcode, source, from, wide, .f32)
      emit(.convertFloat, wide, .f32, register(result), to)
    default:
      let opcode: PortableOpcode = op.name == "arith.fptosi" ? .floatToSigned : .floatToUnsigned
      var source = register(value), kind = from
      if ![.f32, .f64].contains(from) {
        source = between()
        kind = .f32
        emit(.convertFloat, register(value), from, source, .f32)
      }
      if to == .i1 {
        let byte = between()
        emit(opcode, source, kind, byte, .i8)
        return emit(.narrow, byte, .i8, register(result), .i1)
      }
      emit(opcode, source, kind, register(result), to)
      if !result.type.bitsArePlain { normalize(result, to) }
    }
  }

  // MARK: conditions

  private func translateComparison(_ op: Operation) throws(Diagnostic) {
    guard let predicate = op.attribute("predicate")?.integerValue, let type = storage(op.operand(0).type) else { throw unsupported(op) }
    var operands = op.operands
    if op.name == "arith.cmpf" {
      guard [.f32, .f64].contains(type) else { throw unsupported(op) }
      return emit(comparison(.compareFloats, UInt8(predicate), op, operands))
    }
    // As a signed number, a truth value is 0 or -1.
    if type == .i1, (2...5).contains(predicate) { operands.reverse() }
    emit(comparison(.compareIntegers, UInt8(predicate), op, operands))
  }

  private func emitComparison(_ predicate: PortableFloatPredicate, _ op: Operation, _ x: Value, _ y: Value) {
    emit(comparison(.compareFloats, predicate.rawValue, op, [x, y]))
  }

  /// A comparison, whose type is that of its operands.
  private func comparison(_ opcode: PortableOpcode, _ variant: UInt8, _ op: Operation, _ operands: [Value]) -> VirtualInstruction {
    VirtualInstruction(
      opcode: opcode, type: storage(operands[0].type) ?? .i64, variant: variant, lanes: lanes(op.result(0).type), d: operand(op.result(0)),
      a: operand(operands[0]), b: operand(operands[1]))
  }

  private func translateSelect(_ op: Operation) throws(Diagnostic) {
    let (condition, x, y) = (op.operand(0), op.operand(1), op.operand(2)), result = op.result(0)
    guard let type = storage(result.type) else { throw unsupported(op) }
    var chosen = register(condition)
    if result.type.isVector, !condition.type.isVector {
      chosen = fresh(isRow: true)
      emit(.init(opcode: .broadcast, type: .i1, lanes: lanes(result.type), d: .register(chosen), a: operand(condition)))
    }
    let made = result.type.isPair ? [fresh(isRow: false), fresh(isRow: false)] : [register(result)]
    registers[result] = made
    for (d, (first, second)) in zip(made, zip(parts(x), parts(y))) {
      emit(
        .init(
          opcode: .select, type: type, lanes: lanes(result.type), d: .register(d), a: .register(chosen), b: .register(first),
          c: .register(second)))
    }
  }
}
