internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Loops and choices as branches. What they carry has registers of its own, which both ends of a branch write.
extension Translator {
  /// Translates the operations of a block but its terminator, unless that ends the kernel.
  func translate(_ block: Block) throws(Diagnostic) {
    for operation in block.operations {
      switch operation.name {
      case "scf.for": try translateFor(operation)
      case "scf.if": try translateIf(operation)
      case "scf.while": try translateWhile(operation)
      case "scf.yield", "scf.condition": break
      case "func.return":
        emit(.init(opcode: .finishWith, type: .i32, a: operand(operation.operand(0))))
      default: try translate(operation)
      }
    }
  }

  /// The registers of results that a loop or a choice carries: those that were wished for them, else new ones.
  private func carriers(_ results: [Value]) -> [[VirtualRegister]] {
    results.map { result in
      let made = wishes[result].map { [$0] } ?? registersAnew(result.type)
      registers[result] = made
      return made
    }
  }

  private func registersAnew(_ type: Type) -> [VirtualRegister] {
    type.isPair ? [fresh(isRow: false), fresh(isRow: false)] : [fresh(isRow: type.isVector)]
  }

  /// Copies values to the registers that carry them.
  private func move(_ values: [Value], to carriers: [[VirtualRegister]]) {
    move(zip(values, carriers).flatMap { value, carrier in zip(parts(value), carrier).map { ($0, $1, value.type) } })
  }

  // MARK: loops

  /// `scf.for`: a counter, the carried values, and a jump back as long as the counter is below the limit.
  private func translateFor(_ loop: Operation) throws(Diagnostic) {
    guard let body = loop.body(), let yield = body.terminator else { throw unsupported(loop) }
    let (lower, upper, step) = (loop.operand(0), loop.operand(1), loop.operand(2)), initial = Array(loop.operands.dropFirst(3))
    if try translateContraction(loop) { return }
    let carriers = carriers(loop.results)
    move(initial, to: carriers)
    let arguments = Array(body.arguments.dropFirst())
    for (argument, carrier) in zip(arguments, carriers) { registers[argument] = carrier }
    let counter = fresh(isRow: false)
    move([(register(lower), counter, lower.type)])
    registers[body.arguments[0]] = [counter]
    let end = label(), again = label()
    if !isKnownToRun(lower, upper) {
      emit(
        .init(
          opcode: .branchCompare, type: .i64, variant: PortableIntegerPredicate.greaterOrEqual.rawValue, a: operand(lower),
          b: operand(upper),
          target: end))
    }
    wish(for: yield.operands, in: body, carriers, arguments)
    place(again)
    try repeated { () throws(Diagnostic) in
      try translate(body)
      move(yield.operands, to: carriers)
      emit(.init(opcode: .loop, type: .i64, d: .register(counter), a: operand(upper), b: operand(step), target: again))
    }
    place(end)
  }

  private func isKnownToRun(_ lower: Value, _ upper: Value) -> Bool {
    guard let first = knownInteger(lower), let end = knownInteger(upper) else { return false }
    return first < end
  }

  /// Lets what a loop's body yields be computed in the register that carries it, where nothing reads what stood there afterwards.
  private func wish(for yielded: [Value], in body: Block, _ carriers: [[VirtualRegister]], _ arguments: [Value]) {
    // Of rows, which take time to copy.
    for (k, value) in yielded.enumerated() where value.type.isVector && yielded.count(where: { $0 == value }) == 1 {
      guard let maker = value.definingOperation, maker.block == body, wishes[value] == nil, registers[value] == nil, mayWish(maker) else {
        continue
      }
      let argument = arguments[k]
      if maker.name == "scf.for" {
        // A loop inside begins with what this one carries: it carries it on.
        guard argument.hasOneUse, maker.operands.count > 3 + value.number, maker.operand(3 + value.number) == argument else { continue }
      } else {
        guard !isRead(argument, behind: maker, in: body) else { continue }
      }
      wishes[value] = carriers[k][0]
    }
  }

