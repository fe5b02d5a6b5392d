package import TesseraMLIR

/// Loads and stores: a scalar where all lanes have the same element, neighbours as a vector, else an element for each lane.
extension KernelBuilder {
  // MARK: addresses

  /// `base + index` elements.
  package func offset(_ base: Value, _ index: Bound, _ element: Type) -> Value {
    if index.asConstant == 0 { return base }
    let linear =
      index.asConstant.map { b.scalar(Double($0), .i64(context)) }
      ?? b.value("arith.index_cast", [index.value(b)], type: .i64(context))
    return machine.address(base, linear, of: element, b)
  }

  /// All elements of a tensor that is whole in its memory as one row.
  package func flat(_ tensor: MemoryReference) -> MemoryReference {
    MemoryReference(pointer: tensor.pointer, element: tensor.element, shape: [tensor.shape.reduce(.constant(1), multiply)])
  }

  /// The row-major position of an element: affine in the lane where possible.
  package func linearize(_ indices: [TensorIndex], in reference: MemoryReference) -> TensorIndex {
    guard let part = reference.part else { return linearize(indices, reference.shape) }
    let local = zip(indices, part.first).map { index, first -> TensorIndex in
      switch index {
      case .affine(let i): .affine(i.subtracting(first, b))
      case .scattered(let v): .scattered(first.isZero ? v : b.binary("arith.subi", v, lanes(.uniform(first.base(b)))))
      }
    }
    return linearize(local, part.sizes)
  }

  private func linearize(_ indices: [TensorIndex], _ shape: [Bound]) -> TensorIndex {
    var position = LaneIndex.constant(0)
    var scattered: Value?
    func addScattered(_ v: Value) { scattered = scattered.map { b.binary("arith.addi", $0, v) } ?? v }
    var stride = Bound.constant(1)
    for axis in shape.indices.reversed() {
      switch (indices[axis], stride) {
      case (.affine(let i), .constant(let s)): position = position.adding(i.multiplied(by: s, b), b)
      case (.affine(let i), .value(let s)):
        if i.isUniform {
          if i.dynamic != nil || i.constant != 0 {
            position = position.adding(LaneIndex(dynamic: b.binary("arith.muli", i.base(b), s)), b)
          }
        } else {
          addScattered(b.binary("arith.muli", i.vector(width: width, b), lanes(.uniform(s))))
        }
      case (.scattered(let v), let s):
        addScattered(s.asConstant == 1 ? v : b.binary("arith.muli", v, lanes(.uniform(s.value(b)))))
      }
      stride = multiply(stride, shape[axis])
    }
    guard let scattered else { return .affine(position) }
    return .scattered(b.binary("arith.addi", scattered, position.vector(width: width, b)))
  }

  // MARK: loads and stores

  /// Loads the element (one for each lane) at `indices`. `mask` says which lanes may be read; others get anything.
  package func load(_ reference: MemoryReference, at indices: [TensorIndex], mask: Value?) -> BodyValue {
    load(reference, position: linearize(indices, in: reference), mask: mask)
  }

  /// Loads the element (one for each lane) at a row-major position.
  package func load(_ reference: MemoryReference, position: TensorIndex, mask: Value?) -> BodyValue {
    let type = storageType(reference.element)
    let loaded: BodyValue
    switch position {
    case .affine(let i) where reference.element.isComplex: return loadComplex(reference, i)
    case .affine(let i) where i.isUniform && mask == nil:
      let address = checked(pointer(reference, i, type), reference, i, mask: nil)
      loaded = .uniform(machine.load(type, from: address, mask: nil, alignment: nil, b))
    case .affine(let i) where i.stride == 1:
      let address = checked(pointer(reference, i, type), reference, i, mask: combined(mask, laneMask))
      loaded = .lanes(loadVector(type, from: address, mask: combined(mask, laneMask)))
    case let position:
      if case .affine(let i) = position, let strided = loadStrided(reference, i, type, mask: mask) {
        return fromStorage(strided, reference.element)
      }
      let offsets: Value
      switch position {
      case .affine(let i): offsets = i.vector(width: width, b)
      case .scattered(let v): offsets = v
      }
      let addresses = pointers(reference, offsets, type)
      let all = checkedLanes(combined(mask, laneMask) ?? lanes(.uniform(b.scalar(1, .i1(context)))), reference, offsets)
      loaded = .lanes(
        machine.gather(.vector([width], type), from: addresses, mask: all, other: zeros(type), alignment: type.storedByteCount, b))
    }
    return fromStorage(loaded, reference.element)
  }

