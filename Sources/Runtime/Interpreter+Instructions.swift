import ModuleFormat

/// What each instruction does.
extension Interpreter {
  /// Runs `function` until it returns; the result tells where its return instruction lists what it gives.
  mutating func run(
    _ function: ProgramFunction, _ frame: Frame, depth: Int
  ) throws(RuntimeError) -> (integers: Int, references: Int) {
    let code = function.code
    let integers = frame.integers
    let references = frame.references
    var pc = 0
    /// Returns the operand word `index` words after the opcode.
    @inline(__always) func word(_ index: Int) -> Int { Int(code[pc + index]) }
    /// Returns the integer that an operand word names.
    @inline(__always) func value(_ index: Int) -> Int64 { integers[Int(code[pc + index])] }
    while true {
      switch unsafeBitCast(UInt8(truncatingIfNeeded: code[pc]), to: Opcode.self) {
      case .move:
        integers[word(1)] = value(2)
        pc += 3
      case .moveReference:
        references[word(1)] = references[word(2)]
        pc += 3
      case .integer:
        let operation = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: IntegerOperation.self)
        guard let result = operation.evaluate(value(3), value(4)) else {
          throw function.fail(.invalidArgument, "\(operation.name) of \(value(3)) by \(value(4))")
        }
        integers[word(2)] = result
        pc += 5
      case .compare:
        let predicate = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: IntegerPredicate.self)
        integers[word(2)] = predicate.evaluate(value(3), value(4)) ? 1 : 0
        pc += 5
      case .float:
        let operation = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: FloatOperation.self)
        integers[word(2)] = bits(operation.evaluate(double(value(3)), double(value(4))))
        pc += 5
      case .compareFloat:
        let predicate = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: FloatPredicate.self)
        integers[word(2)] = predicate.evaluate(double(value(3)), double(value(4))) ? 1 : 0
        pc += 5
      case .floatUnary:
        let operation = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: FloatUnaryOperation.self)
        integers[word(2)] = bits(operation.evaluate(double(value(3))))
        pc += 4
      case .convert:
        integers[word(2)] = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: Conversion.self).evaluate(value(3))
        pc += 4
      case .signExtend:
        let shift = Int64(64 - word(3))
        integers[word(1)] = (value(2) &<< shift) &>> shift
        pc += 4
      case .zeroExtend:
        let shift = UInt64(64 - word(3))
        integers[word(1)] = Int64(bitPattern: (UInt64(bitPattern: value(2)) &<< shift) &>> shift)
        pc += 4
      case .select:
        integers[word(1)] = value(2) != 0 ? value(3) : value(4)
        pc += 5
      case .branch:
        if interruption.isRequested { throw function.fail(.cancelled, "the call was interrupted") }
        pc = word(1)
      case .branchIf:
        if interruption.isRequested { throw function.fail(.cancelled, "the call was interrupted") }
        pc = value(1) != 0 ? word(2) : word(3)
      case .call:
        pc = try call(function, frame, pc, depth: depth)
      case .returnValues:
        return (pc + 2, pc + 3 + word(1))
      case .check:
        if value(1) == 0 { throw failedCheck(function, frame, pc) }
        pc += 4 + word(3)
      case .dimension:
        guard let type = references[word(2)].type, word(3) < type.shape.count else {
          throw function.fail("a register is no tensor with \(word(3) + 1) dimensions")
        }
        integers[word(1)] = Int64(type.shape[word(3)])
        pc += 4
      case .byteCount:
        integers[word(1)] = Int64(references[word(2)].byteCount)
        pc += 3
      case .constant:
        references[word(1)] = constants[word(2)]
        pc += 3
      case .allocate:
        references[word(1)] = try allocated(function, frame, pc)
        pc += 3
      case .slice:
        try slice(function, frame, pc)
        pc += 5
      case .plan:
        try plan(function, frame, pc)
        pc += 5 + 2 * word(4)
      case .tensor:
        try tensor(function, frame, pc)
        pc += 6 + word(5)
      case .load:
        try load(function, frame, pc)
        pc += 5
      case .store:
        try store(function, frame, pc)
        pc += 5
      case .copy:
        try copy(function, frame, pc)
        pc += 4
      case .fill:
        try fill(function, frame, pc)
        pc += 5
      case .dispatch:
        pc = try dispatch(function, frame, pc)
      case .barrier:
        commands.barrier()
        pc += 1
      case .submit:
        try complete()
        pc += 1
      case .list:
        references[word(1)] = try makeList(function, (0..<word(2)).map { references[word(3 + $0)] })
        pc += 3 + word(2)
      case .listCount:
        integers[word(1)] = Int64(try list(function, references[word(2)]).count)
        pc += 3
      case .listElement:
        references[word(1)] = try element(function, references[word(2)], value(3))
        pc += 4
      case .listInsert:
        references[word(1)] = try inserting(function, references[word(4)], into: references[word(2)], at: value(3))
        pc += 5
      case .listErase:
        references[word(1)] = try erasing(function, from: references[word(2)], at: value(3))
        pc += 4
      case .checkTensor:
        try checkTensor(function, frame, pc)
        pc += 4 + word(3)
      case .listJoin:
        references[word(1)] = try joined(function, frame, pc)
        pc += 7 + word(6)
      case .strings:
        pc = try strings(function, frame, pc)
      }
    }
  }

  /// Calls another function; returns the next instruction.
  private mutating func call(_ function: ProgramFunction, _ frame: Frame, _ start: Int, depth: Int) throws(RuntimeError) -> Int {
    let code = function.code
    let callee = module.program.functions[Int(code[start + 1])]
    let inner = try frames.enter(callee, depth: depth + 1)
    defer { frames.leave(callee, inner) }
    var pc = start + 2
    for index in 0..<Int(code[pc]) { inner.integers[index] = frame.integers[Int(code[pc + 1 + index])] }
    pc += 1 + Int(code[pc])
    for index in 0..<Int(code[pc]) { inner.references[index] = frame.references[Int(code[pc + 1 + index])] }
    pc += 1 + Int(code[pc])
    let result = try run(callee, inner, depth: depth + 1)
    for index in 0..<Int(code[pc]) {
      frame.integers[Int(code[pc + 1 + index])] = inner.integers[Int(callee.code[result.integers + index])]
    }
    pc += 1 + Int(code[pc])
    for index in 0..<Int(code[pc]) {
      frame.references[Int(code[pc + 1 + index])] = inner.references[Int(callee.code[result.references + index])]
    }
    return pc + 1 + Int(code[pc])
  }
}

/// Returns the number whose bits are in an integer register.
@inline(__always) private func double(_ bits: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: bits)) }

/// Returns the bits of a number for an integer register.
@inline(__always) private func bits(_ number: Double) -> Int64 { Int64(bitPattern: number.bitPattern) }
