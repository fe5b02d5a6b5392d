import TesseraModuleFormat

/// The instructions on views, tensors and bytes. Each takes the operands, and returns what follows them.
extension Interpreter {
  /// Returns the address of `byteCount` bytes at `offset` of a register's view; they must lie inside.
  private func bytes(
    _ function: ProgramFunction, _ reference: UnsafeMutablePointer<Reference>, offset: Int64, byteCount: Int64, doing: String,
    writing: Bool
  ) throws(RuntimeError) -> UInt64 {
    let available = reference.pointee.byteCount
    guard let storage = reference.pointee.storage else { throw function.fail("\(doing) of a register that was never set") }
    guard offset >= 0, byteCount >= 0, offset <= available, byteCount <= Int64(available) - offset else {
      throw function.fail(.outOfRange, "\(doing) of \(byteCount) bytes at \(offset) of a buffer of \(available)")
    }
    guard !writing || reference.pointee.isWritable else { throw function.fail("\(doing) into an input or a constant") }
    return storage.address &+ UInt64(reference.pointee.offset &+ Int(offset))
  }

  /// Makes a buffer; returns what follows the operands.
  @inline(__always) mutating func allocate(_ function: ProgramFunction, _ start: Operands) throws(RuntimeError) -> Operands {
    var operands = start
    let result = operands.reference()
    let byteCount = operands.value()
    let device = operands.number()
    do throws(RuntimeError) {
      guard byteCount >= 0, byteCount <= 1 << 46 else { throw .outOfMemory(Int(byteCount)) }
      let storage = try buffer(Int(byteCount), device: device)
      result.pointee = Reference(
        storage: storage, offset: 0, byteCount: Int(byteCount), type: nil, isWritable: true, device: UInt8(truncatingIfNeeded: device))
    } catch {
      throw exhausted(error, function, start) { $0.reference == start.register }
    }
    return operands
  }

  /// Makes a reference to a part of a buffer.
  func slice(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let result = operands.reference(), source = operands.reference()
    let offset = operands.value(), byteCount = operands.value()
    _ = try bytes(function, source, offset: offset, byteCount: byteCount, doing: "a slice", writing: false)
    result.pointee = Reference(
      storage: source.pointee.storage, offset: source.pointee.offset + Int(offset), byteCount: Int(byteCount), type: nil,
      isWritable: source.pointee.isWritable, device: source.pointee.device)
    return operands
  }

  /// Plans an arena, or finds the plan of the same sizes.
  mutating func plan(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let slot = operands.number()
    let offsets = operands.values()
    let total = operands.result()
    let wanted = operands.values()
    let steps = function.plans[operands.number()]
    let count = wanted.count
    var isSame = slots[slot].offsets.count == count
    var index = 0
    while isSame && index < count {
      isSame = Int64(slots[slot].sizes[index]) == wanted[index]
      index += 1
    }
    if !isSame {
      var sizes: [Int] = []
      for index in 0..<count {
        let size = wanted[index]
        guard size >= 0, size <= 1 << 40 else {
          let offset = IntegerOperand.register(offsets.register(index))
          throw exhausted(.outOfMemory(Int(size)), function, operands) { $0.offset == offset }
        }
        sizes.append(Int(size))
      }
      let plan = MemoryPlan.offsets(sizes: sizes, first: steps.first, last: steps.last)
      slots[slot] = Slot(sizes: sizes, offsets: plan.offsets, total: plan.total)
    }
    for index in 0..<count { offsets[index] = Int64(slots[slot].offsets[index]) }
    total.pointee = Int64(slots[slot].total)
    return operands
  }

  /// Makes a tensor of a buffer.
  mutating func tensor(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let slot = operands.number()
    let result = operands.reference(), source = operands.reference()
    let elementType: ElementType = operands.variant()
    let type = try type(slot, elementType, operands.values())
    let byteCount = slots[slot].byteCount
    _ = try bytes(function, source, offset: 0, byteCount: Int64(byteCount), doing: "a tensor", writing: false)
    result.pointee = Reference(
      storage: source.pointee.storage, offset: source.pointee.offset, byteCount: byteCount, type: type,
      isWritable: source.pointee.isWritable, device: source.pointee.device)
    return operands
  }

  /// Returns the result type of a `tensor` instruction: the last one of its slot if the shape is the same.
  @inline(__always) private mutating func type(
    _ slot: Int, _ elementType: ElementType, _ extents: OperandList<Int64>
  ) throws(RuntimeError) -> TensorType {
    let rank = extents.count
    if let last = slots[slot].type {
      var axis = 0
      while axis < rank && Int64(last.shape[axis]) == extents[axis] { axis += 1 }
      if axis == rank { return last }
    }
    let shape = extents.contents.map { Int($0) }
    let made = TensorType(elementType, shape)
    slots[slot].byteCount = try Tensor.byteCount(elementType, shape)
    slots[slot].type = made
    return made
  }

