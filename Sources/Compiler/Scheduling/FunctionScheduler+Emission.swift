import TesseraModuleFormat

/// The ways in which control leaves a block.
enum BlockExit {
  /// The target of a branch, and its operands.
  struct Edge {
    var label: Int
    /// `true` iff it closes a loop.
    var isBackward = false
    /// The target's registers and the values for them.
    var integers: [(to: Int, value: IntegerOperand)] = []
    var references: [(to: Int, value: ReferenceValue)] = []
  }
  case leave(integers: [IntegerOperand], references: [ReferenceValue])
  case branch(Edge)
  case branchIf(IntegerOperand, then: Edge, otherwise: Edge)
  /// Compares a value with the cases one by one.
  case choose(IntegerOperand, cases: [(value: Int64, edge: Edge)], otherwise: Edge)
}

/// Writes the code of a scheduled block.
extension FunctionScheduler {
  /// Writes a segment: host instructions, memory, waves with barriers between them, and the call at the end.
  func emit(segment index: Int, plan: SegmentMemory) {
    let segment = current.segments[index]
    for item in segment.head {
      switch item {
      case .load(let load):
        let (buffer, offset) = readable(load)
        code.append(.load(to: load.register, buffer: buffer, byteOffset: offset, elementType: load.elementType))
        if current.hasPendingCommands { tables.counts.readBacks += 1 }
        current.pendingDevices = []
      case .instruction(let instruction):
        // A host write completes the pending commands, as a read does.
        if case .store = instruction { current.pendingDevices = [] }
        code.append(item)
      case .label: code.append(item)
      }
    }
    emit(plan)
    for choice in segment.choices { emit(choice) }
    for step in segment.waves {
      let wave = current.commands.filter { $0.segment == index && $0.step == step }
      // A transfer waits for its source by itself, and what reads its result for the transfer.
      let devices = Set(wave.filter(\.runsOnDevice).map(\.device))
      for device in devices.sorted() where current.pendingDevices.contains(device) { code.append(.barrier(device: device)) }
      // First, so that no more of its source's device than it needs comes before it.
      for command in wave where !command.runsOnDevice { emit(command) }
      for command in wave where command.runsOnDevice { emit(command) }
      current.pendingDevices.formUnion(devices)
    }
    if let list = segment.list { emit(list) }
    if let strings = segment.strings { emit(strings) }
    guard let call = segment.call else { return }
    let references = call.tensors.map { reference($0) }
    // The function that is called knows nothing of our pending commands, nor we of its.
    for device in current.pendingDevices.sorted() { code.append(.barrier(device: device)) }
    code.append(
      .call(
        function: call.function, integers: call.integers, references: references, integerResults: call.integerResults,
        referenceResults: call.referenceResults))
    current.pendingDevices = Set(tables.devices.indices)
  }

  private func emit(_ memory: SegmentMemory) {
    for (device, planned) in memory.planned.sorted(by: { $0.key < $1.key }) {
      let total = code.integerRegister()
      let offsets = planned.map { index -> Int in
        guard case .slice(_, .register(let offset)) = storages[index].place else { preconditionFailure("planned at run time") }
        return offset
      }
      code.append(
        .plan(
          offsets: offsets, total: total, sizes: planned.map { storages[$0].byteCount }, first: planned.map { storages[$0].first },
          last: planned.map { storages[$0].last }))
      code.append(.allocate(to: memory.arenas[device]!, byteCount: .register(total), device: device))
    }
    for index in memory.allocations {
      guard case .whole(let register) = storages[index].place else { preconditionFailure("an allocation of its own") }
      code.append(.allocate(to: register, byteCount: storages[index].byteCount, device: storages[index].device))
    }
  }

  private func emit(_ choice: ReferenceChoice) {
    emitChoice(to: choice.register, choice.condition, then: reference(choice.then), otherwise: reference(choice.otherwise))
  }

  /// Writes the choice between two references.
  func emitChoice(to register: Int, _ condition: IntegerOperand, then: Int, otherwise: Int) {
    let (first, second, end) = (code.label(), code.label(), code.label())
    code.append(.branchIf(condition, then: first, else: second))
    code.place(first)
    code.append(.moveReference(to: register, from: then))
    code.append(.branch(end))
    code.place(second)
    code.append(.moveReference(to: register, from: otherwise))
    code.place(end)
  }

