package import TesseraMLIR

/// Values of bodies as scalars and vectors, and as they stand in memory.
extension KernelBuilder {
  // MARK: conversions

  /// The value as a vector with an element a lane (a scalar if there are no lanes).
  package func lanes(_ value: BodyValue) -> Value {
    guard hasLanes else { return scalar(value) }
    switch value {
    case .lanes(let v): return v
    case .uniform(let v):
      let one = bits(v)
      return self.value(b.value("vector.broadcast", [one], type: .vector([width], one.type)), v.type)
    case .index(let i): return i.vector(width: width, b)
    }
  }

  /// The value as a scalar, which must be the same in all lanes.
  package func scalar(_ value: BodyValue) -> Value {
    switch value {
    case .uniform(let v): v
    case .lanes(let v) where v.type.isVector:
      b.value("vector.extract", [v], type: v.type.element, attributes: [("static_position", .denseI64([0], context))])
    case .lanes(let v): v
    case .index(let i): i.base(b)
    }
  }

  /// `true` iff the value is the same in all lanes.
  package func isUniform(_ value: BodyValue) -> Bool {
    switch value {
    case .uniform: true
    case .lanes: false
    case .index(let i): i.isUniform
    }
  }

  // MARK: known values

  /// A scalar from outside of the bodies: an argument or a constant.
  package func outside(_ value: Value) -> BodyValue {
    if let known = scalarValues[value] { return value.type.isIndex ? .index(LaneIndex(dynamic: known)) : .uniform(known) }
    let constant = value.definingOperation!.attribute("value")!
    if value.type.isIndex { return .index(.constant(constant.integerValue!)) }
    return .uniform(b.constant(constant))
  }

  /// The element of a tensor that is the same everywhere: a splat, or an empty tensor, whose elements are anything.
  package func same(_ tensor: Value) -> BodyValue {
    .uniform(tensor.definingOperation?.attribute("value")?.splatValue.map { b.constant($0) } ?? b.scalar(0, tensor.type.element))
  }

  // MARK: bf16

  /// The value as it goes around loops and through choices: LLVM takes bf16 apart there, and converts it by a library; its bits it leaves alone.
  package func bits(_ value: Value) -> Value {
    isBF16(value.type.isVector ? value.type.element : value.type)
      ? b.value("arith.bitcast", [value], type: withElement(value.type, .integer(16, context))) : value
  }

  /// What `bits` was made of: a value with elements of type `element`.
  package func value(_ bits: Value, _ element: Type) -> Value {
    isBF16(element) ? b.value("arith.bitcast", [bits], type: withElement(bits.type, element)) : bits
  }

  /// `x` where the condition holds, else `y`.
  package func select(_ condition: Value, _ x: Value, _ y: Value) -> Value {
    let (p, q) = (bits(x), bits(y))
    return value(b.value("arith.select", [condition, p, q], type: p.type), x.type.isVector ? x.type.element : x.type)
  }

  // MARK: storage

  /// The type of an element in memory: integers take 1, 2, 4 or 8 bytes, indices eight. bf16 moves as an integer: processors without it would be
  /// made to convert each element.
  package func storageType(_ element: Type) -> Type {
    if element.isIndex { return .i64(context) }
    if isBF16(element) { return .integer(16, context) }
    return element.isInteger ? .integer(8 * element.storedByteCount, context) : element
  }

  /// `true` iff elements are bf16.
  package func isBF16(_ element: Type) -> Bool { "\(element)" == "bf16" }

  func fromStorage(_ value: BodyValue, _ element: Type) -> BodyValue {
    if element.isIndex { return mapped(value) { b.value("arith.index_cast", [$0], type: withElement($0.type, element)) } }
    if isBF16(element) { return mapped(value) { b.value("arith.bitcast", [$0], type: withElement($0.type, element)) } }
    guard isPadded(element) else { return value }
    guard element.bitWidth == 1 else { return mapped(value) { b.value("arith.trunci", [$0], type: withElement($0.type, element)) } }
    return mapped(value) { v in
      let zero = v.type.isVector ? lanes(.uniform(b.scalar(0, .i8(context)))) : b.scalar(0, .i8(context))
      return b.compare(.notEqual, v, zero)
    }
  }

  func toStorage(_ value: BodyValue, _ element: Type) -> BodyValue {
    let plain: BodyValue =
      if case .index(let i) = value { i.isUniform ? .uniform(i.base(b)) : .lanes(i.vector(width: width, b)) } else { value }
    if element.isIndex { return mapped(plain) { b.value("arith.index_cast", [$0], type: withElement($0.type, .i64(context))) } }
    if isBF16(element) { return mapped(plain) { b.value("arith.bitcast", [$0], type: withElement($0.type, .integer(16, context))) } }
    guard isPadded(element) else { return plain }
    // Elements that a type of arrays has for less than a byte have zeros above them; others are numbers of the type in which they stand.
    let extend = [1, 2, 4].contains(element.bitWidth) ? "arith.extui" : "arith.extsi"
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
  package func withElement(_ type: Type, _ element: Type) -> Type { type.isVector ? .vector(type.shape, element) : element }
}
