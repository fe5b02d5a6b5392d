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

  /// Windows of numbers that operands hold; the padding need not be known.
  init(sizes: [Int], strides: [Int], spread: [Int], dilations: [Int], padding: [IndexExpression]) {
    (self.sizes, self.strides, self.dilations) = (sizes, strides, dilations)
    self.padding = sizes.indices.map { PaddedDimension(low: padding[2 * $0], high: padding[2 * $0 + 1], interior: spread[$0] - 1) }
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
    let axis = wide[0], reach = IndexExpression(sizes[axis] - 1)
    for other in padding.indices where other != axis && !padding[other].isIdentity { return nil }
    guard padding[axis].interior == 0 else { return nil }
    if padding[axis].low == reach, padding[axis].high == .zero { return (axis, false) }
    return padding[axis].low == .zero && padding[axis].high == reach ? (axis, true) : nil
  }
}

extension StableHLONode {
  /// Cumulative reductions of at least so many elements are made in steps of growing distance.
  private static let longRow = 16

  /// Reduces sliding windows of several tensors by a region.
  func reduceWindow() throws(Diagnostic) -> [GraphTensor] {
    guard let first = operands.first, operands.count % 2 == 0 else {
      throw .operandTypes(self, expected: "as many initial values as tensors")
    }
    return try reduceWindow(operands, try ReductionWindows(self, rank: first.rank), try region(0))
  }

  /// JAX's form for windows whose sizes only the run knows: five operands tell them, and a function is the region.
  func dynamicReduceWindow() throws(Diagnostic) -> [GraphTensor] {
    let count = (operands.count - 5) / 2
    guard count > 0, operands.count == 2 * count + 5, let name = source.attributes["called_computations"]?.list?.first?.text,
      let body = try walker.function(name, self).body
    else { throw .operandTypes(self, expected: "tensors, as many initial values, and five lists of numbers; and a function") }
    let rank = operands[0].rank
    var numbers: [[IndexExpression]] = []
    for (i, list) in operands.suffix(5).enumerated() {
      // Padding has two columns.
      let flat = list.rank == 2 ? graph.reshape(list, to: [list.shape.product]) : list
      numbers.append(try hostElements(flat))
      guard numbers[i].count == (i == 4 ? 2 * rank : rank) else { throw .wrongShape(self, list, "numbers for \(rank) dimensions") }
    }
    let known = numbers.map(\.known)
    if let sizes = known[0], let strides = known[1], let spread = known[2], let dilations = known[3] {
      guard (sizes + strides + spread + dilations).allSatisfy((1...Windows.limit).contains) else {
        throw .invalidAttribute(self, "the windows", "\(numbers)", expected: "numbers from 1 to \(Windows.limit)")
      }
      let padding = try amounts(numbers[4])
      let windows = ReductionWindows(sizes: sizes, strides: strides, spread: spread, dilations: dilations, padding: padding)
      return try reduceWindow(Array(operands.dropLast(5)), windows, body)
    }
    return [try openCumulation(numbers, body)]
  }

  /// A window along one dimension that reaches from its beginning, or from its end, to each element.
  private func openCumulation(_ numbers: [[IndexExpression]], _ region: ProgramRegion) throws(Diagnostic) -> GraphTensor {
    let x = operands[0], rank = x.rank
    let wide = (0..<rank).filter { numbers[0][$0] != .one }
    let isPlain = numbers[1...3].allSatisfy { $0.allSatisfy { $0 == .one } }
    func isUnpadded(_ axis: Int) -> Bool { numbers[4][2 * axis] == .zero && numbers[4][2 * axis + 1] == .zero }
    guard operands.count == 7, isPlain, wide.count == 1, let kind = try ReductionBody(self, region, [x.elementType]).scan,
      operands[1].knownScalar == kind.initial, x.elementType != .bool, (0..<rank).allSatisfy({ $0 == wide[0] || isUnpadded($0) })
    else { throw .unsupportedForm(self, "has windows of sizes that only the run knows, and is no cumulative sum or product") }
    // One end is padded by all that a window has but one; what cannot be told now, the run checks.
    let size = x.shape[wide[0]], (low, high) = (numbers[4][2 * wide[0]], numbers[4][2 * wide[0] + 1])
    guard low == .zero || high == .zero, graph.unify(numbers[0][wide[0]], size, "the window and its dimension") != nil,
      graph.unify(low == .zero ? high : low, size - 1, "the padding and the window") != nil
    else { throw .unsupportedForm(self, "has windows of sizes that only the run knows, and is no cumulative sum or product") }
    return cumulation(x, wide[0], kind, isReversed: low == .zero)
  }

  private func reduceWindow(_ operands: [GraphTensor], _ windows: ReductionWindows, _ region: ProgramRegion) throws(Diagnostic)
    -> [GraphTensor]
  {
    let count = operands.count / 2
    let inputs = Array(operands.prefix(count)), initial = Array(operands.suffix(count)), types = inputs.map(\.elementType)
    guard initial.map(\.elementType) == types, initial.allSatisfy({ $0.rank == 0 }) else {
      throw .operandTypes(self, expected: "scalars of the tensors' types as initial values")
    }
    let shape = try commonShape(inputs), rank = shape.count
    let body = try ReductionBody(self, region, types)
    if let (axis, isReversed) = windows.cumulativeAxis(shape), windows.sizes[axis] >= Self.longRow {
      return try cumulation(inputs, initial, body, axis, isReversed: isReversed)
    }
    let padded = try zip(inputs, initial).map { (input, filler) throws(Diagnostic) in try pad(input, windows.padding, filler) }
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
    let padded = try pad(x, windows.padding, zero)
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
    let lows = windows.padding.map { graph.index($0.low) }
    let chosen = b.generic(
      inputs: reads.map { graph.value($0.tensor) }, outputs: starts,
      maps: reads.map { $0.map(loops: 2 * rank, context) } + starts.map { _ in .projection(rank: 2 * rank, Array(0..<rank), context) },
      iterators: (0..<2 * rank).map { $0 < rank ? .parallel : .reduction }
    ) { b, e in
      var isInside: Value?
      var number: Value?
      for axis in 0..<rank {
        let start = b.times(b.position(axis), b.index(windows.strides[axis]))
        let at = b.minus(b.plus(start, b.position(rank + axis)), lows[axis])
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
