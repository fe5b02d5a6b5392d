import TesseraModuleFormat

/// Memory of one block: lifetimes, in-place reuse, and places.
extension FunctionScheduler {
  /// Finds in which steps every storage of the block is used.
  func computeLifetimes() {
    func use(_ storage: Int, _ step: Int, byCommand: Bool = false) {
      for root in roots(storage) { storages[root].use(at: step, byCommand: byCommand) }
    }
    for segment in current.segments {
      for load in segment.loads { use(load, segment.headStep) }
      for tensor in (segment.call?.tensors ?? []) + (segment.list?.tensors ?? []) + (segment.strings?.operands ?? []) {
        use(tensor.storage, segment.tailStep)
      }
    }
    // A read back at the start of a segment may come before commands of steps that were counted already: `use` takes any order.
    for command in current.commands.sorted(by: { $0.step < $1.step }) {
      var seen: Set<Int> = []
      for storage in command.reads + command.writes {
        for root in roots(storage) where seen.insert(root).inserted {
          storages[root].use(at: command.step, byCommand: true)
        }
      }
    }
  }

  /// Lets results take over the memory of operands that die at their dispatch.
  ///
  /// The operand must be memory that this block made and that no value outside has, or that of an argument that dies in this block; nothing else may use
  /// it in that step or later, the dispatch must read it once, and both must have the same byte count.
  func reuseInPlace() {
    for command in current.commands.sorted(by: { $0.step < $1.step }) {
      var taken: Set<Int> = []
      for (result, operand, hasItsShape) in command.inPlace where result < command.writes.count && operand < command.reads.count {
        let target = command.writes[result]
        let candidates = roots(command.reads[operand])
        guard candidates.count == 1, let source = candidates.first, storages[target].mergedInto == nil, !taken.contains(source),
          canTakeOver(source, at: command.step), hasItsShape || storages[source].byteCount == storages[target].byteCount,
          command.reads.count(where: { roots($0).contains(source) }) == 1
        else { continue }
        storages[target].mergedInto = source
        storages[source].escapes = storages[target].escapes
        storages[source].last = storages[target].last
        storages[source].lastReaderCount = storages[target].lastReaderCount
        taken.insert(source)
        tables.counts.inPlaceReuses += 1
      }
    }
  }

  private func canTakeOver(_ source: Int, at step: Int) -> Bool {
    let storage = storages[source]
    let isOwn = source >= current.firstOwnStorage && storage.isOwned && storage.place == .undecided
    return (isOwn || current.mortal.contains(source)) && !storage.escapes && storage.last == step && storage.lastReaderCount == 1
      && storage.aliases.isEmpty
  }

  /// Decides where the storages of the block are. Returns the run-time plan of each segment, if it has one.
  func placeStorages() -> [SegmentMemory] {
    var plans = current.segments.map { _ in SegmentMemory() }
    var fixed: [Int: [Int]] = [:]
    for index in current.firstOwnStorage..<storages.count {
      let storage = storages[index]
      guard storage.isOwned, storage.place == .undecided, storage.mergedInto == nil else { continue }
      // What nothing uses needs no memory.
      if storage.first == Int.max && !storage.escapes { continue }
      if storage.escapes {
        storages[index].place = .whole(code.referenceRegister())
        plans[storage.segment].allocations.append(index)
      } else if case .immediate = storage.byteCount {
        fixed[storage.device, default: []].append(index)
      } else {
        plans[storage.segment].planned[storage.device, default: []].append(index)
      }
    }
    for (device, storages) in fixed.sorted(by: { $0.key < $1.key }) { placeInArena(storages, device: device) }
    for index in plans.indices {
      for (device, planned) in plans[index].planned.sorted(by: { $0.key < $1.key }) {
        let arena = code.referenceRegister()
        plans[index].arenas[device] = arena
        tables.counts.dynamicArenas += 1
        for storage in planned { storages[storage].place = .slice(of: arena, offset: .register(code.integerRegister())) }
      }
    }
    return plans
  }

  private func placeInArena(_ fixed: [Int], device: Int) {
    let requests = fixed.map { index in
      guard case .immediate(let size) = storages[index].byteCount else { preconditionFailure("the size is known") }
      return ArenaRequest(byteCount: Int(size), first: storages[index].first, last: storages[index].last)
    }
    let plan = planArena(requests)
    let register = arenaRegister(plan.total, device: device)
    for (index, offset) in zip(fixed, plan.offsets) {
      storages[index].place = .slice(of: register, offset: .immediate(Int64(offset)))
    }
  }
}

/// The memory that a segment must make before its commands run.
struct SegmentMemory {
  /// Storages that are allocations of their own.
  var allocations: [Int] = []
  /// Storages in arenas that are planned at run time, and the register of each, by device.
  var planned: [Int: [Int]] = [:]
  var arenas: [Int: Int] = [:]
}
