import TesseraModuleFormat

/// The interpreter loop: one case for each instruction.
extension Interpreter {
  /// Runs `function` until it returns; the result reads the operands of its return instruction.
  mutating func run(_ function: ProgramFunction, _ frame: Frame, depth: Int) throws(RuntimeError) -> Operands {
    var next = UnsafePointer(function.code)
    while true {
      // A copy for each instruction: its reads have constant offsets, and the loop carries one pointer.
      var operands = Operands(at: next, in: frame)
      let opcode: Opcode = operands.variant()
      switch opcode {
      case .move:
        let result = operands.result()
        result.pointee = operands.value()
      case .moveReference:
        let result = operands.reference()
        result.pointee = operands.reference().pointee
      case .integer:
        let operation: IntegerOperation = operands.variant()
        let result = operands.result()
        let a = operands.value(), b = operands.value()
        guard let number = operation.evaluate(a, b) else {
          throw function.fail(.invalidArgument, "\(operation.name) of \(a) by \(b)")
        }
        result.pointee = number
      case .compare:
        let predicate: IntegerPredicate = operands.variant()
        let result = operands.result()
        result.pointee = predicate.evaluate(operands.value(), operands.value()) ? 1 : 0
      case .float:
        let operation: FloatOperation = operands.variant()
        let result = operands.result()
        result.pointee = bits(operation.evaluate(double(operands.value()), double(operands.value())))
      case .compareFloat:
        let predicate: FloatPredicate = operands.variant()
        let result = operands.result()
        result.pointee = predicate.evaluate(double(operands.value()), double(operands.value())) ? 1 : 0
      case .floatUnary:
        let operation: FloatUnaryOperation = operands.variant()
        let result = operands.result()
        result.pointee = bits(operation.evaluate(double(operands.value())))
      case .convert:
        let conversion: Conversion = operands.variant()
        let result = operands.result()
        result.pointee = conversion.evaluate(operands.value())
      case .signExtend:
        let result = operands.result()
        let value = operands.value()
        let shift = Int64(64 - operands.number())
        result.pointee = (value &<< shift) &>> shift
      case .zeroExtend:
        let result = operands.result()
        let value = UInt64(bitPattern: operands.value())
        let shift = UInt64(64 - operands.number())
        result.pointee = Int64(bitPattern: (value &<< shift) &>> shift)
      case .select:
        let result = operands.result()
        let condition = operands.value(), first = operands.value(), second = operands.value()
        result.pointee = condition != 0 ? first : second
      case .branch:
        if interruption.isRequested { throw .interrupted }
        next = UnsafePointer(function.code + operands.number())
        continue
      case .branchIf:
        if interruption.isRequested { throw .interrupted }
        let condition = operands.value()
        let first = operands.number(), second = operands.number()
        next = UnsafePointer(function.code + (condition != 0 ? first : second))
        continue
      case .call: operands = try call(operands, depth: depth)
      case .returnValues: return operands
      case .check:
        let condition = operands.value()
        let message = operands.number()
        let values = operands.values()
        if condition == 0 { throw failedCheck(message, values.contents) }
      case .dimension:
        let result = operands.result()
        let tensor = operands.reference()
        let axis = operands.number()
        guard let type = tensor.pointee.type, axis < type.shape.count else {
          throw function.fail("a register is not a tensor with \(axis + 1) dimensions")
        }
        result.pointee = Int64(type.shape[axis])
      case .byteCount:
        let result = operands.result()
        result.pointee = Int64(operands.reference().pointee.byteCount)
      case .constant:
        let result = operands.reference()
        let index = operands.number()
        result.pointee = constants[operands.number()][index]
      case .allocate: operands = try allocate(function, operands)
      case .slice: operands = try slice(function, operands)
      case .plan: operands = try plan(function, operands)
      case .tensor: operands = try tensor(function, operands)
      case .load: operands = try load(function, operands)
      case .store: operands = try store(function, operands)
      case .copy: operands = try copy(function, operands)
      case .fill: operands = try fill(function, operands)
      case .dispatch: operands = try dispatch(function, operands)
      case .barrier: streams[operands.number()].commands.barrier()
      case .transfer: operands = try transfer(function, operands)
      case .submit: try complete()
      case .list:
        let result = operands.reference()
        result.pointee = try makeList(function, operands.referenceList().contents)
      case .listCount:
        let result = operands.result()
        result.pointee = Int64(try list(function, operands.reference().pointee).count)
      case .listElement:
        let result = operands.reference()
        result.pointee = try element(function, operands.reference().pointee, operands.value())
      case .listInsert:
        let result = operands.reference()
        let list = operands.reference().pointee
        let position = operands.value()
        result.pointee = try inserting(function, operands.reference().pointee, into: list, at: position)
      case .listErase:
        let result = operands.reference()
        result.pointee = try erasing(function, from: operands.reference().pointee, at: operands.value())
      case .checkTensor: operands = try checkTensor(function, operands)
      case .listJoin: operands = try join(function, operands)
      case .strings: operands = try strings(function, operands)
      }
      next = operands.next
    }
  }

  /// Calls another function; returns what follows the operands.
  private mutating func call(_ operands: Operands, depth: Int) throws(RuntimeError) -> Operands {
    var operands = operands
    let callee = program.functions[operands.number()]
    let inner = try frames.enter(callee, depth: depth + 1)
    defer { frames.leave(callee, inner) }
    let integers = operands.values(), references = operands.referenceList()
    for index in 0..<integers.count { inner.integers[index] = integers[index] }
    for index in 0..<references.count { inner.references[index] = references[index] }
    var returned = try run(callee, inner, depth: depth + 1)
    let integerResults = operands.values(), referenceResults = operands.referenceList()
    let returnedIntegers = returned.values(), returnedReferences = returned.referenceList()
    for index in 0..<integerResults.count { integerResults[index] = returnedIntegers[index] }
    for index in 0..<referenceResults.count { referenceResults[index] = returnedReferences[index] }
    return operands
  }
}

/// Returns the number whose bits are in an integer register.
@inline(__always) private func double(_ bits: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: bits)) }

/// Returns the bits of a number for an integer register.
@inline(__always) private func bits(_ number: Double) -> Int64 { Int64(bitPattern: number.bitPattern) }
