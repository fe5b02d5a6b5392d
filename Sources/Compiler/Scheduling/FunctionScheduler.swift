import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR
import TesseraModuleFormat

/// Schedules one host function.
///
/// Blocks are scheduled one by one. Values that leave their block (results of the function, operands of branches) are allocations of their own, held by
/// reference registers; all others of a block share the arena. Blocks never run at the same time and each begins behind a barrier, so one arena, as big
/// as the greediest block needs, serves them all.
final class FunctionScheduler {
  let operation: Operation
  let tables: ModuleTables
  let name: String
  let isExported: Bool

  var code = CodeBuilder()
  /// Instructions before the first block: references to constants, the arena.
  var prologue: [Instruction] = []
  /// Integer, index and float values; floats as `f64` bits.
  var scalars: [Value: IntegerOperand] = [:]
  var tensors: [Value: TensorValue] = [:]
  /// The reference registers of lists.
  var lists: [Value: Int] = [:]
  var storages: [PlannedBuffer] = []
  var labels: [Block: Int] = [:]
  /// The positions of the blocks in the code.
  var blockNumbers: [Block: Int] = [:]
  /// The block arguments' registers, for branches.
  var argumentRegisters: [Value: Int] = [:]
  /// Which arguments of blocks may be overwritten.
  private(set) var ownership = MemoryOwnership([]) { _, _ in false }
  /// The element types of an exported function's results as users see them: with the sign, which IR types lack.
  private(set) var resultTypes: [ElementType] = []
  private var constantStorages: [ConstantPlace: Int] = [:]
  /// The reference register of each device's static arena, and its size so far.
  private var arenas: [Int: (register: Int, byteCount: Int)] = [:]

  /// A constant on a device.
  private struct ConstantPlace: Hashable {
    let number: Int
    let device: Int
  }
  /// The sizes that symbols of the signature stand for.
  private var symbols: [String: IntegerOperand] = [:]

  /// The schedule of the block at hand.
  var current: BlockSchedule
  /// The block at hand.
  var block: Block { current.block }

  init(_ operation: Operation, _ tables: ModuleTables) {
    self.operation = operation
    self.tables = tables
    name = operation.symbolName ?? ""
    isExported = operation.attribute("sym_visibility")?.stringValue != "private"
    current = BlockSchedule(operation.body()!, firstOwnStorage: 0, pendingDevices: [])
  }

  /// Schedules the function.
  func schedule() throws(Diagnostic) -> FunctionDescription {
    guard let type = operation.attribute("function_type")?.typeValue else { throw .schedulingBug(operation, "has no type") }
    let signature = try HostSignature(of: operation, type) { tables.global($0) }
    if isExported { resultTypes = signature.outputs.map(\.elementType) }
    let blocks = reversePostOrder()
    for (number, block) in blocks.enumerated() { blockNumbers[block] = number }
    ownership = MemoryOwnership(blocks) { [tables] dispatch, operand in tables.changesPart(dispatch, of: operand) }
    let parameters = declareParameters(of: blocks[0])
    for other in blocks.dropFirst() { declareArguments(of: other) }
    for block in blocks {
      current = BlockSchedule(
        block, firstOwnStorage: storages.count, pendingDevices: block == blocks[0] ? [] : Set(tables.devices.indices))
      try scheduleBlock(signature, isEntry: block == blocks[0])
    }
    for (device, arena) in arenas.sorted(by: { $0.key < $1.key }) {
      prologue.append(.allocate(to: arena.register, byteCount: .immediate(Int64(arena.byteCount)), device: device))
      tables.counts.arenaBytes += arena.byteCount
    }
    let results = type.functionResults
    let tensorResults = results.count { $0.isReference }
    return FunctionDescription(
      name: name, isExported: isExported, inputs: isExported ? signature.inputs : [], outputs: isExported ? signature.outputs : [],
      integerRegisterCount: code.integerCount, referenceRegisterCount: code.referenceCount, code: code.finish(prologue: prologue),
      integerParameterCount: parameters.integers, referenceParameterCount: parameters.references,
      integerResultCount: isExported ? 0 : results.count - tensorResults, referenceResultCount: isExported ? results.count : tensorResults)
  }

  /// The blocks that can be reached, each after those that dominate it.
  private func reversePostOrder() -> [Block] {
    var order: [Block] = []
    var seen: Set<Block> = [block]
    var stack: [(block: Block, next: [Block])] = [(block, block.terminator?.successors ?? [])]
    while let top = stack.last {
      if let successor = top.next.last {
        stack[stack.count - 1].next.removeLast()
        if seen.insert(successor).inserted { stack.append((successor, successor.terminator?.successors ?? [])) }
      } else {
        order.append(top.block)
        stack.removeLast()
      }
    }
    return order.reversed()
  }

  // MARK: parameters and block arguments

