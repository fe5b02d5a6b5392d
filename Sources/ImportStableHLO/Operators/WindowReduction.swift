import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// The windows of a reduction: one for each dimension of its operands.
struct ReductionWindows {
  let sizes: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Padding, and what is put between elements.
  let padding: [PaddedDimension]

  init(_ node: StableHLONode, rank: Int) throws(Diagnostic) {
    let limit = 1...Windows.limit
    sizes = try node.integers("window_dimensions", count: rank, default: 1, in: limit)
    strides = try node.integers("window_strides", count: rank, default: 1, in: limit)
    dilations = try node.integers("window_dilations", count: rank, default: 1, in: limit)
    let spread = try node.integers("base_dilations", count: rank, default: 1, in: limit)
    let pads = try node.windowPadding(count: rank)
    padding = pads.indices.map { PaddedDimension(low: pads[$0].low, high: pads[$0].high, interior: spread[$0] - 1) }
  }

  /// The sizes of the result, of padded operands of `shape`.
  func outputs(_ shape: [IndexExpression], _ indices: IndexTable) -> [IndexExpression] {
    shape.indices.map { axis in
      let extent = (sizes[axis] - 1) * dilations[axis] + 1
      return indices.maximum(indices.floorDivide(shape[axis] - extent, IndexExpression(strides[axis])) + 1, .zero)
    }
  }

  /// The dimension along which each window reaches from one end of the operand to an element, and whether it is the far end.
  func cumulativeAxis(_ shape: [IndexExpression]) -> (axis: Int, isReversed: Bool)? {
    let wide = sizes.indices.filter { sizes[$0] != 1 }
    guard wide.count == 1, strides.allSatisfy({ $0 == 1 }), dilations[wide[0]] == 1, shape[wide[0]].known == sizes[wide[0]] else {
      return nil
    }
    let axis = wide[0], reach = sizes[axis] - 1
    for other in padding.indices where other != axis && !padding[other].isIdentity { return nil }
    guard padding[axis].interior == 0 else { return nil }
    if padding[axis].low == reach, padding[axis].high == 0 { return (axis, false) }
    return padding[axis].low == 0 && padding[axis].high == reach ? (axis, true) : nil
  }
}

extension StableHLONode {
  /// Cumulative reductions of at least so many elements are made in steps of growing distance.
  private static let longRow = 16

  /// Reduces sliding windows of several tensors by a region.
  func reduceWindow() throws(Diagnostic) -> [GraphTensor] {
    let count = operands.count / 2
    guard count > 0, operands.count == 2 * count else { throw .operandTypes(self, expected: "as many initial values as tensors") }
    let inputs = Array(operands.prefix(count)), initial = Array(operands.suffix(count)), types = inputs.map(\.elementType)
    guard initial.map(\.elementType) == types, initial.allSatisfy({ $0.rank == 0 }) else {
      throw .operandTypes(self, expected: "scalars of the tensors' types as initial values")
    }
    let shape = try commonShape(inputs), rank = shape.count
    let windows = try ReductionWindows(self, rank: rank)
    let body = try ReductionBody(self, try region(0), types)
    if let (axis, isReversed) = windows.cumulativeAxis(shape), windows.sizes[axis] >= Self.longRow {
      return try cumulation(inputs, initial, body, axis, isReversed: isReversed)
    }
    let padded = zip(inputs, initial).map { pad($0, windows.padding, $1) }
    let output = windows.outputs(padded[0].shape, indices)
    var slides: [Int: Operand.Window] = [:]
    for axis in 0..<rank {
      slides[axis] = Operand.Window(stride: windows.strides[axis], loop: rank + axis, dilation: windows.dilations[axis])
    }
    let all: [Int?] = (0..<rank).map { $0 }
    // The sizes of the window loops come from an operand that nobody reads.
    let extent = graph.extent(windows.sizes.map { IndexExpression($0) })
    let reads = padded.map { Operand($0, all, windows: slides) } + [Operand(extent, (0..<rank).map { rank + $0 })]
    let starts = zip(initial, body.accumulators).map { start($0, output, as: $1) }
    let operation = graph.builder.generic(
      inputs: reads.map { graph.value($0.tensor) }, outputs: starts,
      maps: reads.map { $0.map(loops: 2 * rank, context) }
        + starts.map { _ in .projection(rank: 2 * rank, Array(0..<rank), context) },
      iterators: (0..<2 * rank).map { $0 < rank ? .parallel : .reduction }
    ) { b, arguments in body.combine(b, Array(arguments.suffix(count)), Array(arguments.prefix(count))) }
    return zip(types.indices, operation.results).map { i, value in
      body.finish(GraphTensor(body.accumulators[i], output, value: value), types[i], graph)
    }
  }

