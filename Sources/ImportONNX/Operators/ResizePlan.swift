import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The elements of float input `i`, a list of `count` unless its type says otherwise, on the host: known, or read back.
  func hostNumbers(_ i: Int, count: Int) throws(Diagnostic) -> [HostNumber] {
    let given = try input(i)
    let tensor = given.rank == 1 && given.knownCount == nil ? settled(given, axis: 0, to: count) ?? given : given
    if let known = tensor.knownNumbers { return known.map { .known($0) } }
    guard tensor.elementType.isFloat, tensor.rank == 1, let count = tensor.knownCount, count <= GraphTensor.hostElementLimit else {
      throw .wrongShape(self, tensor, "a list of numbers of known length")
    }
    let source = graph.value(graph.convert(tensor, to: .f32))
    return (0..<count).map { .computed(graph.builder.element(source, [graph.builder.index($0)])) }
  }

  /// `size` times `scale`, rounded down, as the f32 product that ONNX's own inference of shapes takes.
  fileprivate func scaled(_ size: IndexExpression, by scale: HostNumber) throws(Diagnostic) -> IndexExpression {
    if let factor = scale.known {
      guard factor > 1e-9, factor < 1e9 else { throw .invalidAttribute(self, "scales", "\(factor)", expected: "positive numbers") }
      if let known = size.known { return try knownSize(Double(Float(known) * Float(factor))) }
      if factor == factor.rounded() { return size * Int(factor) }
      if 1 / factor == (1 / factor).rounded() { return indices.floorDivide(size, IndexExpression(Int(1 / factor))) }
    }
    let s = Scalars(graph.builder, .f32)
    // NaN is no scale either.
    graph.requireHere(s.compare(.greater, scale.value(s), s.constant(0)), "its scales must be above 0")
    let number = s.multiply(s.convert(s.builder.i64(graph.index(size)), from: .i64), scale.value(s))
    return hostSize(number)
  }

  /// The size that `number` is, rounded down.
  fileprivate func knownSize(_ number: Double) throws(Diagnostic) -> IndexExpression {
    guard number >= 0, number <= Double(Type.elementLimit) else { throw .impossibleShape(self, "[\(number)]") }
    return IndexExpression(Int(number.rounded(.down)))
  }

  /// The size that the f32 or f64 `number` of the host program is, rounded towards zero.
  fileprivate func hostSize(_ number: Value) -> IndexExpression {
    let builder = graph.builder
    let integer = builder.asIndex(builder.value("arith.fptosi", [number], type: .i64(context)))
    graph.require(graph.compare(.greaterOrEqual, integer, builder.index(0)), "'\(label)' must give a tensor of possible sizes")
    return indices.opaque(integer, least: 0)
  }
}

extension ResizePlan {
  /// The plan of a `Resize` or `Upsample`.
  init(_ node: Node, _ x: GraphTensor, isUpsample: Bool) throws(Diagnostic) {
    let isOld = isUpsample || node.opset < 11
    let mode = isOld ? "asymmetric" : node.string("coordinate_transformation_mode", default: "half_pixel")
    guard let coordinates = Coordinates(rawValue: mode) else {
      let known = Coordinates.allCases.map(\.rawValue).joined(separator: ", ")
      throw .unsupportedAttribute(node, "coordinate_transformation_mode", "'\(mode)'", supported: known)
    }
    let nearest = node.string("nearest_mode", default: "round_prefer_floor")
    // Operator set 10 has one rounding, which has no name.
    guard let rounding = isOld ? .simple : Rounding(rawValue: nearest), isOld || rounding != .simple else {
      throw .invalidAttribute(node, "nearest_mode", "'\(nearest)'", expected: "round_prefer_floor, round_prefer_ceil, floor or ceil")
    }
    self.init(shape: x.shape, coordinates, rounding, extrapolation: node.float("extrapolation_value", default: 0))
    let numbers = try Self.axes(node, x.rank)
    let scalesAt = isOld ? 1 : 2
    if let scales = node.floats("scales"), isUpsample {
      try readScales(scales.map { .known(Double($0)) }, node, numbers)
    } else if let scales = node.optionalInput(scalesAt), scales.knownCount != 0 {
      try readScales(node.hostNumbers(scalesAt, count: numbers.count), node, numbers)
    } else {
      try readSizes(node.hostInput(3, count: numbers.count), node, numbers)
    }
    if coordinates == .cropping { try readRegions(node, numbers) }
    let own = shape
    axes = axes.filter { axis in
      let isCropped = axis.region.map { $0.start.known != 0 || $0.end.known != 1 } ?? false
      return isCropped || axis.scale?.known != 1 || own[axis.number] != x.shape[axis.number]
    }
  }