  /// Gives the function's parameters the registers that the calling convention says.
  private func declareParameters(of entry: Block) -> (integers: Int, references: Int) {
    for argument in entry.arguments {
      // An exported function takes scalars as tensors of rank 0.
      argumentRegisters[argument] = isExported || argument.type.isReference ? code.referenceRegister() : code.integerRegister()
    }
    return (code.integerCount, code.referenceCount)
  }

  private func declareArguments(of block: Block) {
    labels[block] = code.label()
    for argument in block.arguments {
      argumentRegisters[argument] = argument.type.isReference ? code.referenceRegister() : code.integerRegister()
    }
  }

  /// Makes the values of the block's arguments known, reading their dynamic sizes.
  func defineArguments(_ signature: HostSignature, isEntry: Bool) throws(Diagnostic) {
    for (i, argument) in block.arguments.enumerated() {
      let register = argumentRegisters[argument]!
      if argument.type.isList {
        lists[argument] = register
      } else if argument.type.isTensor {
        let names = isEntry && isExported ? signature.inputs[i].shape : []
        tensors[argument] = try received(in: register, argument.type, names: names)
      } else if isEntry && isExported {
        let element = try elementType(argument.type)
        let result = code.integerRegister()
        code.append(.load(to: result, buffer: register, byteOffset: 0, elementType: element))
        scalars[argument] = .register(result)
      } else {
        scalars[argument] = .register(register)
      }
    }
  }

  /// Returns the tensor in a reference register that a caller or a branch has set. Equal names among `names` are equal sizes.
  func received(in register: Int, _ type: Type, names: [Dimension] = []) throws(Diagnostic) -> TensorValue {
    let element = try elementType(type.element)
    if !type.hasStaticShape { tables.counts.dynamicValues += 1 }
    let shape = type.shape.enumerated().map { axis, size -> IntegerOperand in
      if size != Type.dynamic { return .immediate(Int64(size)) }
      var symbol: String?
      if names.indices.contains(axis), case .symbolic(let name) = names[axis], name != "?" { symbol = name }
      if let symbol, let known = symbols[symbol] { return known }
      let result = code.integerRegister()
      code.append(.dimension(to: result, tensor: register, axis: axis))
      if let symbol { symbols[symbol] = .register(result) }
      return .register(result)
    }
    storages.append(PlannedBuffer(byteCount: byteCount(shape, element), place: .whole(register)))
    return TensorValue(storage: storages.count - 1, shape: shape, elementType: element, register: register)
  }

  // MARK: storages

  /// Returns the bytes of a contiguous tensor.
  func byteCount(_ shape: [IntegerOperand], _ element: ElementType) -> IntegerOperand {
    code.product(shape + [.immediate(Int64(element.byteCount))])
  }

  /// Returns the element type in module files of an IR type.
  func elementType(_ type: Type) throws(Diagnostic) -> ElementType {
    guard let element = ElementType(stored: type) else { throw .unsupportedType(type, in: name) }
    return element
  }

  /// Adds a storage that a command of the current segment will write.
  func addStorage(_ byteCount: IntegerOperand, device: Int = 0) -> Int {
    var storage = PlannedBuffer(byteCount: byteCount)
    storage.device = device
    storage.isOwned = true
    storage.segment = current.segmentNumber
    storages.append(storage)
    return storages.count - 1
  }

  /// Returns the storage of a constant on a device.
  func constantStorage(_ number: Int, device: Int = 0) -> Int {
    let place = ConstantPlace(number: number, device: device)
    if let known = constantStorages[place] { return known }
    var storage = PlannedBuffer(byteCount: .immediate(Int64(tables.constantByteCount(number))))
    (storage.device, storage.constant) = (device, number)
    storages.append(storage)
    constantStorages[place] = storages.count - 1
    return storages.count - 1
  }

  /// Returns the register of a constant, whose reference is made once, before the first block, where something reads it.
  func constantRegister(_ storage: Int) -> Int? {
    guard let constant = storages[storage].constant else { return nil }
    let register = code.referenceRegister()
    prologue.append(.constant(to: register, index: constant, device: storages[storage].device))
    storages[storage].place = .whole(register)
    return register
  }

  /// Returns the register of a device's arena, which has at least `byteCount` bytes.
  func arenaRegister(_ byteCount: Int, device: Int) -> Int {
    let register = arenas[device]?.register ?? code.referenceRegister()
    arenas[device] = (register, max(arenas[device]?.byteCount ?? 0, byteCount))
    return register
  }

  /// Returns the storages whose memory `storage` may be.
  func roots(_ storage: Int) -> [Int] {
    var list: [Int] = []
    var pending = [storage]
    while let next = pending.popLast() {
      var root = next
      while let other = storages[root].mergedInto { root = other }
      if list.contains(root) { continue }
      list.append(root)
      pending += storages[root].aliases
    }
    return list
  }
}

extension Type {
  /// `true` iff values of the type stand in reference registers.
  var isReference: Bool { isTensor || isList }
}
