import TesseraDialects
import TesseraMLIR

/// Elements at places that are computed: `tensor.insert`, `tensor.gather` and `tensor.scatter`.
extension TensorOpsToGenerics {
  func rewriteInsert(_ op: Operation) {
    let element = op.operand(0), destination = op.operand(1), indices = Array(op.operands.dropFirst(2))
    let type = op.result(0).type, dimensions = DimensionValues(context: context)
    let before = Builder(context, before: op)
    for (axis, index) in indices.enumerated() {
      let size = dimensions.size(of: destination, axis, before)
      before.require(before.compare(.unsignedLess, index, size), of: op, "the index of dimension \(axis) must be inside of the tensor")
    }
    if isCarried(destination), type.rank > 0 {
      let whole = type.shape.indices.map { dimensions.size(of: destination, $0, before) }
      let numbers = rowNumbers([1], [before.index(1)], before) { inner, _ in
        inner.i64(
          zip(indices, type.shape.indices).dropFirst().reduce(indices[0]) { number, next in
            inner.plus(inner.times(number, whole[next.1]), next.0)
          })
      }
      let update = before.generic(
        inputs: [], outputs: [before.empty(.tensor([1], type.element), [])], maps: [.identity(1, context)], iterators: [.parallel]
      ) { _, _ in [element] }.result(0)
      return replace(op, byScattering: update, into: destination, numbers, depth: type.rank, before)
    }
    replace(op) { b in
      sizes(of: destination, b)
    } _: { b, loops in
      var isPlace: Value?
      for (loop, index) in zip(loops, indices) { isPlace = b.and(isPlace, b.compare(.equal, loop, index)) }
      return b.conditional(isPlace, type: type.element) { _ in
        element
      } else: {
        extract(destination, loops, $0)
      }
    }
  }

  /// The meaning of the indices of a gather or scatter.
  private struct Places {
    /// The dimensions of the large tensor that are indexed, in the order of the coordinates.
    let axes: [Int]
    /// The dimensions of the large tensor that are not.
    let windows: [Int]
    /// The number of batch dimensions of the tensor of indices, which are not coordinates.
    let leading: Int
    /// `true` iff the small tensor has a dimension of size 1 for each indexed one.
    let keepsRank: Bool

    init(_ axes: [Int], of large: Type, _ indices: Type, small: Type) {
      self.axes = axes
      windows = (0..<large.rank).filter { !axes.contains($0) }
      leading = indices.rank - 1
      keepsRank = small.rank == leading + large.rank && !axes.isEmpty
    }

    /// The dimension of the small tensor for dimension `axis`, which is not indexed, of the large one.
    func smallAxis(_ axis: Int) -> Int { leading + (keepsRank ? axis : windows.firstIndex(of: axis) ?? 0) }
  }

  /// The coordinate that a tensor of indices has for `axes[number]`.
  private func coordinate(_ indices: Value, _ leading: [Value], _ number: Int, _ b: Builder) -> Value {
    let element = extract(indices, leading + [b.index(number)], b)
    return element.type.isIndex ? element : b.asIndex(element)
  }

  func rewriteGather(_ op: Operation) {
    let source = op.operand(0), indices = op.operand(1)
    let places = Places(op.attribute("gather_dims")?.denseIntegers ?? [], of: source.type, indices.type, small: op.result(0).type)
    let type = op.result(0).type, dimensions = DimensionValues(context: context)
    replace(op) { b in
      type.shape.indices.filter { type.shape[$0] == Type.dynamic }.map { axis in
        if axis < places.leading { return dimensions.size(of: indices, axis, b) }
        let window = places.windows.first { places.smallAxis($0) == axis }
        return window.map { dimensions.size(of: source, $0, b) } ?? b.index(1)
      }
    } _: { b, loops in
      var position = [Value](repeating: b.index(0), count: source.type.rank)
      for window in places.windows { position[window] = loops[places.smallAxis(window)] }
      for (number, axis) in places.axes.enumerated() {
        position[axis] = coordinate(indices, Array(loops.prefix(places.leading)), number, b)
      }
      return extract(source, position, b)
    }
  }

  /// Scatters rows: all dimensions up to the last one that is indexed make the number of a row, those behind it are its columns.
  func rewriteScatter(_ op: Operation) {
    let source = op.operand(0), destination = op.operand(1), indices = op.operand(2)
    let places = Places(op.attribute("scatter_dims")?.denseIntegers ?? [], of: destination.type, indices.type, small: source.type)
    let b = Builder(context, before: op), dimensions = DimensionValues(context: context)
    let type = destination.type, depth = (places.axes.max() ?? -1) + 1
    func whole(_ axis: Int) -> Value { dimensions.size(of: destination, axis, b) }
    // The updates of rows: one for each row of indices and each place in the dimensions between those that are indexed.
    let between = places.windows.filter { $0 < depth }
    for axis in 0..<places.leading {
      let own = dimensions.size(of: source, axis, b), given = dimensions.size(of: indices, axis, b)
      requireEqual(own, given, op, "dimension \(axis) of the source must be as large as that of the indices", b)
    }
    for window in places.windows {
      let own = dimensions.size(of: source, places.smallAxis(window), b)
      requireEqual(own, whole(window), op, "the source must be as large as dimension \(window) of the destination", b)
    }
    let sizes = (0..<places.leading).map { dimensions.size(of: indices, $0, b) } + between.map(whole)
    let loopTypes = indices.type.shape.prefix(places.leading) + between.map { type.shape[$0] }
    let numbers = rowNumbers(Array(loopTypes), sizes, b) { inner, loops in
      var isInside: Value?
      var number: Value?
      for axis in 0..<depth {
        let size = type.shape[axis] == Type.dynamic ? inner.dimension(destination, axis) : inner.index(type.shape[axis])
        var index: Value
        if let place = places.axes.firstIndex(of: axis) {
          index = coordinate(indices, Array(loops.prefix(places.leading)), place, inner)
          isInside = inner.and(isInside, inner.compare(.unsignedLess, index, size))
        } else {
          index = loops[places.leading + (between.firstIndex(of: axis) ?? 0)]
        }
        number = number.map { inner.plus(inner.times($0, size), index) } ?? index
      }
      let row = inner.i64(number ?? inner.index(0))
      // What is no row ends the call.
      return isInside.map { inner.select($0, row, inner.constant64(-1)) } ?? row
    }
    replace(op, byScattering: source, into: destination, numbers, depth: depth, b)
  }
}
