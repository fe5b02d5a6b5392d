import Kernels
import LoopNests
import MLIR

extension KernelEmitter {
  /// Lets the nest read and write what its sibling `number` does; 0 is the nest itself.
  func chooseSibling(_ number: Value) {
    let bindings = source.tensors + source.outputs.map(\.value)
    for (i, own) in bindings.enumerated() {
      guard let slots = slots(of: i, in: bindings), let mine = memory[own] else { continue }
      let slot = offset(entry.arguments[0], .value(choose(slots, number)), .pointer(context))
      memory[own] = MemoryReference(
        pointer: b.value("llvm.load", [slot], type: .pointer(context)), element: mine.element, shape: mine.shape)
    }
    for (i, own) in source.scalars.enumerated() {
      guard let slots = slots(of: i, in: source.scalars) else { continue }
      let slot = offset(entry.arguments[1], .value(choose(slots, number)), .i64(context))
      scalarValues[own] = fromConstant(b.value("llvm.load", [slot], type: .i64(context)), own.type)
    }
  }

  /// Where the nest, and each of its siblings, finds in `values` what is value `i` of the nest; `nil` if all have the same.
  private func slots(of i: Int, in values: [Value]) -> [Int]? {
    // `KernelSource` refuses siblings that find it elsewhere.
    let slots = [i] + source.sequence.siblings.map { $0[values[i]].map { values.firstIndex(of: $0)! } ?? i }
    return Set(slots).count == 1 ? nil : slots
  }

  /// `numbers[k]`. Most are at equal distances; a chain of selections would make LLVM write the loops again for each `k`.
  private func choose(_ numbers: [Int], _ k: Value) -> Value {
    let step = numbers[1] - numbers[0]
    if numbers.indices.allSatisfy({ numbers[$0] == numbers[0] + $0 * step }) {
      return b.plus(b.index(numbers[0]), b.times(k, b.index(step)))
    }
    return numbers.indices.dropFirst().reduce(b.index(numbers[0])) { chosen, i in
      b.select(b.compare(.equal, k, b.index(i)), b.index(numbers[i]), chosen)
    }
  }
}
