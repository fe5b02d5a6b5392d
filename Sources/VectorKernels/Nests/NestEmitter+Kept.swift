internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Values of elementwise operations that several stages need: kept in the memory of a result, or on the stack for one register tile, as the
/// exponentials of a softmax whose result is narrower than they are.
extension NestEmitter {
  /// Decides which elementwise operations are kept in memory because several stages need them and they are costly.
  ///
  /// A value that looks like a later result is kept in that result's buffer, where it is overwritten in the end; others on the stack if there are
  /// few for a register tile, else they are computed again.
  func chooseKeptOperations() {
    guard nest.hasInnerLoops else { return }
    for (i, op) in nest.ops.enumerated() where !op.hasReduction && !nest.innerDimensions(of: i).isEmpty {
      if op.operation.resultCount != 1 { continue }
      if let own = kernel.memory[op.operation.result(0)] {
        kept[i] = own
        continue
      }
      guard isCostly(op), stagesUsing(i).count > 1 else { continue }
      let taken = Set(kept.values.map(\.pointer))
      if let j = nest.ops.indices.first(where: { j in
        j > i && nest.ops[j].operation.resultCount == 1 && !nest.ops[j].hasReduction
          && nest.ops[j].operation.result(0).type == op.operation.result(0).type
          && nest.dimensionOfLoop[j] == nest.dimensionOfLoop[i] && nest.ops[j].outputMaps == op.outputMaps
          && kernel.memory[nest.ops[j].operation.result(0)].map { !taken.contains($0.pointer) } == true
          && stagesUsing(i).allSatisfy { $0 <= j }
      }) {
        kept[i] = kernel.memory[nest.ops[j].operation.result(0)]!
      } else {
        stackMemory[i] = allocateOnStack(i)
      }
    }
  }

  /// The stages (reductions and results) in which operation `i` would be evaluated.
  private func stagesUsing(_ i: Int) -> Set<Int> {
    var stages = Set<Int>()
    for result in nest.ops[i].operation.results {
      for use in result.uses {
        guard let j = nest.ops.firstIndex(where: { $0.operation == use.operation }) else { continue }
        if isStage(j) { stages.insert(j) } else { stages.formUnion(stagesUsing(j)) }
      }
    }
    return stages
  }

  /// `true` iff the operation is worth more than a few loads.
  private func isCostly(_ op: StructuredOp) -> Bool {
    op.callsMath || op.operation.descendants.contains { $0.name == "arith.divf" || $0.name == "scf.if" }
  }

  /// `true` iff operation `i` has a place of its own in the order of computation; others are computed where they are read.
  func isStage(_ i: Int) -> Bool {
    let op = nest.ops[i]
    if op.hasReduction || op.operation.results.contains(where: { kernel.memory[$0] != nil }) { return true }
    return nest.hasInnerLoops && nest.innerDimensions(of: i).isEmpty
  }

  // MARK: stack

  /// What may be kept on the stack at a time: no more than a first-level cache has room for beside what is read.
  private static let stackLimit = 16 << 10

  /// Stack memory for the values of operation `i` in one register tile; `nil` if their number is not known or large.
  func allocateOnStack(_ i: Int) -> Value? {
    guard let sizes = stackSizes(i) else { return nil }
    let element = kernel.storageType(nest.ops[i].operation.result(0).type.element)
    guard let bits = element.bitWidth else { return nil }
    let count = sizes.reduce(1, *)
    return count * bits / 8 <= Self.stackLimit ? kernel.temporary(count, element) : nil
  }

  /// The sizes of what is kept of operation `i`: register tiles of shared dimensions, all of the others.
  private func stackSizes(_ i: Int) -> [Int]? {
    guard let axes = nest.ops[i].outputMaps[0].asDimensions else { return nil }
    var list: [Int] = []
    for loop in axes {
      guard let d = nest.dimensionOfLoop[i][loop] else {
        list.append(1)
        continue
      }
      if nest.dimensions[d].isShared {
        list.append(configuration.step(d))
      } else {
        guard let size = sizes[d].asConstant else { return nil }
        list.append(size)
      }
    }
    return list
  }

  /// The memory of operation `i` for the register tile at `tile`.
  func stackReference(_ i: Int, _ tile: RegisterTile) -> MemoryReference? {
    guard let pointer = stackMemory[i], let sizes = stackSizes(i), let axes = nest.ops[i].outputMaps[0].asDimensions else { return nil }
    let type = nest.ops[i].operation.result(0).type
    let first = axes.map { loop -> LaneIndex in
      guard let d = nest.dimensionOfLoop[i][loop], nest.dimensions[d].isShared, var index = tile.index[d] else { return .constant(0) }
      index.stride = 0
      return index
    }
    return MemoryReference(
      pointer: pointer, element: type.element, shape: sizes.map(Bound.constant), part: (first, sizes.map(Bound.constant)))
  }
}
