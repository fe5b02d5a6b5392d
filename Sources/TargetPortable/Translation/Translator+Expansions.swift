internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Operations of several instructions, and constants.
extension Translator {
  // MARK: constants

  /// The number of an integer constant; `nil` for any other value.
  func knownInteger(_ value: Value) -> Int? {
    guard let maker = value.definingOperation, maker.name == "arith.constant" else { return nil }
    return maker.attribute("value")?.integerValue
  }

  func translateConstant(_ op: Operation) throws(Diagnostic) {
    let result = op.result(0)
    guard let type = storage(result.type), let value = op.attribute("value") else { throw unsupported(op) }
    let lanes = lanes(result.type)
    if let parts = value.arrayValue, result.type.isComplex {
      let made = [fresh(isRow: false), fresh(isRow: false)]
      registers[result] = made
      for (part, register) in zip(parts, made) {
        guard let word = bits(part, type) else { throw unsupported(op) }
        emitConstant(word, type, into: register, lanes: 0)
      }
      return
    }
    if let word = bits(value.splatValue ?? value, type) { return emitConstant(word, type, into: register(result), lanes: lanes) }
    // Elements that differ stand in the pool.
    guard result.type.isVector, let bytes = value.elementBytes(result.type) else { throw unsupported(op) }
    var words = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
    for (i, byte) in bytes.enumerated() { words[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
    let address = fresh(isRow: false)
    emit(
      .init(
        opcode: .address, type: .i64, d: .register(address), a: .number(PortableRegion.pool), immediate: 8 * poolPlace(words)))
    emit(.init(opcode: .load, type: type, lanes: lanes, d: operand(result), a: .register(address)))
  }

  /// The bits of a scalar attribute as they are kept, with the sign of integers.
  private func bits(_ attribute: Attribute, _ type: PortableType) -> UInt64? {
    if let number = attribute.integerValue { return type == .i1 ? UInt64(number & 1) : UInt64(bitPattern: Int64(number)) }
    guard attribute.floatValue != nil, type == .f64 || type == .f32 || type == .f16 || type == .bf16 else { return nil }
    let vector = Type.vector([1], attribute.type)
    return Attribute.splat(vector, attribute).elementBytes(vector)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Makes a value, whose elements may be anything, 0.
  func emitZero(_ value: Value) {
    for part in parts(value) { emitConstant(0, storage(value.type) ?? .i64, into: part, lanes: lanes(value.type)) }
  }

  // MARK: division

  /// Divisions that round up or down: the quotient towards zero, and one more or less where there is a remainder.
  func translateRoundedDivision(_ op: Operation) throws(Diagnostic) {
    let result = op.result(0)
    guard let type = storage(result.type), type != .i1, result.type.bitsArePlain else { throw unsupported(op) }
    let lanes = lanes(result.type), isRow = lanes > 0
    func made(_ opcode: PortableOpcode, _ a: VirtualRegister, _ b: VirtualRegister, variant: UInt8 = 0) -> VirtualRegister {
      let d = fresh(isRow: isRow)
      let isCondition = [PortableOpcode.and, .or, .exclusiveOr].contains(opcode)
      emit(
        .init(
          opcode: opcode, type: isCondition ? .i1 : type, variant: variant, lanes: lanes, d: .register(d), a: .register(a), b: .register(b))
      )
      return d
    }
    func number(_ number: Int) -> VirtualRegister {
      let d = fresh(isRow: isRow)
      emitConstant(UInt64(bitPattern: Int64(number)), type, into: d, lanes: lanes)
      return d
    }
    func compared(_ predicate: PortableIntegerPredicate, _ a: VirtualRegister, _ b: VirtualRegister) -> VirtualRegister {
      made(.compareIntegers, a, b, variant: predicate.rawValue)
    }
    let x = register(op.operand(0)), y = register(op.operand(1)), zero = number(0)
    let isSigned = op.name != "arith.ceildivui"
    let quotient = made(isSigned ? .divideSigned : .divideUnsigned, x, y),
      rest = made(isSigned ? .remainderSigned : .remainderUnsigned, x, y)
    var isInexact = compared(.notEqual, rest, zero)
    if isSigned {
      let differ = made(.exclusiveOr, compared(.less, x, zero), compared(.less, y, zero))
      let fits = op.name == "arith.floordivsi" ? differ : compared(.equal, toNumber(differ, type, lanes), zero)
      isInexact = made(.and, isInexact, fits)
    }
    let step = toNumber(isInexact, type, lanes)
    emit(
      .init(
        opcode: op.name == "arith.floordivsi" ? .subtract : .add, type: type, lanes: lanes, d: operand(result), a: .register(quotient),
        b: .register(step)))
  }

  /// A truth value as a number.
  private func toNumber(_ condition: VirtualRegister, _ type: PortableType, _ lanes: Int) -> VirtualRegister {
    let number = fresh(isRow: lanes > 0)
    emit(
      .init(
        opcode: .extendUnsigned, type: type, variant: PortableType.i1.rawValue, lanes: lanes, d: .register(number), a: .register(condition))
    )
    return number
  }

  // MARK: powers

  /// A float to the power of an integer.
  func translateIntegerPower(_ op: Operation) throws(Diagnostic) {
    let result = op.result(0), exponent = op.operand(1)
    guard let type = storage(result.type), [.f32, .f64].contains(type), let from = storage(exponent.type) else { throw unsupported(op) }
    let lanes = lanes(result.type), number = fresh(isRow: lanes > 0)
    emit(
      .init(opcode: .signedToFloat, type: type, variant: from.rawValue, lanes: lanes, d: .register(number), a: operand(exponent)))
    emit(.init(opcode: .power, type: type, lanes: lanes, d: operand(result), a: operand(op.operand(0)), b: .register(number)))
  }

  // MARK: complex numbers

  /// The parts of a complex number are registers of their own.
  func translateComplex(_ op: Operation) throws(Diagnostic) {
    switch op.name {
    case "complex.create": registers[op.result(0)] = op.operands.map(register)
    case "complex.re": registers[op.result(0)] = [parts(op.operand(0))[0]]
    case "complex.im": registers[op.result(0)] = [parts(op.operand(0))[1]]
    case "complex.constant":
      guard let values = op.attribute("value")?.arrayValue, let type = storage(op.result(0).type) else { throw unsupported(op) }
      let made = [fresh(isRow: false), fresh(isRow: false)]
      registers[op.result(0)] = made
      for (value, register) in zip(values, made) {
        guard let word = bits(value, type) else { throw unsupported(op) }
        emitConstant(word, type, into: register, lanes: 0)
      }
    default: throw unsupported(op)
    }
  }
}
