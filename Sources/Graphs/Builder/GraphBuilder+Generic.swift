import TesseraDiagnostics
import TesseraMLIR

/// An input of a structured operation: a tensor, and the loop that each of its dimensions runs over (`nil`: it has size 1, read at 0).
package struct Operand {
  package var tensor: GraphTensor
  package var loops: [Int?]
  /// Dimensions that slide: dimension `axis` is read at `loops[axis] * stride + loop * dilation`.
  package var windows: [Int: Window]

  /// How a dimension slides.
  package struct Window {
    package var stride: Int
    /// The loop over the window.
    package var loop: Int
    package var dilation: Int

    package init(stride: Int, loop: Int, dilation: Int) { (self.stride, self.loop, self.dilation) = (stride, loop, dilation) }
  }

  package init(_ tensor: GraphTensor, _ loops: [Int?], windows: [Int: Window] = [:]) {
    self.tensor = tensor
    self.loops = loops
    self.windows = windows
  }

  /// The indexing map among `count` loops.
  package func map(loops count: Int, _ context: Context) -> AffineMap {
    let results = loops.indices.map { axis -> AffineExpression in
      guard let loop = loops[axis] else { return .constant(0, context) }
      let outer = AffineExpression.dimension(loop, context)
      guard let window = windows[axis] else { return outer }
      return outer * .constant(window.stride, context) + .dimension(window.loop, context) * .constant(window.dilation, context)
    }
    return AffineMap(dimensions: count, results, context)
  }
}

extension GraphBuilder {
  /// Emits a parallel `linalg.generic` over `shape`; `body` gets the elements of the operands. Constant scalars become constants of the body.
  package func map(_ operands: [Operand], shape: [IndexExpression], _ type: ElementType, body: (Builder, [Value]) -> Value) -> GraphTensor {
    let scalars = operands.map { $0.tensor.host?.known == nil && $0.tensor.constant == nil ? nil : $0.tensor.knownScalar }
    let passed = operands.indices.filter { scalars[$0] == nil }
    let maps = passed.map { operands[$0].map(loops: shape.count, context) } + [.identity(shape.count, context)]
    let operation = builder.generic(
      inputs: passed.map { value(operands[$0].tensor) }, outputs: [empty(type, shape)], maps: maps,
      iterators: shape.map { _ in .parallel }
    ) { inner, arguments in
      var next = 0
      let elements = operands.indices.map { i -> Value in
        if let scalar = scalars[i] { return inner.scalar(scalar, operands[i].tensor.elementType.type(context)) }
        defer { next += 1 }
        return arguments[next]
      }
      return [body(inner, elements)]
    }
    return GraphTensor(type, shape, value: operation.result(0))
  }

  /// Emits a `linalg.generic` without inputs over `shape`, whose body computes each element from its indices.
  package func generate(_ shape: [IndexExpression], _ type: ElementType, body: (Builder, [Value]) -> Value) -> GraphTensor {
    let operation = builder.generic(
      inputs: [], outputs: [empty(type, shape)], maps: [.identity(shape.count, context)], iterators: shape.map { _ in .parallel }
    ) { inner, _ in
      [body(inner, shape.indices.map { inner.position($0) })]
    }
    return GraphTensor(type, shape, value: operation.result(0))
  }

  /// Emits a reduction: loops of `loops` sizes, of which those in `output` (in order) are kept and the others reduced into `initial` by `combine`.
  ///
  /// `body` gets the elements of the operands and the accumulator. The result has the type of the accumulator.
  package func reduce(
    _ operands: [Operand], loops: Int, output: [Int], shape: [IndexExpression], _ type: ElementType, initial: Double,
    body: (Builder, [Value], Value) -> Value
  ) -> GraphTensor {
    let start = builder.fill(limit(builder, initial, type), empty(type, shape))
    let operation = builder.generic(
      inputs: operands.map { value($0.tensor) }, outputs: [start],
      maps: operands.map { $0.map(loops: loops, context) } + [.projection(rank: loops, output, context)],
      iterators: (0..<loops).map { output.contains($0) ? .parallel : .reduction }
    ) { inner, arguments in [body(inner, Array(arguments.dropLast()), arguments[arguments.count - 1])] }
    return GraphTensor(type, shape, value: operation.result(0))
  }

  /// A constant of `type`; infinities become the type's extreme integers.
  package func limit(_ builder: Builder, _ number: Double, _ type: ElementType) -> Value {
    let irType = type.type(context)
    guard !type.isFloat, number.isInfinite else { return builder.scalar(number, irType) }
    let bounds = type.integerBounds
    let least = type == .u64 ? 0 : bounds.least, greatest = type == .u64 ? -1 : bounds.greatest
    return builder.constant(.integer(number < 0 ? least : greatest, irType))
  }

  // MARK: broadcasting

  /// Emits an elementwise operation on operands that are broadcast to a common shape by ONNX's (numpy's) rules.
  package func elementwise(_ tensors: [GraphTensor], _ type: ElementType, body: (Builder, [Value]) -> Value) throws(Diagnostic)
    -> GraphTensor
  {
    let shape = try broadcast(tensors)
    var operands: [Operand] = []
    for tensor in tensors { operands.append(broadcastOperand(tensor, to: shape)) }
    return map(operands, shape: shape, type, body: body)
  }