  /// Reads an element on the host.
  mutating func load(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    try complete()
    let result = operands.result()
    let source = operands.reference()
    let offset = operands.value()
    let elementType: ElementType = operands.variant()
    let address = try bytes(
      function, source, offset: offset, byteCount: Int64(elementType.byteCount), doing: "a load", writing: false)
    let value: ElementValue
    if let base = source.pointee.storage?.hostPointer {
      value = elementType.read(base + source.pointee.offset + Int(offset))
    } else {
      value = try loaded(elementType, address, device: source.pointee.device)
    }
    result.pointee =
      switch value {
      case .signed(let number): number
      case .unsigned(let number): Int64(bitPattern: number)
      case .float(let number), .complex(let number, _): Int64(bitPattern: number.bitPattern)
      }
    return operands
  }

  /// Reads an element that the host does not reach.
  @inline(never) private func loaded(
    _ elementType: ElementType, _ address: UInt64, device: UInt8
  ) throws(RuntimeError) -> ElementValue {
    try withStagedElement { (bytes) throws(RuntimeError) in
      try streams[Int(device)].device.read(address, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<elementType.byteCount]))
      return elementType.read(bytes.baseAddress!)
    }
  }

  /// Writes an element that the host does not reach.
  @inline(never) private func store(
    _ value: ElementValue, _ elementType: ElementType, _ address: UInt64, device: UInt8
  ) throws(RuntimeError) {
    try withStagedElement { (bytes) throws(RuntimeError) in
      elementType.write(value, to: bytes.baseAddress!)
      try streams[Int(device)].device.write(UnsafeRawBufferPointer(rebasing: bytes[..<elementType.byteCount]), to: address)
    }
  }

  /// Calls `body` with memory for one element of any type.
  private func withStagedElement<R>(_ body: (UnsafeMutableRawBufferPointer) throws(RuntimeError) -> R) throws(RuntimeError) -> R {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
    defer { bytes.deallocate() }
    return try body(bytes)
  }

  /// Writes an element on the host.
  mutating func store(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    try complete()
    let number = operands.value()
    let target = operands.reference()
    let offset = operands.value()
    let elementType: ElementType = operands.variant()
    let address = try bytes(
      function, target, offset: offset, byteCount: Int64(elementType.byteCount), doing: "a store", writing: true)
    let value: ElementValue = elementType.isInteger ? .signed(number) : .float(Double(bitPattern: UInt64(bitPattern: number)))
    if let base = target.pointee.storage?.hostPointer {
      elementType.write(value, to: base + target.pointee.offset + Int(offset))
    } else {
      try store(value, elementType, address, device: target.pointee.device)
    }
    return operands
  }

  /// Records a copy.
  func copy(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let from = operands.reference(), to = operands.reference()
    let byteCount = operands.value()
    let source = try bytes(function, from, offset: 0, byteCount: byteCount, doing: "a copy", writing: false)
    let target = try bytes(function, to, offset: 0, byteCount: byteCount, doing: "a copy", writing: true)
    guard from.pointee.device == to.pointee.device else { throw function.fail("a copy from one device to another") }
    if byteCount > 0 {
      let device = Int(to.pointee.device)
      streams[device].hasCommands = true
      streams[device].commands.copy(from: source, to: target, byteCount: Int(byteCount))
    }
    return operands
  }

  /// Refers to bytes where another device can use them.
  mutating func transfer(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let result = operands.reference(), source = operands.reference()
    let device = operands.number()
    guard let storage = source.pointee.storage else { throw function.fail("a transfer of a register that has no memory") }
    result.pointee = try streams.transfer(source.pointee, storage, to: device)
    return operands
  }

  /// Records a fill.
  func fill(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let buffer = operands.reference()
    let pattern = operands.value()
    let patternByteCount = operands.number()
    let byteCount = operands.value()
    let target = try bytes(function, buffer, offset: 0, byteCount: byteCount, doing: "a fill", writing: true)
    guard byteCount % Int64(patternByteCount) == 0 else {
      throw function.fail("a fill of \(byteCount) bytes with a pattern of \(patternByteCount)")
    }
    if byteCount > 0 {
      let device = Int(buffer.pointee.device)
      streams[device].hasCommands = true
      streams[device].commands.fill(
        target, pattern: UInt64(bitPattern: pattern), patternByteCount: patternByteCount, byteCount: Int(byteCount))
    }
    return operands
  }

  /// Returns the error of a check that failed: its message with the values filled in.
  @inline(never) func failedCheck(_ text: Int, _ values: [Int64]) -> RuntimeError {
    var message = ""
    var rest = Substring(program.description.strings[text])
    while let open = rest.firstIndex(of: "{") {
      message += rest[..<open]
      let inside = rest[rest.index(after: open)...]
      if let close = inside.firstIndex(of: "}"), let index = Int(inside[..<close]), values.indices.contains(index) {
        message += "\(values[index])"
        rest = inside[inside.index(after: close)...]
      } else {
        message += "{"
        rest = inside
      }
    }
    return RuntimeError(.invalidArgument, message + rest, id: "failedCheck")
  }
}
