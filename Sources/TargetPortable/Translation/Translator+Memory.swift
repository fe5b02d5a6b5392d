internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// The operations of `PortableMachine`.
extension Translator {
  private typealias Name = PortableMachine.Name

  /// An address as an instruction has it: `base + index * size + displacement`.
  struct Place {
    var base: Value
    var index: Value?
    var displacement = 0
  }

  func translateMemory(_ op: Operation) throws(Diagnostic) {
    switch op.name {
    case Name.load: try translateLoad(op)
    case Name.store: try translateStore(op)
    case Name.gather, Name.scatter: try translateScattered(op)
    case Name.temporary:
      emit(
        .init(
          opcode: .address, type: .i64, d: operand(op.result(0)), a: .number(PortableRegion.temporary),
          immediate: op.attribute(Name.offset)?.integerValue ?? 0))
    case Name.workgroup:
      for (i, result) in op.results.enumerated() {
        emit(.init(opcode: .workgroup, type: .i64, variant: UInt8(i), d: operand(result)))
      }
    case Name.bits: try translateBits(op)
    // What gathers and scatters read; by itself it is no address.
    case Name.addresses: break
    default: throw unsupported(op)
    }
  }

  /// Takes an address apart: a constant that fits, and an index that counts elements of `size` bytes.
  func place(_ address: Value, size: Int) -> Place {
    var place = Place(base: address)
    if let sum = place.base.definingOperation, sum.name == "arith.addi" {
      for k in 0..<2 {
        guard let number = knownInteger(sum.operand(k)), abs(number) < 1 << 30 else { continue }
        place.base = sum.operand(1 - k)
        place.displacement = number
        break
      }
    }
    if let sum = place.base.definingOperation, sum.name == "arith.addi" {
      for k in 0..<2 {
        guard let index = counted(sum.operand(k), size) else { continue }
        place.base = sum.operand(1 - k)
        place.index = index
        break
      }
    }
    return place
  }

  /// What a number of bytes counts in elements of `size` bytes; `nil` where it is no product with that.
  private func counted(_ bytes: Value, _ size: Int) -> Value? {
    if size == 1 { return knownInteger(bytes) == nil ? bytes : nil }
    guard let product = bytes.definingOperation else { return nil }
    if product.name == "arith.muli" {
      for k in 0..<2 where knownInteger(product.operand(k)) == size { return product.operand(1 - k) }
    }
    if product.name == "arith.shli", let amount = knownInteger(product.operand(1)), (0..<4).contains(amount), 1 << amount == size {
      return product.operand(0)
    }
    return nil
  }

  private func translateLoad(_ op: Operation) throws(Diagnostic) {
    let result = op.result(0)
    guard let type = storage(result.type) else { throw unsupported(op) }
    let place = place(op.operand(0), size: type.byteCount)
    var load = VirtualInstruction(
      opcode: .load, type: type, lanes: lanes(result.type), d: operand(result), a: operand(place.base), immediate: place.displacement)
    if let index = place.index {
      load.variant |= PortableAccess.indexed
      load.b = operand(index)
    }
    if op.operandCount == 3 {
      load.variant |= PortableAccess.masked
      load.c = operand(op.operand(1))
      // Lanes that the mask lacks stay.
      emit(.init(opcode: .move, type: type, lanes: lanes(result.type), d: operand(result), a: operand(op.operand(2))))
    }
    emit(load)
  }

  private func translateStore(_ op: Operation) throws(Diagnostic) {
    let value = op.operand(0)
    guard let type = storage(value.type) else { throw unsupported(op) }
    let place = place(op.operand(1), size: type.byteCount)
    var store = VirtualInstruction(
      opcode: .store, type: type, lanes: lanes(value.type), d: operand(value), a: operand(place.base), immediate: place.displacement)
    if let index = place.index {
      store.variant |= PortableAccess.indexed
      store.b = operand(index)
    }
    if op.operandCount == 3 {
      store.variant |= PortableAccess.masked
      store.c = operand(op.operand(2))
    }
    emit(store)
  }

  /// A gather or a scatter: the addresses are those of elements behind a base.
  private func translateScattered(_ op: Operation) throws(Diagnostic) {
    let isGather = op.name == Name.gather
    let value = isGather ? op.result(0) : op.operand(0), addresses = isGather ? op.operand(0) : op.operand(1)
    guard let type = storage(value.type), let made = addresses.definingOperation, made.name == Name.addresses,
      let size = made.attribute(Name.size)?.integerValue
    else { throw unsupported(op, "its addresses are no elements of one tensor") }
    let mask = isGather ? op.operand(1) : op.operand(2)
    if isGather {
      emit(.init(opcode: .move, type: type, lanes: lanes(value.type), d: operand(value), a: operand(op.operand(2))))
    }
    emit(
      .init(
        opcode: isGather ? .gather : .scatter, type: type, variant: PortableAccess.masked, lanes: lanes(value.type), d: operand(value),
        a: operand(made.operand(0)), b: operand(made.operand(1)), c: operand(mask), immediate: size))
  }

  /// The bits of a vector as a number: each lane is moved to its place, and all are joined.
  private func translateBits(_ op: Operation) throws(Diagnostic) {
    let vector = op.operand(0)
    guard let type = storage(vector.type), let bits = vector.type.element.bitWidth, lanes(vector.type) * bits <= 64 else {
      throw unsupported(op)
    }
    let lanes = lanes(vector.type)
    func row() -> VirtualRegister { fresh(isRow: true) }
    let wide = row(), numbers = row(), scale = row(), amounts = row(), moved = row()
    emit(.init(opcode: .extendUnsigned, type: .i64, variant: type.rawValue, lanes: lanes, d: .register(wide), a: operand(vector)))
    emit(.init(opcode: .laneNumbers, type: .i64, lanes: lanes, d: .register(numbers)))
    emitConstant(UInt64(bits), .i64, into: scale, lanes: lanes)
    emit(.init(opcode: .multiply, type: .i64, lanes: lanes, d: .register(amounts), a: .register(numbers), b: .register(scale)))
    emit(.init(opcode: .shiftLeft, type: .i64, lanes: lanes, d: .register(moved), a: .register(wide), b: .register(amounts)))
    emit(
      .init(
        opcode: .reduce, type: .i64, variant: PortableReduction.or.rawValue, lanes: lanes, d: operand(op.result(0)), a: .register(moved)))
  }
}
