internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// i128, in which rows of 64-bit keys are sorted with their positions: two words, the low one first.
extension Translator {
  /// Translates an operation on i128; returns whether it has a form of its own.
  func translateWide(_ op: Operation) throws(Diagnostic) -> Bool {
    switch op.name {
    case "arith.constant":
      guard let number = op.attribute("value")?.integerValue else { throw unsupported(op) }
      registers[op.result(0)] = [constant(number), constant(number < 0 ? -1 : 0)]
    case "arith.extui":
      let narrow = op.operand(0), word: VirtualRegister
      if narrow.type.bitWidth == 64 {
        word = register(narrow)
      } else {
        guard let type = storage(narrow.type), narrow.type.bitsArePlain || type == .i1 else { throw unsupported(op) }
        word = fresh(isRow: false)
        emit(.init(opcode: .extendUnsigned, type: .i64, variant: type.rawValue, d: .register(word), a: operand(narrow)))
      }
      registers[op.result(0)] = [word, constant(0)]
    case "arith.trunci":
      let low = parts(op.operand(0))[0], result = op.result(0)
      guard result.type.bitWidth != 64 else {
        registers[result] = [low]
        break
      }
      guard let type = storage(result.type), result.type.bitsArePlain || type == .i1 else { throw unsupported(op) }
      emit(.init(opcode: .narrow, type: type, variant: PortableType.i64.rawValue, d: operand(result), a: .register(low)))
    case "arith.andi", "arith.ori", "arith.xori":
      let opcode: PortableOpcode = op.name == "arith.andi" ? .and : op.name == "arith.ori" ? .or : .exclusiveOr
      registers[op.result(0)] = zip(parts(op.operand(0)), parts(op.operand(1))).map { word(opcode, $0, $1) }
    case "arith.shli", "arith.shrui":
      guard let amount = knownInteger(op.operand(1)), (1..<128).contains(amount) else { throw unsupported(op) }
      registers[op.result(0)] = shifted(parts(op.operand(0)), by: amount, isLeft: op.name == "arith.shli")
    case PortableMachine.Name.load:
      guard op.operandCount == 1 else { throw unsupported(op) }
      let place = place(op.operand(0), size: 1), made = parts(op.result(0))
      for (k, part) in made.enumerated() { emit(access(.load, part, place, displacement: 8 * k)) }
    case PortableMachine.Name.store:
      guard op.operandCount == 2 else { throw unsupported(op) }
      let place = place(op.operand(1), size: 1)
      for (k, part) in parts(op.operand(0)).enumerated() { emit(access(.store, part, place, displacement: 8 * k)) }
    default: return false
    }
    return true
  }

  /// A load or store of a word, `displacement` bytes behind a place.
  private func access(_ opcode: PortableOpcode, _ part: VirtualRegister, _ place: Place, displacement: Int) -> VirtualInstruction {
    var base = register(place.base)
    // Words are counted by eights, bytes are not.
    if let index = place.index { base = word(.add, base, register(index)) }
    return VirtualInstruction(
      opcode: opcode, type: .i64, d: .register(part), a: .register(base), immediate: place.displacement + displacement)
  }

  private func word(_ opcode: PortableOpcode, _ a: VirtualRegister, _ b: VirtualRegister) -> VirtualRegister {
    let made = fresh(isRow: false)
    emit(.init(opcode: opcode, type: .i64, d: .register(made), a: .register(a), b: .register(b)))
    return made
  }

  /// Both words shifted by a known amount, with zeros from outside.
  private func shifted(_ words: [VirtualRegister], by amount: Int, isLeft: Bool) -> [VirtualRegister] {
    // Towards the word to which bits move.
    let (from, to) = isLeft ? (words[0], words[1]) : (words[1], words[0])
    let forth: PortableOpcode = isLeft ? .shiftLeft : .shiftRight, back: PortableOpcode = isLeft ? .shiftRight : .shiftLeft
    let moved: VirtualRegister, rest: VirtualRegister
    if amount >= 64 {
      moved = amount == 64 ? from : word(forth, from, constant(amount - 64))
      rest = constant(0)
    } else {
      moved = word(.or, word(forth, to, constant(amount)), word(back, from, constant(64 - amount)))
      rest = word(forth, from, constant(amount))
    }
    return isLeft ? [rest, moved] : [moved, rest]
  }
}
