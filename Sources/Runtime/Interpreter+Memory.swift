import ModuleFormat

/// The instructions on views, tensors and bytes. Each takes the words after the opcode at `pc`.
///
/// Registers are looked at in place: a copy of a reference would count three objects.
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

  /// Makes a reference to a part of a buffer.
  func slice(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    let source = frame.references + Int(function.code[pc + 2])
    let offset = frame.integers[Int(function.code[pc + 3])]
    let byteCount = frame.integers[Int(function.code[pc + 4])]
    _ = try bytes(function, source, offset: offset, byteCount: byteCount, doing: "a slice", writing: false)
    frame.references[Int(function.code[pc + 1])] = Reference(
      storage: source.pointee.storage, offset: source.pointee.offset + Int(offset), byteCount: Int(byteCount), type: nil,
      isWritable: source.pointee.isWritable)
  }

  /// Plans an arena, or finds the plan of the same sizes.
  mutating func plan(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    let code = function.code
    let slot = Int(code[pc + 1])
    let steps = function.plans[Int(code[pc + 2])]
    let count = Int(code[pc + 4])
    let operands = code + pc + 5 + count
    var isSame = slots[slot].offsets.count == count
    var index = 0
    while isSame && index < count {
      isSame = Int64(slots[slot].sizes[index]) == frame.integers[Int(operands[index])]
      index += 1
    }
    if !isSame {
      var sizes: [Int] = []
      for index in 0..<count {
        let size = frame.integers[Int(operands[index])]
        guard size >= 0, size <= 1 << 40 else {
          let offset = IntegerOperand.register(Int(code[pc + 5 + index]))
          throw exhausted(.outOfMemory(Int(size)), function, frame) { $0.offset == offset }
        }
        sizes.append(Int(size))
      }
      let plan = MemoryPlan.offsets(sizes: sizes, first: steps.first, last: steps.last)
      slots[slot] = Slot(sizes: sizes, offsets: plan.offsets, total: plan.total)
    }
    for index in 0..<count { frame.integers[Int(code[pc + 5 + index])] = Int64(slots[slot].offsets[index]) }
    frame.integers[Int(code[pc + 3])] = Int64(slots[slot].total)
  }

  /// Makes a tensor of a buffer.
  mutating func tensor(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    let code = function.code
    let slot = Int(code[pc + 1])
    let source = frame.references + Int(code[pc + 3])
    let type = try type(function, frame, pc)
    let byteCount = slots[slot].byteCount
    _ = try bytes(function, source, offset: 0, byteCount: Int64(byteCount), doing: "a tensor", writing: false)
    frame.references[Int(code[pc + 2])] = Reference(
      storage: source.pointee.storage, offset: source.pointee.offset, byteCount: byteCount, type: type,
      isWritable: source.pointee.isWritable)
  }

  /// Returns the type that a `tensor` instruction gives: that of last time, where the shape is the same.
  private mutating func type(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) -> TensorType {
    let code = function.code
    let slot = Int(code[pc + 1])
    let rank = Int(code[pc + 5])
    if let last = slots[slot].type {
      var axis = 0
      while axis < rank && Int64(last.shape[axis]) == frame.integers[Int(code[pc + 6 + axis])] { axis += 1 }
      if axis == rank { return last }
    }
    var shape: [Int] = []
    for axis in 0..<rank { shape.append(Int(frame.integers[Int(code[pc + 6 + axis])])) }
    let made = TensorType(unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 4]), to: ElementType.self), shape)
    slots[slot].byteCount = try Tensor.byteCount(made.elementType, shape)
    slots[slot].type = made
    return made
  }

  /// Reads an element on the host.
  mutating func load(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    try complete()
    let code = function.code
    let elementType = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 4]), to: ElementType.self)
    let source = frame.references + Int(code[pc + 2])
    let offset = frame.integers[Int(code[pc + 3])]
    let address = try bytes(
      function, source, offset: offset, byteCount: Int64(elementType.byteCount), doing: "a load", writing: false)
    let value: ElementValue
    if let base = source.pointee.storage?.hostPointer {
      value = elementType.read(base + source.pointee.offset + Int(offset))
    } else {
      value = try loaded(elementType, address)
    }
    frame.integers[Int(code[pc + 1])] =
      switch value {
      case .signed(let number): number
      case .unsigned(let number): Int64(bitPattern: number)
      case .float(let number), .complex(let number, _): Int64(bitPattern: number.bitPattern)
      }
  }

  /// Reads an element that the host does not reach.
  @inline(never) private func loaded(_ elementType: ElementType, _ address: UInt64) throws(RuntimeError) -> ElementValue {
    try withStagedElement { (bytes) throws(RuntimeError) in
      try device.read(address, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<elementType.byteCount]))
      return elementType.read(bytes.baseAddress!)
    }
  }

  /// Writes an element that the host does not reach.
  @inline(never) private func store(
    _ value: ElementValue, _ elementType: ElementType, _ address: UInt64
  ) throws(RuntimeError) {
    try withStagedElement { (bytes) throws(RuntimeError) in
      elementType.write(value, to: bytes.baseAddress!)
      try device.write(UnsafeRawBufferPointer(rebasing: bytes[..<elementType.byteCount]), to: address)
    }
  }

  /// Calls `body` with memory for one element of any type.
  private func withStagedElement<R>(_ body: (UnsafeMutableRawBufferPointer) throws(RuntimeError) -> R) throws(RuntimeError) -> R {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
    defer { bytes.deallocate() }
    return try body(bytes)
  }

  /// Writes an element on the host.
  mutating func store(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    try complete()
    let code = function.code
    let elementType = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 4]), to: ElementType.self)
    let target = frame.references + Int(code[pc + 2])
    let offset = frame.integers[Int(code[pc + 3])]
    let address = try bytes(
      function, target, offset: offset, byteCount: Int64(elementType.byteCount), doing: "a store", writing: true)
    let number = frame.integers[Int(code[pc + 1])]
    let value: ElementValue = elementType.isInteger ? .signed(number) : .float(Double(bitPattern: UInt64(bitPattern: number)))
    if let base = target.pointee.storage?.hostPointer {
      elementType.write(value, to: base + target.pointee.offset + Int(offset))
    } else {
      try store(value, elementType, address)
    }
  }

  /// Records a copy.
  func copy(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    let code = function.code
    let byteCount = frame.integers[Int(code[pc + 3])]
    let from = frame.references + Int(code[pc + 1])
    let to = frame.references + Int(code[pc + 2])
    let source = try bytes(function, from, offset: 0, byteCount: byteCount, doing: "a copy", writing: false)
    let target = try bytes(function, to, offset: 0, byteCount: byteCount, doing: "a copy", writing: true)
    if byteCount > 0 { commands.copy(from: source, to: target, byteCount: Int(byteCount)) }
  }

  /// Records a fill.
  func fill(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    let code = function.code
    let byteCount = frame.integers[Int(code[pc + 4])]
    let target = try bytes(
      function, frame.references + Int(code[pc + 1]), offset: 0, byteCount: byteCount, doing: "a fill", writing: true)
    let patternByteCount = Int(code[pc + 3])
    guard byteCount % Int64(patternByteCount) == 0 else {
      throw function.fail("a fill of \(byteCount) bytes with a pattern of \(patternByteCount)")
    }
    if byteCount > 0 {
      commands.fill(
        target, pattern: UInt64(bitPattern: frame.integers[Int(code[pc + 2])]), patternByteCount: patternByteCount,
        byteCount: Int(byteCount))
    }
  }

  /// Returns the error of a check that failed: its message with the values filled in.
  @inline(never) func failedCheck(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) -> RuntimeError {
    let code = function.code
    let values = (0..<Int(code[pc + 3])).map { frame.integers[Int(code[pc + 4 + $0])] }
    var message = ""
    var rest = Substring(module.description.strings[Int(code[pc + 2])])
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
