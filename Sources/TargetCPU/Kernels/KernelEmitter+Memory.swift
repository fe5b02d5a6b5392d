import LoopNests
import MLIR

/// An index into a tensor: affine in the lane, or any, with a number for each lane.
enum TensorIndex {
  case affine(LaneIndex)
  /// `vector<width x index>`
  case scattered(Value)
}

extension KernelEmitter {
  // MARK: conversions

  /// The value as a vector with an element a lane (a scalar if there are no lanes).
  func lanes(_ value: BodyValue) -> Value {
    guard configuration.lane != nil else { return scalar(value) }
    switch value {
    case .lanes(let v): return v
    case .uniform(let v):
      let one = bits(v)
      return self.value(b.value("vector.broadcast", [one], type: .vector([width], one.type)), v.type)
    case .index(let i): return i.vector(width: width, b)
    }
  }

  /// The value as a scalar, which must be the same in all lanes.
  func scalar(_ value: BodyValue) -> Value {
    switch value {
    case .uniform(let v): v
    case .lanes(let v) where v.type.isVector:
      b.value("vector.extract", [v], type: v.type.element, attributes: [("static_position", .denseI64([0], context))])
    case .lanes(let v): v
    case .index(let i): i.base(b)
    }
  }

  /// `true` iff the value is the same in all lanes.
  func isUniform(_ value: BodyValue) -> Bool {
    switch value {
    case .uniform: true
    case .lanes: false
    case .index(let i): i.isUniform
    }
  }

  // MARK: addresses

  /// `base + index` elements.
  func offset(_ base: Value, _ index: Bound, _ element: Type) -> Value {
    if index.asConstant == 0 { return base }
    let linear =
      index.asConstant.map { b.scalar(Double($0), .i64(context)) }
      ?? b.value("arith.index_cast", [index.value(b)], type: .i64(context))
    return elementPointer(base, linear, element, result: .pointer(context))
  }

  private func elementPointer(_ base: Value, _ offsets: Value, _ element: Type, result: Type) -> Value {
    b.value(
      "llvm.getelementptr", [base, offsets], type: result,
      attributes: [("elem_type", .type(element)), ("rawConstantIndices", .denseI32([Int(Int32.min)], context))])
  }

  /// The type of an element in memory: integers take 1, 2, 4 or 8 bytes, indices eight. bf16 moves as an integer: processors without it would be
  /// made to convert each element.
  func storageType(_ element: Type) -> Type {
    if element.isIndex { return .i64(context) }
    if isBF16(element) { return .integer(16, context) }
    return element.isInteger ? .integer(8 * element.storedByteCount, context) : element
  }

  /// All elements of a tensor that is whole in its memory as one row.
  func flat(_ tensor: MemoryReference) -> MemoryReference {
    MemoryReference(pointer: tensor.pointer, element: tensor.element, shape: [tensor.shape.reduce(.constant(1), multiply)])
  }

