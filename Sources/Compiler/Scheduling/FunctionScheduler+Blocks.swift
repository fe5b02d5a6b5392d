import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR
import TesseraModuleFormat

/// Scheduling of one block: all operations become host instructions and commands, then commands get steps, storages get places, and code is written.
extension FunctionScheduler {
  /// Schedules `block`.
  func scheduleBlock(_ signature: HostSignature, isEntry: Bool) throws(Diagnostic) {
    if let label = labels[block] { code.place(label) }
    let before = code.exchangeItems([])
    try defineArguments(signature, isEntry: isEntry)
    // Constants have storages of their own among those of the block: they are not owned, and so never placed.
    let operations = block.operations
    for operation in operations.dropLast() { try lower(operation) }
    guard let terminator = operations.last else { throw .schedulingBug(function: name, "has an empty block") }
    let exit = try lowerTerminator(terminator)
    current.segment.head += code.exchangeItems([])

    markEscapes(operations)
    findMortal(operations)
    assignSteps()
    computeLifetimes()
    reuseInPlace()
    let segmentPlans = placeStorages()

    _ = code.exchangeItems(before)
    for index in current.segments.indices { emit(segment: index, plan: segmentPlans[index]) }
    emit(exit)
  }

  /// Ends the current segment, if it has commands: the next one's head may wait for them.
  func endSegment() {
    current.segment.head += code.exchangeItems([])
    current.segments.append(Segment())
  }

  /// `true` iff a command of the current segment writes memory that `storage` may be.
  func isWrittenInSegment(_ storage: Int) -> Bool {
    let roots = Set(roots(storage))
    return current.commands.reversed().prefix { $0.segment == current.segmentNumber }.contains { $0.writes.contains(where: roots.contains) }
  }

  /// Marks what leaves the block: what another block uses, and what the terminator takes along.
  private func markEscapes(_ operations: [Operation]) {
    for operation in operations {
      let isExit = operation == operations.last
      if isExit { for operand in operation.operands { if let tensor = tensors[operand] { escape(tensor.storage) } } }
      for result in operation.results {
        guard let tensor = tensors[result] else { continue }
        if result.isUsed(where: { $0.operation.block != block }) { escape(tensor.storage) }
      }
    }
    for argument in block.arguments {
      guard let tensor = tensors[argument] else { continue }
      if argument.isUsed(where: { $0.operation.block != block }) { escape(tensor.storage) }
    }
  }

  /// Finds the arguments that die here. What other blocks did with them is over.
  private func findMortal(_ operations: [Operation]) {
    for operand in operations.lazy.filter({ $0.name == DispatchOp.name }).flatMap(\.operands) where ownership.dies(operand, in: block) {
      guard let tensor = tensors[operand], current.mortal.insert(tensor.storage).inserted else { continue }
      storages[tensor.storage].restart()
    }
  }

  /// Makes the memory of a storage outlive the block.
  func escape(_ storage: Int) { for root in roots(storage) { storages[root].escapes = true } }

  /// Gives every command a step: segments after one another, the waves of a segment after one another.
  private func assignSteps() {
    var step = 0
    for index in current.segments.indices {
      current.segments[index].headStep = step
      step += 1
      let members = current.commands.indices.filter { current.commands[$0].segment == index }
      let waves = assignWaves(waveNodes(members))
      for (command, wave) in zip(members, waves) { current.commands[command].step = step + wave }
      let count = (waves.max() ?? -1) + 1
      current.segments[index].waves = step..<step + count
      tables.counts.waves += count
      step += count
      current.segments[index].tailStep = step
      step += 1
    }
  }

  /// Describes the commands of a segment to wave scheduling. Sizes that are not known yet count as if every dynamic product were 64 KiB.
  private func waveNodes(_ members: [Int]) -> [WaveNode] {
    var writer: [Int: Int] = [:]
    return members.enumerated().map { position, index in
      let command = current.commands[index]
      var node = WaveNode(dependencies: [], resultBytes: 0, reads: [], writes: command.writes)
      for read in command.reads {
        for root in roots(read) {
          if let source = writer[root], !node.dependencies.contains(source) { node.dependencies.append(source) }
          if storages[root].isOwned && !storages[root].escapes { node.reads.append((root, estimate(storages[root].byteCount))) }
        }
      }
      for write in command.writes {
        node.resultBytes += estimate(storages[write].byteCount)
        writer[write] = position
      }
      return node
    }
  }

  private func estimate(_ size: IntegerOperand) -> Int {
    if case .immediate(let bytes) = size { Int(bytes) } else { 64 << 10 }
  }
}