  /// As `elementwise`, for a result of the given shape, which all operands are broadcast to; `nil` if one cannot be.
  package func elementwise(
    _ tensors: [GraphTensor], onto shape: [IndexExpression], _ type: ElementType, body: (Builder, [Value]) -> Value
  ) -> GraphTensor? {
    var operands: [Operand] = []
    for tensor in tensors {
      guard canBroadcast(tensor, to: shape) else { return nil }
      operands.append(broadcastOperand(tensor, to: shape))
    }
    return map(operands, shape: shape, type, body: body)
  }

  /// The common shape of tensors under broadcasting.
  package func broadcast(_ tensors: [GraphTensor]) throws(Diagnostic) -> [IndexExpression] {
    let rank = tensors.map(\.rank).max() ?? 0
    var shape: [IndexExpression] = []
    for axis in 0..<rank {
      var size = IndexExpression.one
      for tensor in tensors where axis - (rank - tensor.rank) >= 0 {
        let other = tensor.shape[axis - (rank - tensor.rank)]
        guard let merged = broadcastSize(size, other) else {
          throw .cannotBroadcast(tensors.map { ($0.name, $0.description) }, location: builder.location)
        }
        size = merged
      }
      shape.append(size)
    }
    return shape
  }

  /// The size that both `a` and `b` are broadcast to; `nil` if they do not fit.
  package func broadcastSize(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression? {
    if a == b || b.known == 1 { return a }
    if a.known == 1 { return b }
    if a.known != nil, b.known != nil { return nil }
    // One of them may be 1 at run time; a known size is the result in any case.
    if a.known != nil { return a }
    if b.known != nil { return b }
    return indices.select(indices.equal(a, .one), b, a)
  }

  /// `true` iff `tensor` may be broadcast to `shape`, as far as its sizes are known.
  package func canBroadcast(_ tensor: GraphTensor, to shape: [IndexExpression]) -> Bool {
    guard tensor.rank <= shape.count else { return false }
    for (own, target) in zip(tensor.shape.reversed(), shape.reversed()) where own != target && own.known != 1 {
      if own.known != nil && target.known != nil { return false }
    }
    return true
  }

  /// How `tensor` is read when it is broadcast to `shape`.
  package func broadcastOperand(_ tensor: GraphTensor, to shape: [IndexExpression]) -> Operand {
    let offset = shape.count - tensor.rank
    // A size that is known and not 1 is that of the other operands too.
    for axis in tensor.shape.indices where (tensor.shape[axis].known ?? 1) != 1 && shape[axis + offset].known == nil {
      require(
        compare(.equal, index(tensor.shape[axis]), index(shape[axis + offset])),
        "the sizes of operands do not agree: dimension \(axis) of '\(tensor.name)' is not that of the other operand")
    }
    let unsure = tensor.shape.indices.filter { axis in
      tensor.shape[axis].known == nil && tensor.shape[axis] != shape[axis + offset]
    }
    if !unsure.isEmpty {
      return Operand(broadcastAtRunTime(tensor, to: shape, unsure), shape.indices.map { $0 })
    }
    return Operand(tensor, tensor.shape.indices.map { tensor.shape[$0].known == 1 && shape[$0 + offset].known != 1 ? nil : $0 + offset })
  }

  /// Copies `tensor` out to `shape` where only the run can tell whether the dimensions `unsure` are 1.
  private func broadcastAtRunTime(_ tensor: GraphTensor, to shape: [IndexExpression], _ unsure: [Int]) -> GraphTensor {
    let offset = shape.count - tensor.rank
    let source = value(tensor)
    let one = index(.one), zero = index(.zero)
    var strides: [Int: Value] = [:]
    for axis in unsure {
      let size = index(tensor.shape[axis])
      let isOne = compare(.equal, size, one)
      let fits = builder.binary("arith.ori", isOne, compare(.equal, size, index(shape[axis + offset])))
      requireHere(fits, "dimension \(axis) of '\(tensor.name)' is neither 1 nor that of the other operand")
      strides[axis] = builder.select(isOne, zero, one)
    }
    return generate(shape, tensor.elementType) { inner, position in
      let read = tensor.shape.indices.map { axis -> Value in
        if let stride = strides[axis] { return inner.binary("arith.muli", position[axis + offset], stride) }
        return tensor.shape[axis].known == 1 ? inner.index(0) : position[axis + offset]
      }
      return inner.element(source, read)
    }
  }

  /// The size that both `a` and `b` are; where that cannot be told now, the run checks it. `nil` if they differ.
  package func unify(_ a: IndexExpression, _ b: IndexExpression, _ what: String) -> IndexExpression? {
    if a == b { return a }
    if a.known != nil, b.known != nil { return nil }
    requireHere(compare(.equal, index(a), index(b)), "\(what) must agree")
    return a.known != nil ? a : b
  }
}

extension GraphBuilder {
  /// `tensor` with its elements converted by ONNX's rules for Cast.
  package func convert(_ tensor: GraphTensor, to type: ElementType) -> GraphTensor {
    if tensor.elementType == type { return tensor }
    return map([Operand(tensor, tensor.shape.indices.map { $0 })], shape: tensor.shape, type) {
      Scalars($0, type).convert($1[0], from: tensor.elementType)
    }
  }

  /// A tensor of zeros.
  package func expandZero(_ shape: [IndexExpression], _ type: ElementType) -> GraphTensor {
    GraphTensor(type, shape, value: builder.fill(builder.scalar(0, type.type(context)), empty(type, shape)))
  }
}