  /// Stores `value` at `indices`, in the lanes that exist.
  package func store(_ value: BodyValue, to reference: MemoryReference, at indices: [TensorIndex]) {
    let type = storageType(reference.element)
    let converted = toStorage(value, reference.element)
    switch linearize(indices, in: reference) {
    case .affine(let i) where reference.element.isComplex: storeComplex(scalar(value), to: reference, i)
    case .affine(let i) where i.isUniform:
      let one = scalar(converted)
      machine.store(one, at: checked(pointer(reference, i, type), reference, i, mask: nil), mask: nil, alignment: nil, b)
    case .affine(let i) where i.stride == 1:
      let address = checked(pointer(reference, i, type), reference, i, mask: laneMask)
      machine.store(lanes(converted), at: address, mask: laneMask, alignment: type.storedByteCount, b)
    case let position:
      let offsets: Value
      switch position {
      case .affine(let i): offsets = i.vector(width: width, b)
      case .scattered(let v): offsets = v
      }
      let all = checkedLanes(laneMask ?? lanes(.uniform(b.scalar(1, .i1(context)))), reference, offsets)
      let values = lanes(converted)
      machine.scatter(values, at: pointers(reference, offsets, type), mask: all, alignment: type.storedByteCount, b)
    }
  }

  /// Loads neighbours, under a mask or all of them.
  func loadVector(_ type: Type, from address: Value, mask: Value?) -> Value {
    let other = mask.map { ($0, zeros(type)) }
    return machine.load(.vector([width], type), from: address, mask: other, alignment: type.storedByteCount, b)
  }

  /// A vector of zeros.
  private func zeros(_ type: Type) -> Value { lanes(.uniform(b.scalar(0, type))) }

  /// The mask of lanes that both masks have; `nil` means all lanes.
  package func combined(_ x: Value?, _ y: Value?) -> Value? {
    guard let x, let y else { return x ?? y }
    return x == y ? x : b.binary("arith.andi", x, y)
  }

  package func pointer(_ reference: MemoryReference, _ index: LaneIndex, _ type: Type) -> Value {
    guard let dynamic = index.dynamic else { return offset(reference.pointer, .constant(index.constant), type) }
    // The constant part goes into an address of its own, which becomes the displacement of the instruction.
    let base = offset(reference.pointer, .value(dynamic), type)
    return offset(base, .constant(index.constant), type)
  }

  private func pointers(_ reference: MemoryReference, _ offsets: Value, _ type: Type) -> Value {
    let wide = b.value("arith.index_cast", [offsets], type: .vector([width], .i64(context)))
    return machine.address(reference.pointer, wide, of: type, b)
  }

  /// The element `index` behind `base`, in the memory of `reference`.
  package func loadElement(_ base: Value, _ index: Value, _ type: Type, in reference: MemoryReference) -> Value {
    load(type, from: offset(base, .value(index), type), in: reference)
  }

  // MARK: temporary memory

  /// Temporary memory for `count` elements, beginning at a cache line: allocated once, at the beginning of the kernel.
  package func temporary(_ count: Int, _ element: Type) -> Value {
    let builder = entry.operations.first.map { Builder(context, at: entry, before: $0, location: b.location) } ?? b
    return machine.temporary(count, element, alignment: 64, builder)
  }

  /// The same as a row of elements.
  package func temporaryRow(_ count: Int, _ element: Type) -> MemoryReference {
    MemoryReference(pointer: temporary(count, element), element: element, shape: [.constant(count)])
  }
}
