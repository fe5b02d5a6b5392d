internal import TesseraDialects
internal import TesseraLoopNests
package import TesseraMLIR

/// Where the kernel finds its operands: the tables of addresses and of scalars that it is given.
extension KernelBuilder {
  /// Finds the operands of the kernel, makes the results known to the nests, and returns those that have a border.
  package func bindOperands() -> [BorderedMemory] {
    let address = machine.addressType
    if source.parts.contains(where: { $0.ops.contains { usesCheckedReads($0) || $0.operation.name == ScatterOp.name } }) {
      emitStatus()
    }
    for (i, scalar) in source.scalars.enumerated() { scalarValues[scalar] = loadScalar(.constant(i), scalar.type) }
    for (i, tensor) in source.tensors.enumerated() {
      let slot = offset(arguments.bindings, .constant(i), address), shape = source.operandSizes.sizes(i).map(bound)
      addresses.append(loadWord(slot, address))
      memory[tensor] = MemoryReference(pointer: addresses[i], element: tensor.type.element, shape: shape)
    }
    var borders: [BorderedMemory] = []
    for (i, result) in source.results.enumerated() {
      let number = source.tensors.count + i
      let slot = offset(arguments.bindings, .constant(number), address), shape = source.resultSizes.sizes(i).map(bound)
      addresses.append(loadWord(slot, address))
      let whole = MemoryReference(pointer: addresses[number], element: result.type.element, shape: shape)
      if let border = bind(whole, to: source.outputs[i]) { borders.append(border) }
    }
    return borders
  }

  /// Returns a size of a tensor as a number or as the value of a scalar. Requires: the executable names the scalar of each dynamic size.
  private func bound(_ size: DynamicSizes.Size?) -> Bound {
    switch size {
    case .fixed(let number): .constant(number)
    case .scalar(let scalar): .value(scalarValues[source.scalars[scalar]]!)
    case nil: preconditionFailure("a dynamic size of '\(source.function.symbolName ?? "")' has no scalar")
    }
  }

  /// Loads an address or a scalar of the tables.
  private func loadWord(_ slot: Value, _ type: Type) -> Value { machine.load(type, from: slot, mask: nil, alignment: nil, b) }

  /// Loads the scalar in a slot of the table, as a `type`: floats come as their bits.
  private func loadScalar(_ slot: Bound, _ type: Type) -> Value {
    let raw = loadWord(offset(arguments.constants, slot, .i64(context)), .i64(context))
    if type.isIndex { return b.value("arith.index_cast", [raw], type: type) }
    let bits = type.bitWidth!
    let narrow = bits == 64 ? raw : b.value("arith.trunci", [raw], type: .integer(bits, context))
    return type.isFloat ? b.value("arith.bitcast", [narrow], type: type) : narrow
  }

  /// Makes the memory of a result known to the nests, under the value that they compute; returns it if it has a border.
  private func bind(_ whole: MemoryReference, to output: KernelOutput) -> BorderedMemory? {
    var reference = whole, bordered: BorderedMemory?
    if let border = output.border {
      let inner = whole.shape.indices.map { subtract(whole.shape[$0], border.low[$0] + border.high[$0]) }
      bordered = BorderedMemory(whole: whole, border: border, inner: inner)
      reference = MemoryReference(
        pointer: whole.pointer, element: whole.element, shape: inner, part: (border.low.map { .constant(-$0) }, whole.shape))
    }
    if memory[output.value] == nil { memory[output.value] = reference } else { copies[output.value, default: []].append(reference) }
    return bordered
  }

  private func subtract(_ size: Bound, _ number: Int) -> Bound {
    switch size {
    case .constant(let size): .constant(size - number)
    case .value(let size): number == 0 ? .value(size) : .value(b.binary("arith.subi", size, b.index(number)))
    }
  }

  // MARK: siblings

  /// Lets the nest read and write what its sibling `number` does; 0 is the nest itself.
  package func chooseSibling(_ number: Value) {
    let bindings = source.tensors + source.outputs.map(\.value), address = machine.addressType
    for (i, own) in bindings.enumerated() {
      guard let slots = slots(of: i, in: bindings), let mine = memory[own] else { continue }
      let slot = offset(arguments.bindings, .value(choose(slots, number)), address)
      memory[own] = MemoryReference(pointer: loadWord(slot, address), element: mine.element, shape: mine.shape)
    }
    for (i, own) in source.scalars.enumerated() {
      guard let slots = slots(of: i, in: source.scalars) else { continue }
      scalarValues[own] = loadScalar(.value(choose(slots, number)), own.type)
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

/// A result of the kernel whose memory has a border around what the nests write.
package struct BorderedMemory {
  /// All of the memory.
  package let whole: MemoryReference
  package let border: KernelOutput.Border
  /// The sizes of what stands inside.
  package let inner: [Bound]
}
