extension Builder {
  /// `linalg.fill`: `output` with every element `scalar`.
  public func fill(_ scalar: Value, _ output: Value) -> Value {
    let region = Region.create()
    let block = region.appendBlock([scalar.type, output.type.element], location)
    Builder(context, at: block, location: location).create("linalg.yield", [block.arguments[0]])
    return create(
      "linalg.fill", [scalar, output], results: [output.type], attributes: [("operandSegmentSizes", .denseI32([1, 1], context))],
      regions: [region]
    ).result(0)
  }

  /// `tensor.pad`: `source` with a border of `filler`, so many elements wide before and behind along each axis.
  public func pad(_ source: Value, low: [Int], high: [Int], with filler: Value, type: Type) -> Value {
    let region = Region.create()
    let block = region.appendBlock(.init(repeating: .index(context), count: low.count), location)
    Builder(context, at: block, location: location).create("tensor.yield", [filler])
    return create(
      "tensor.pad", [source], results: [type],
      attributes: [
        ("static_low", .denseI64(low, context)), ("static_high", .denseI64(high, context)),
        ("operandSegmentSizes", .denseI32([1, 0, 0], context)),
      ], regions: [region]
    ).result(0)
  }

  /// `scf.if` of one result; without a condition what `then` makes.
  public func conditional(_ condition: Value?, type: Type, then: (Builder) -> Value, else otherwise: (Builder) -> Value) -> Value {
    guard let condition else { return then(self) }
    func region(_ body: (Builder) -> Value) -> Region {
      let region = Region.create()
      let inner = Builder(context, at: region.appendBlock([], location), location: location)
      inner.create("scf.yield", [body(inner)])
      return region
    }
    return create("scf.if", [condition], results: [type], regions: [region(then), region(otherwise)]).result(0)
  }
}