  /// The row-major position of an element: affine in the lane where possible.
  func linearize(_ indices: [TensorIndex], in reference: MemoryReference) -> TensorIndex {
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
  func load(_ reference: MemoryReference, at indices: [TensorIndex], mask: Value?) -> BodyValue {
    load(reference, position: linearize(indices, in: reference), mask: mask)
  }

  /// Loads the element (one for each lane) at a row-major position.
  func load(_ reference: MemoryReference, position: TensorIndex, mask: Value?) -> BodyValue {
    let type = storageType(reference.element)
    let loaded: BodyValue
    switch position {
    case .affine(let i) where reference.element.isComplex: return loadComplex(reference, i)
    case .affine(let i) where i.isUniform && mask == nil:
      loaded = .uniform(b.value("llvm.load", [checked(pointer(reference, i, type), reference, i, mask: nil)], type: type))
    case .affine(let i) where i.stride == 1:
      let address = checked(pointer(reference, i, type), reference, i, mask: combined(mask, laneMask))
      let vector = Type.vector([width], type)
      if let mask = combined(mask, laneMask) {
        let other = lanes(.uniform(b.scalar(0, type)))
        loaded = .lanes(
          b.value("llvm.intr.masked.load", [address, mask, other], type: vector, attributes: [("alignment", alignment(type))]))
      } else {
        loaded = .lanes(b.value("llvm.load", [address], type: vector, attributes: [("alignment", .i64(type.storedByteCount, context))]))
      }
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
      let other = lanes(.uniform(b.scalar(0, type)))
      loaded = .lanes(
        b.value(
          "llvm.intr.masked.gather", [addresses, all, other], type: .vector([width], type), attributes: [("alignment", alignment(type))]))
    }
    return fromStorage(loaded, reference.element)
  }

  /// Stores `value` at `indices`, in the lanes that exist.
  func store(_ value: BodyValue, to reference: MemoryReference, at indices: [TensorIndex]) {
    let type = storageType(reference.element)
    let converted = toStorage(value, reference.element)
    switch linearize(indices, in: reference) {
    case .affine(let i) where reference.element.isComplex: storeComplex(scalar(value), to: reference, i)
    case .affine(let i) where i.isUniform:
      b.create("llvm.store", [scalar(converted), checked(pointer(reference, i, type), reference, i, mask: nil)])
    case .affine(let i) where i.stride == 1:
      let address = checked(pointer(reference, i, type), reference, i, mask: laneMask)
      if let laneMask {
        b.create("llvm.intr.masked.store", [lanes(converted), address, laneMask], attributes: [("alignment", alignment(type))])
      } else {
        b.create("llvm.store", [lanes(converted), address], attributes: [("alignment", .i64(type.storedByteCount, context))])
      }
    case let position:
      let offsets: Value
      switch position {
      case .affine(let i): offsets = i.vector(width: width, b)
      case .scattered(let v): offsets = v
      }
      let all = checkedLanes(laneMask ?? lanes(.uniform(b.scalar(1, .i1(context)))), reference, offsets)
      b.create(
        "llvm.intr.masked.scatter", [lanes(converted), pointers(reference, offsets, type), all],
        attributes: [("alignment", alignment(type))])
    }
  }

  /// The mask of lanes that both masks have; `nil` means all lanes.
  func combined(_ x: Value?, _ y: Value?) -> Value? {
    guard let x, let y else { return x ?? y }
    return x == y ? x : b.binary("arith.andi", x, y)
  }

  func pointer(_ reference: MemoryReference, _ index: LaneIndex, _ type: Type) -> Value {
    guard let dynamic = index.dynamic else { return offset(reference.pointer, .constant(index.constant), type) }
    // The constant part goes into an address of its own, which becomes the displacement of the instruction.
    let base = offset(reference.pointer, .value(dynamic), type)
    return offset(base, .constant(index.constant), type)
  }

  private func pointers(_ reference: MemoryReference, _ offsets: Value, _ type: Type) -> Value {
    let wide = b.value("arith.index_cast", [offsets], type: .vector([width], .i64(context)))
    return elementPointer(reference.pointer, wide, type, result: .vector([width], .pointer(context)))
  }

  private func alignment(_ type: Type) -> Attribute { .integer(type.storedByteCount, .i32(context)) }

  /// `true` iff elements are bf16.
  func isBF16(_ element: Type) -> Bool { "\(element)" == "bf16" }

  private func fromStorage(_ value: BodyValue, _ element: Type) -> BodyValue {
    if element.isIndex { return mapped(value) { b.value("arith.index_cast", [$0], type: withElement($0.type, element)) } }
    if isBF16(element) { return mapped(value) { b.value("arith.bitcast", [$0], type: withElement($0.type, element)) } }
    guard isPadded(element) else { return value }
    guard element.bitWidth == 1 else { return mapped(value) { b.value("arith.trunci", [$0], type: withElement($0.type, element)) } }
    return mapped(value) { v in
      let zero = v.type.isVector ? lanes(.uniform(b.scalar(0, .i8(context)))) : b.scalar(0, .i8(context))
      return b.value("arith.cmpi", [v, zero], type: withElement(v.type, element), attributes: [("predicate", .i64(1, context))])
    }
  }

  private func toStorage(_ value: BodyValue, _ element: Type) -> BodyValue {
    let plain: BodyValue =
      if case .index(let i) = value { i.isUniform ? .uniform(i.base(b)) : .lanes(i.vector(width: width, b)) } else { value }
    if element.isIndex { return mapped(plain) { b.value("arith.index_cast", [$0], type: withElement($0.type, .i64(context))) } }
    if isBF16(element) { return mapped(plain) { b.value("arith.bitcast", [$0], type: withElement($0.type, .integer(16, context))) } }
    guard isPadded(element) else { return plain }
    // Elements of less than a byte have zeros above them; wider ones are numbers of the type in which they stand.
    let extend = (element.bitWidth ?? 8) < 8 ? "arith.extui" : "arith.extsi"
    return mapped(plain) { b.value(extend, [$0], type: withElement($0.type, storageType(element))) }
  }

  /// `true` iff elements have fewer bits than their places in memory.
  private func isPadded(_ element: Type) -> Bool { element.isInteger && element.bitWidth != 8 * element.storedByteCount }

  private func mapped(_ value: BodyValue, _ transform: (Value) -> Value) -> BodyValue {
    switch value {
    case .uniform(let v): .uniform(transform(v))
    case .lanes(let v): .lanes(transform(v))
    case .index(let i): .uniform(transform(i.base(b)))
    }
  }

  /// `type` with another element type: the same number of lanes, or a scalar.
  func withElement(_ type: Type, _ element: Type) -> Type { type.isVector ? .vector(type.shape, element) : element }
}