  /// `true` iff the last instruction of an operation alone writes its result, lane by lane, or it is a loop.
  private func mayWish(_ maker: Operation) -> Bool {
    if maker.name == "scf.for" { return true }
    return maker.resultCount == 1 && Self.directlyWritten.contains(maker.name) && maker.result(0).type.bitsArePlain
  }

  /// Operations of one instruction that reads the lanes that it writes, of operands as wide as the result.
  private static let directlyWritten: Set<String> = [
    "arith.addf", "arith.subf", "arith.mulf", "arith.divf", "arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf",
    "arith.addi",
    "arith.subi", "arith.muli", "arith.maxsi", "arith.minsi", "arith.maxui", "arith.minui", "math.fma", "arith.ori", "arith.andi",
    "arith.xori",
  ]

  /// `true` iff an instruction behind that of `maker` reads the register of `value`, by itself or as part of another operation.
  private func isRead(_ value: Value, behind maker: Operation, in block: Block) -> Bool {
    value.isUsed { use in
      if isBehind(use.operation, maker, in: block) { return true }
      // What reads the register where its own result is read.
      guard isAlias(use.operation) || ["arith.mulf", PortableMachine.Name.addresses].contains(use.operation.name) else { return false }
      return isRead(use.operation.result(0), behind: maker, in: block)
    }
  }

  /// `true` iff `operation`, or what it stands in, comes behind `other` in `block`, or is a part of the block's end.
  private func isBehind(_ operation: Operation, _ other: Operation, in block: Block) -> Bool {
    var current = operation
    while current.block != block {
      guard let parent = current.parent else { return true }
      current = parent
    }
    return current != other && other.isBefore(current)
  }

  /// `scf.while`: the first region computes whether to go on and with what, the second the next values.
  private func translateWhile(_ loop: Operation) throws(Diagnostic) {
    guard let before = loop.body(0), let after = loop.body(1), let condition = before.terminator, let yield = after.terminator else {
      throw unsupported(loop)
    }
    let begins = before.arguments.map { registersAnew($0.type) }, carriers = carriers(loop.results)
    move(loop.operands, to: begins)
    for (argument, begin) in zip(before.arguments, begins) { registers[argument] = begin }
    for (argument, carrier) in zip(after.arguments, carriers) { registers[argument] = carrier }
    let again = label(), end = label()
    place(again)
    try repeated { () throws(Diagnostic) in
      try translate(before)
      move(Array(condition.operands.dropFirst()), to: carriers)
      emit(.init(opcode: .branchUnless, type: .i1, a: operand(condition.operand(0)), target: end))
      try translate(after)
      move(yield.operands, to: begins)
      emit(.init(opcode: .branch, type: .i64, target: again))
    }
    place(end)
  }

  // MARK: choices

  private func translateIf(_ choice: Operation) throws(Diagnostic) {
    guard let then = choice.body(0) else { throw unsupported(choice) }
    let carriers = carriers(choice.results), otherwise = choice.body(1)
    let end = label(), other = label()
    emit(.init(opcode: .branchUnless, type: .i1, a: operand(choice.operand(0)), target: otherwise == nil ? end : other))
    try translate(then)
    if let yield = then.terminator { move(yield.operands, to: carriers) }
    if let otherwise {
      emit(.init(opcode: .branch, type: .i64, target: end))
      place(other)
      try translate(otherwise)
      if let yield = otherwise.terminator { move(yield.operands, to: carriers) }
    }
    place(end)
  }
}

extension Type {
  /// `true` iff values are two scalars: complex numbers, and i128.
  var isPair: Bool { isComplex || isInteger && bitWidth == 128 }

  /// `true` iff elements are kept as they are: floats, and integers as wide as what they are kept in.
  var bitsArePlain: Bool {
    let element = isVector ? self.element : self
    if element.isIndex || element.isFloat { return true }
    return [8, 16, 32, 64].contains(element.bitWidth)
  }
}