  /// The axes that scales, sizes and regions are given for, in their order.
  private static func axes(_ node: Node, _ rank: Int) throws(Diagnostic) -> [Int] {
    guard let given = node.integers("axes") else { return Array(0..<rank) }
    _ = try node.axes(given, rank: rank)
    return given.map { $0 < 0 ? $0 + rank : $0 }
  }

  private mutating func readScales(_ scales: [HostNumber], _ node: Node, _ numbers: [Int]) throws(Diagnostic) {
    guard scales.count == numbers.count else {
      throw .invalidAttribute(node, "scales", "a list of \(scales.count)", expected: "a list of \(numbers.count)")
    }
    for (number, scale) in zip(numbers, scales) {
      axes.append(Axis(number: number, scale: scale))
      shape[number] = try node.scaled(shape[number], by: scale)
    }
  }

  private mutating func readSizes(_ sizes: [IndexExpression], _ node: Node, _ numbers: [Int]) throws(Diagnostic) {
    guard sizes.count == numbers.count, sizes.allSatisfy({ ($0.known ?? 0) >= 0 }) else {
      throw .invalidAttribute(node, "sizes", "a list of \(sizes.count)", expected: "a list of \(numbers.count) sizes")
    }
    let inputs = numbers.map { shape[$0] }
    switch node.string("keep_aspect_ratio_policy", default: "stretch") {
    case "stretch":
      for (i, number) in numbers.enumerated() {
        let ratio = sizes[i].known.flatMap { output in inputs[i].known.map { Double(output) / Double(max($0, 1)) } }
        axes.append(Axis(number: number, scale: (sizes[i] == inputs[i] ? 1 : ratio).map { .known($0) }))
        shape[number] = sizes[i]
      }
    case "not_larger": try keepAspect(sizes, inputs, node, numbers, larger: false)
    case "not_smaller": try keepAspect(sizes, inputs, node, numbers, larger: true)
    case let policy:
      throw .invalidAttribute(node, "keep_aspect_ratio_policy", "'\(policy)'", expected: "stretch, not_larger or not_smaller")
    }
  }

  /// One scale for all axes: the least or greatest that the sizes ask for.
  private mutating func keepAspect(
    _ sizes: [IndexExpression], _ inputs: [IndexExpression], _ node: Node, _ numbers: [Int], larger: Bool
  ) throws(Diagnostic) {
    if let outputs = sizes.known, let known = inputs.known {
      let ratios = zip(outputs, known).map { Double($0) / Double(max($1, 1)) }
      let scale = (larger ? ratios.max() : ratios.min()) ?? 1
      for (number, size) in zip(numbers, known) {
        axes.append(Axis(number: number, scale: .known(scale)))
        shape[number] = try node.knownSize(scale * Double(size) + 0.5)
      }
      return
    }
    let s = Scalars(node.graph.builder, .f64)
    func number(_ size: IndexExpression) -> Value { s.convert(s.builder.i64(node.graph.index(size)), from: .i64) }
    let ratios = zip(sizes, inputs).map { s.divide(number($0), number($1)) }
    let scale = ratios.dropFirst().reduce(ratios[0]) { larger ? s.maximum($0, $1) : s.minimum($0, $1) }
    let narrow = HostNumber.computed(Scalars(s.builder, .f32).convert(scale, from: .f64))
    for (axis, size) in zip(numbers, inputs) {
      axes.append(Axis(number: axis, scale: narrow))
      shape[axis] = node.hostSize(s.add(s.multiply(scale, number(size)), s.constant(0.5)))
    }
  }

  private mutating func readRegions(_ node: Node, _ numbers: [Int]) throws(Diagnostic) {
    let bounds = try node.hostNumbers(1, count: 2 * numbers.count)
    guard bounds.count == 2 * numbers.count else {
      throw .invalidAttribute(node, "roi", "a list of \(bounds.count)", expected: "a list of \(2 * numbers.count)")
    }
    for i in axes.indices { axes[i].region = (bounds[i], bounds[i + numbers.count]) }
  }
}