  /// What all elements up to each combine to. Sums and products of one tensor are one walk; others combine over distances of 1, 2, 4 ...
  private func cumulation(
    _ inputs: [GraphTensor], _ initial: [GraphTensor], _ body: ReductionBody, _ axis: Int, isReversed: Bool
  ) throws(Diagnostic) -> [GraphTensor] {
    if inputs.count == 1, let kind = body.scan, initial[0].knownScalar == kind.initial, inputs[0].elementType != .bool {
      return [cumulation(inputs[0], axis, kind, isReversed: isReversed)]
    }
    var current = zip(inputs, body.accumulators).map { graph.convert($0, to: $1) }
    let shape = inputs[0].shape, length = shape[axis].known ?? 0, all: [Int?] = shape.indices.map { $0 }
    var distance = 1
    while distance < length {
      let sources = current.map(graph.value), step = distance
      let operation = graph.builder.generic(
        inputs: sources, outputs: body.accumulators.map { graph.empty($0, shape) },
        maps: Array(repeating: .identity(shape.count, context), count: 2 * sources.count), iterators: shape.map { _ in .parallel }
      ) { b, arguments in
        let own = Array(arguments.prefix(sources.count))
        var read = all.indices.map(b.position)
        let place = read[axis], limit = b.index(length)
        read[axis] = isReversed ? b.plus(place, b.index(step)) : b.minus(place, b.index(step))
        let isInside = b.compare(.unsignedLess, read[axis], limit)
        // The element itself stands in for what is not there, and is not taken.
        read[axis] = b.select(isInside, read[axis], place)
        let others = sources.map { b.element($0, read) }
        return zip(body.combineAccumulated(b, others, own), own).map { b.select(isInside, $0, $1) }
      }
      current = zip(body.accumulators, operation.results).map { GraphTensor($0, shape, value: $1) }
      distance *= 2
    }
    let starts = zip(initial, body.accumulators).map { GraphTensor($1, shape, value: start($0, shape, as: $1)) }
    let operation = graph.builder.generic(
      inputs: (starts + current).map(graph.value), outputs: body.accumulators.map { graph.empty($0, shape) },
      maps: Array(repeating: .identity(shape.count, context), count: 3 * current.count), iterators: shape.map { _ in .parallel }
    ) { b, arguments in
      body.combineAccumulated(b, Array(arguments[..<current.count]), Array(arguments[current.count..<2 * current.count]))
    }
    return zip(inputs.indices, operation.results).map { i, value in
      body.finish(GraphTensor(body.accumulators[i], shape, value: value), inputs[i].elementType, graph)
    }
  }

  /// Adds each element of a source to the element of its window that a region selects.
  func selectAndScatter() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), updates = try operand(1), initial = try operand(2), type = x.elementType, rank = x.rank
    guard updates.elementType == type, initial.elementType == type, initial.rank == 0, updates.rank == rank else {
      throw .operandTypes(self, expected: "two tensors and a scalar of one type")
    }
    let windows = try ReductionWindows(self, rank: rank)
    let chooser = try ScalarRegion(self, try region(0), [type, type]), adder = try ScalarRegion(self, try region(1), [type, type])
    guard chooser.resultTypes == [.bool], adder.resultTypes == [type] else { throw .unsupportedRegion(self, "results of other types") }
    let zero = GraphTensor(type, [], constant: .owned(Array(repeating: 0, count: type.byteCount)))
    let padded = pad(x, windows.padding, zero)
    let output = windows.outputs(padded.shape, indices)
    for axis in 0..<rank where graph.unify(output[axis], updates.shape[axis], "windows and the source") == nil {
      throw .shapesDisagree(self, x, updates, "there are not as many windows as elements of the source")
    }
    // The number of the chosen element in each window; -1 while there is none.
    var slides: [Int: Operand.Window] = [:]
    for axis in 0..<rank { slides[axis] = Operand.Window(stride: windows.strides[axis], loop: rank + axis, dilation: 1) }
    let extent = graph.extent(windows.sizes.map { IndexExpression($0) })
    let reads = [Operand(padded, (0..<rank).map { $0 }, windows: slides), Operand(extent, (0..<rank).map { rank + $0 })]
    let sizes = x.shape.map(graph.index), prepared = chooser.prepared(), b = graph.builder
    let starts = [zeros(type, output).value, b.fill(b.constant64(-1), graph.empty(.i64, output))].compactMap { $0 }
    let chosen = b.generic(
      inputs: reads.map { graph.value($0.tensor) }, outputs: starts,
      maps: reads.map { $0.map(loops: 2 * rank, context) } + starts.map { _ in .projection(rank: 2 * rank, Array(0..<rank), context) },
      iterators: (0..<2 * rank).map { $0 < rank ? .parallel : .reduction }
    ) { b, e in
      var isInside: Value?
      var number: Value?
      for axis in 0..<rank {
        let start = b.times(b.position(axis), b.index(windows.strides[axis]))
        let at = b.minus(b.plus(start, b.position(rank + axis)), b.index(windows.padding[axis].low))
        isInside = b.and(isInside, b.compare(.unsignedLess, at, sizes[axis]))
        number = number.map { b.plus(b.times($0, sizes[axis]), at) } ?? at
      }
      let isFirst = b.compare(.equal, e[3], b.constant64(-1))
      let keeps = prepared.apply(b, [e[2], e[0]], [type, type])[0]
      let isBetter = b.binary("arith.ori", isFirst, b.binary("arith.xori", keeps, b.constant(.bool(true, b.context))))
      let takes = b.and(isInside, isBetter)
      return [b.select(takes, e[0], e[2]), b.select(takes, b.i64(number ?? b.index(0)), e[3])]
    }
    let places = GraphTensor(.i64, output, value: chosen.result(1)), combination = adder.prepared()
    let target = GraphTensor(type, x.shape, value: start(initial, x.shape, as: type))
    return graph.scatter(
      target, graph.reshape(places, to: [output.product]), graph.reshape(updates, to: [output.product]), batches: 0, columns: rank
    ) { b, old, new in combination.apply(b, [old, new], [type, type])[0] }
  }
}
