import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Shape`
let lowerShape: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  func bound(_ name: String, _ value: Int) -> Int { min(max(node.integer(name).map { $0 < 0 ? $0 + x.rank : $0 } ?? value, 0), x.rank) }
  let start = bound("start", 0), end = max(bound("end", x.rank), start)
  let sizes = Array(x.shape[start..<end])
  return [GraphTensor(.i64, [IndexExpression(sizes.count)], host: sizes)]
}

/// `Size`
let lowerSize: Lowering = { node throws(Diagnostic) in
  [GraphTensor(.i64, [], host: [try node.input(0).shape.product])]
}

/// `Reshape`: 0 copies the input's size (unless `allowzero`), -1 takes what is left.
let lowerReshape: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  _ = try node.input(1, ranks: 1...1)
  let allowZero = node.flag("allowzero")
  let wanted = node.settled(try node.shapeInput(1), x, allowZero: allowZero)
  var shape: [IndexExpression] = []
  var open: Int?
  for (axis, size) in wanted.enumerated() {
    switch size.known {
    case 0? where !allowZero:
      guard axis < x.rank else { throw .axisOutOfRange(node, axis, rank: x.rank) }
      shape.append(x.shape[axis])
    case .some(-1):
      guard open == nil else { throw .impossibleShape(node, "\(wanted.map { $0.known ?? -2 })") }
      open = axis
      shape.append(.one)
    default:
      if let known = size.known, known < 0 { throw .impossibleShape(node, "\(wanted.map { $0.known ?? -2 })") }
      shape.append(size)
    }
  }
  let total = x.shape.product, rest = shape.product
  if let open {
    if rest.known == 0 { throw .impossibleShape(node, "\(wanted.map { $0.known ?? -2 })") }
    shape[open] = node.openSize(x, shape, wanted, open)
  }
  if let a = total.known, let b = shape.product.known, a != b {
    throw .wrongShape(node, x, "\(b) elements, for the shape [\(shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", "))]")
  }
  let product = shape.product
  if product.differsByFactor(from: total) {
    throw .wrongShape(node, x, "as many elements as [\(shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", "))] has")
  }
  if product != total, x.host == nil {
    node.graph.require(
      node.graph.compare(.equal, node.graph.index(product), node.graph.index(total)),
      "'\(node.label)' must keep the number of elements"
    )
  }
  return [node.graph.reshape(x, to: shape)]
}

extension Node {
  /// `sizes` with the meaning of 0 and -1 settled at run time, if any of them is computed and might be that.
  fileprivate func settled(_ sizes: [IndexExpression], _ x: GraphTensor, allowZero: Bool) -> [IndexExpression] {
    let isUnsure = sizes.map { $0.known == nil && !indices.isOrdered(.zero, notAbove: $0) }
    guard isUnsure.contains(true) else { return sizes }
    let copied = sizes.enumerated().map { axis, size in
      axis < x.rank && !allowZero && (isUnsure[axis] || size.known == 0)
        ? indices.select(indices.equal(size, .zero), x.shape[axis], size) : size
    }
    let rest = indices.truncatingDivide(x.shape.product, -copied.product)
    return copied.map { $0.known == nil || $0.known == -1 ? indices.select(indices.equal($0, IndexExpression(-1)), rest, $0) : $0 }
  }

  /// The size that -1 stands for. Sizes that the input has too cancel first, so that it comes out static where it can.
  fileprivate func openSize(_ x: GraphTensor, _ shape: [IndexExpression], _ wanted: [IndexExpression], _ open: Int) -> IndexExpression {
    var mine = x.shape
    var others = shape
    others.remove(at: open)
    for size in others where size != .zero {
      if let i = mine.firstIndex(of: size) {
        mine.remove(at: i)
        if let j = others.firstIndex(of: size) { others.remove(at: j) }
      }
    }
    return indices.floorDivide(mine.product, others.product)
  }
}

/// `Flatten`
let lowerFlatten: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let given = node.integer("axis", default: 1)
  let axis = given == x.rank ? given : try node.axis(given, rank: max(x.rank, 1))
  return [node.graph.reshape(x, to: [Array(x.shape.prefix(axis)).product, Array(x.shape.dropFirst(axis)).product])]
}

extension Node {
  /// Axes from input `i` (newer operator sets) or the attribute `axes`; `nil` if neither is given.
  func axesArgument(_ i: Int) throws(Diagnostic) -> [Int]? {
    if optionalInput(i) != nil { return try knownIntegers(i) }
    return integers("axes")
  }
}

/// `Squeeze`
let lowerSqueeze: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  if node.isComputed(1) { return [try node.squeezeAtRunTime(x)] }
  let axes: [Int]
  if let given = try node.axesArgument(1) {
    axes = try node.axes(given, rank: x.rank)
  } else {
    axes = node.unitAxes(x)
  }
  for axis in axes where x.shape[axis].known != 1 {
    guard node.graph.unify(x.shape[axis], .one, "the size of the squeezed axis \(axis) of '\(x.name)' and 1") != nil else {
      throw .wrongShape(node, x, "size 1 in the squeezed axis \(axis)")
    }
  }
  return [node.graph.reshape(x, to: x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })]
}

extension Node {
  /// The axes that `Squeeze` without a list takes away: those of size 1. Sizes that only the run knows go where the model declares the shape
  /// that is left then; else they stay. A rank alone says too little: exporters write that of the one call that they saw.
  fileprivate func unitAxes(_ x: GraphTensor) -> [Int] {
    let unit = x.shape.indices.filter { x.shape[$0].known == 1 }, open = x.shape.indices.filter { x.shape[$0].known == nil }
    if open.isEmpty { return unit }
    let rest = x.shape.filter { ($0.known ?? 1) != 1 }
    if let output = proto.outputs.first, walker.declares(output, rest) { return (unit + open).sorted() }
    let shown = open.map(String.init).joined(separator: ", ")
    graph.notes.append(
      "the Squeeze node '\(label)' names no axes: of '\(x.name)', dimension \(shown) stays, also where its size is 1 when the model runs; "
        + "fix the size with --dim to have it gone")
    return unit
  }

  /// `x` without the axes that input 1 gives at run time.
  fileprivate func squeezeAtRunTime(_ x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let axes = try RunTimeAxes(settlingAxes(of: x), 1, rank: x.rank)
    guard !axes.isOpen else { throw .openNumberOfAxes(self) }
    let taken = graph.index(axes.taken(x.shape, indices).product)
    graph.require(graph.compare(.equal, taken, graph.index(.one)), "the squeezed axes of '\(label)' must have size 1")
    let rest = axes.removed(from: x.shape, indices)
    guard !rest.isEmpty || x.shape.allSatisfy({ ($0.known ?? 1) == 1 }) else {
      throw .wrongShape(self, x, "size 1 in all axes, for all are squeezed")
    }
    return graph.reshape(x, to: rest)
  }
}

/// `Unsqueeze`
let lowerUnsqueeze: Lowering = { given throws(Diagnostic) in
  let x = try given.input(0), node = try given.settlingAxes(of: x)
  if node.isComputed(1) {
    guard !node.isOpenList(try node.input(1)) else { throw .openNumberOfAxes(node) }
    let count = try node.hostInput(1).count
    let axes = try RunTimeAxes(node, 1, rank: x.rank + count)
    return [node.graph.reshape(x, to: axes.inserted(into: x.shape, node.indices))]
  }
  guard let given = try node.axesArgument(1), given.count <= GraphTensor.rankLimit else {
    throw .invalidAttribute(node, "axes", "nothing", expected: "a list of axes")
  }
  let axes = try node.axes(given, rank: x.rank + given.count)
  var shape = x.shape
  for axis in axes { shape.insert(.one, at: axis) }
  return [node.graph.reshape(x, to: shape)]
}

/// `Expand`
let lowerExpand: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let wanted = try node.shapeInput(1)
  guard wanted.allSatisfy({ ($0.known ?? 0) >= 0 }) else { throw .impossibleShape(node, "\(wanted.map { $0.known ?? -2 })") }
  let target = GraphTensor(name: "shape", x.elementType, wanted)
  let shape = try node.graph.broadcast([x, target])
  let offset = shape.count - wanted.count
  for (axis, size) in wanted.enumerated() where size.known != 1 && size != shape[axis + offset] {
    // What is 1 is stretched; anything else must be what comes out.
    let stretched = node.indices.select(node.indices.equal(size, .one), shape[axis + offset], size)
    _ = node.graph.unify(stretched, shape[axis + offset], "dimension \(axis) of the shape and that of '\(x.name)'")
  }
  return [node.expand(x, to: shape)]
}

/// `ConstantOfShape`
let lowerConstantOfShape: Lowering = { node throws(Diagnostic) in
  let shape = try node.shapeInput(0)
  guard shape.count <= GraphTensor.rankLimit, shape.allSatisfy({ ($0.known ?? 0) >= 0 }) else {
    throw .impossibleShape(node, "\(shape.map { $0.known ?? -2 })")
  }
  let element: GraphTensor
  if let proto = node.tensor("value") {
    let value = try node.walker.file.tensor(proto, name: node.label)
    guard value.knownCount == 1 else { throw .invalidAttribute(node, "value", value.description, expected: "one element") }
    element = node.graph.reshape(value, to: [])
  } else {
    element = GraphTensor(.f32, [], constant: .owned([0, 0, 0, 0]))
  }
  return [node.expand(element, to: shape)]
}

/// `Constant`, in all its forms.
let lowerConstant: Lowering = { node throws(Diagnostic) in
  func bytes<T>(_ list: [T]) -> ConstantBytes { .owned(list.withUnsafeBytes { Array($0) }) }
  let name = node.proto.outputs.first ?? node.label
  if let proto = node.tensor("value") { return [try node.walker.file.tensor(proto, name: name)] }
  if let proto = node.sparseTensor("sparse_value") { return [try node.walker.file.tensor(proto, name: name)] }
  if node.hasAttribute("value_int") { return [GraphTensor(.i64, [], host: [IndexExpression(node.integer("value_int", default: 0))])] }
  if node.hasAttribute("value_float") { return [GraphTensor(.f32, [], constant: bytes([Float(node.float("value_float", default: 0))]))] }
  if let list = node.integers("value_ints") {
    let small = list.count <= GraphTensor.hostElementLimit
    return [
      GraphTensor(
        .i64, [IndexExpression(list.count)], host: small ? list.map { IndexExpression($0) } : nil, constant: small ? nil : bytes(list))
    ]
  }
  if let list = node.floats("value_floats") { return [GraphTensor(.f32, [IndexExpression(list.count)], constant: bytes(list))] }
  if node.hasAttribute("value_string") { return [node.scalar(try node.text("value_string", default: ""))] }
  if let list = try node.texts("value_strings") { return [node.table(list)] }
  throw .unsupportedForm(node, "holds no tensor, number, string or list")
}

extension Diagnostic {
  static func openNumberOfAxes(_ node: Node) -> Diagnostic {
    node.diagnostic(.unsupported, "has axes of which not even the number is known: the rank of the result must be")
  }
}

/// `Identity`
let lowerIdentity: Lowering = { node throws(Diagnostic) in [try node.input(0)] }