  private func emit(_ command: HostCommand) {
    switch command.kind {
    case .dispatch(let site, let workgroups, let constants):
      tables.counts.dispatches += 1
      code.append(
        .dispatch(
          site: site, workgroups: workgroups, constants: constants, bindings: (command.reads + command.writes).map(binding)))
    case .copy:
      tables.counts.copies += 1
      let size = storages[command.writes[0]].byteCount
      code.append(.copy(from: view(command.reads[0], size), to: view(command.writes[0], size), byteCount: size))
    case .transfer:
      tables.counts.transfers += 1
      if case .immediate(let size) = storages[command.reads[0]].byteCount { tables.counts.transferredBytes += Int(size) }
      guard case .whole(let register) = storages[command.writes[0]].place else { preconditionFailure("a transfer has a register") }
      let size = storages[command.reads[0]].byteCount
      code.append(.transfer(to: register, from: view(command.reads[0], size), device: command.device))
    }
  }

  // MARK: references

  /// The place of a storage, or of the one whose memory it took over.
  private func place(_ storage: Int) -> (register: Int, offset: IntegerOperand) {
    var root = storage
    while let other = storages[root].mergedInto { root = other }
    switch storages[root].place {
    case .whole(let register): return (register, 0)
    case .slice(let register, let offset): return (register, offset)
    case .undecided:
      guard let register = constantRegister(root) else { preconditionFailure("a storage that is used has a place") }
      return (register, 0)
    }
  }

  private func binding(_ storage: Int) -> Binding {
    let (register, offset) = place(storage)
    return Binding(reference: register, offset: offset, byteCount: storages[storage].byteCount)
  }

  /// Returns a register with a view of a storage's bytes.
  private func view(_ storage: Int, _ size: IntegerOperand) -> Int {
    let (register, offset) = place(storage)
    if offset == 0 { return register }
    let slice = code.referenceRegister()
    code.append(.slice(to: slice, from: register, offset: offset, byteCount: size))
    return slice
  }

  /// Returns the buffer and the offset in it that a load reads.
  private func readable(_ load: DeferredLoad) -> (Int, IntegerOperand) {
    let (register, offset) = place(load.storage)
    if case .immediate(let a) = offset, case .immediate(let b) = load.byteOffset { return (register, .immediate(a + b)) }
    return (view(load.storage, storages[load.storage].byteCount), load.byteOffset)
  }

  /// Returns a register with a reference to the tensor or list.
  func reference(_ value: ReferenceValue) -> Int {
    switch value {
    case .tensor(let tensor): reference(tensor)
    case .list(let register): register
    }
  }

  /// Returns a register with a reference to the tensor.
  func reference(_ tensor: TensorValue) -> Int {
    if let register = tensor.register { return register }
    let buffer = view(tensor.storage, storages[tensor.storage].byteCount)
    let register = code.referenceRegister()
    code.append(.tensor(to: register, buffer: buffer, elementType: tensor.elementType, shape: tensor.shape))
    return register
  }

  // MARK: leaving

  /// Writes the end of the block.
  func emit(_ exit: BlockExit) {
    switch exit {
    case .leave(let integers, let values):
      code.append(.returnValues(integers: integers, references: values.map { reference($0) }))
    case .branch(let edge): emit(edge)
    case .branchIf(let condition, let then, let otherwise):
      let (first, second) = (code.label(), code.label())
      code.append(.branchIf(condition, then: first, else: second))
      code.place(first)
      emit(then)
      code.place(second)
      emit(otherwise)
    case .choose(let value, let cases, let otherwise):
      for (number, edge) in cases {
        let (hit, miss) = (code.label(), code.label())
        let isCase = code.compare(.eq, value, .immediate(number))
        code.append(.branchIf(isCase, then: hit, else: miss))
        code.place(hit)
        emit(edge)
        code.place(miss)
      }
      emit(otherwise)
    }
  }

  /// Writes the moves of an edge, which happen all at once, and the branch.
  private func emit(_ edge: BlockExit.Edge) {
    let references = edge.references.map { (to: $0.to, from: reference($0.value)) }
    for move in sequentialMoves(references, temporary: { code.referenceRegister() }) {
      code.append(.moveReference(to: move.to, from: move.from))
    }
    var registers: [(to: Int, from: Int)] = []
    var immediates: [Instruction] = []
    for (to, value) in edge.integers {
      switch value {
      case .register(let from): registers.append((to, from))
      case .immediate: immediates.append(.move(to: to, value))
      }
    }
    for move in sequentialMoves(registers, temporary: { code.integerRegister() }) {
      code.append(.move(to: move.to, .register(move.from)))
    }
    for move in immediates { code.append(move) }
    // Pending commands keep their memory: a loop that never waits would pile up what all its turns allocate.
    if edge.isBackward { code.append(.submit) }
    code.append(.branch(edge.label))
  }
}
