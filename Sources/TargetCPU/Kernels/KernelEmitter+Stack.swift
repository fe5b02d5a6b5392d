import LoopNests
import MLIR

/// Values of elementwise operations that several stages need, kept on the stack for one register tile: the exponentials of a softmax whose
/// result is narrower than they are.
extension KernelEmitter {
  /// What may be kept on the stack at a time: no more than a first-level cache has room for beside what is read.
  private static let stackLimit = 16 << 10

  /// Stack memory for the values of operation `i` in one register tile; `nil` if their number is not known or large.
  func allocateOnStack(_ i: Int) -> Value? {
    guard let sizes = stackSizes(i) else { return nil }
    let element = storageType(nest.ops[i].operation.result(0).type.element)
    guard let bits = element.bitWidth else { return nil }
    let count = sizes.reduce(1, *)
    return count * bits / 8 <= Self.stackLimit ? stackArray(count, element) : nil
  }

  /// Memory on the stack for `count` elements, beginning at a cache line: allocated once, at the beginning of the kernel.
  func stackArray(_ count: Int, _ element: Type) -> Value {
    let builder = entry.operations.first.map { Builder(context, at: entry, before: $0, location: b.location) } ?? b
    return builder.value(
      "llvm.alloca", [builder.scalar(Double(count), .i64(context))], type: .pointer(context),
      attributes: [("elem_type", .type(element)), ("alignment", .i64(64, context))])
  }

  /// The same as a row of elements.
  func stackMemory(_ count: Int, _ element: Type) -> MemoryReference {
    MemoryReference(pointer: stackArray(count, element), element: element, shape: [.constant(count)])
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
