import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Axes of a tensor that only the run knows, though their number is known now.
///
/// A dimension that may be one of the axes or not is taken apart into two, of which one has size 1: the part that is `kept` and the part that
/// is `taken`. What an operator does along its axes it then does along the taken parts, which are known.
struct RunTimeAxes {
  /// The axes from 0 on.
  let axes: [IndexExpression]
  /// 1 for each dimension that is one of the axes, 0 for the others.
  private(set) var flags: [IndexExpression]
  /// `true` iff there may be fewer axes than elements of `axes`: those that no tensor has are none.
  let isOpen: Bool

  /// Takes all dimensions for axes, or none, where the list turns out to be empty.
  mutating func fill(whenEmpty isAxis: Bool, _ indices: IndexTable) {
    guard isOpen, isAxis else { return }
    let isEmpty = indices.equal(flags.reduce(.zero, +), .zero)
    flags = flags.map { indices.select(isEmpty, .one, $0) }
  }

  /// The axes that the elements of input `i` of `node` are, for a tensor of rank `rank`. The run checks that each is one, and that none stands twice.
  init(_ node: Node, _ i: Int, rank: Int) throws(Diagnostic) {
    if node.isOpenList(try node.input(i)) {
      // What is not there is an axis that no tensor has.
      let (lists, length) = try node.hostLists([(i, IndexExpression(rank))], upTo: rank)
      self = RunTimeAxes(node, padded: lists[0] ?? [], length, rank: rank)
      return
    }
    let given = try node.hostInput(i)
    guard given.count <= rank else { throw .invalidAttribute(node, "axes", "a list of \(given.count)", expected: "at most \(rank) axes") }
    let indices = node.indices, graph = node.graph
    let last = graph.index(IndexExpression(rank - 1)), zero = graph.index(.zero)
    var axes: [IndexExpression] = []
    for axis in given {
      let wrapped = indices.select(indices.less(axis, .zero), axis + rank, axis)
      let value = graph.index(wrapped)
      graph.require(
        graph.compare(.greaterOrEqual, value, zero), "the axes of '\(node.label)' must be those of a tensor of rank \(rank)")
      graph.require(graph.compare(.lessOrEqual, value, last), "the axes of '\(node.label)' must be those of a tensor of rank \(rank)")
      for other in axes {
        graph.require(graph.compare(.notEqual, value, graph.index(other)), "no axis of '\(node.label)' may stand twice")
      }
      axes.append(wrapped)
    }
    self.axes = axes
    isOpen = false
    // As many axes as there are dimensions are all of them.
    flags = (0..<rank).map { dimension in
      axes.count == rank ? .one : axes.map { indices.equal($0, IndexExpression(dimension)) }.reduce(.zero, +)
    }
  }

  private init(open axes: [IndexExpression], flags: [IndexExpression]) {
    (self.axes, self.flags) = (axes, flags)
    isOpen = true
  }

  /// The axes that the first `length` of `given` are.
  private init(_ node: Node, padded given: [IndexExpression], _ length: IndexExpression, rank: Int) {
    let indices = node.indices, graph = node.graph
    let axes = given.map { indices.select(indices.less($0, .zero), $0 + rank, $0) }
    let flags = (0..<rank).map { dimension in axes.map { indices.equal($0, IndexExpression(dimension)) }.reduce(.zero, +) }
    // Each element that is there is a dimension, and no dimension stands twice.
    graph.require(
      graph.compare(.equal, graph.index(flags.reduce(.zero, +)), graph.index(length)),
      "the axes of '\(node.label)' must be those of a tensor of rank \(rank)")
    for flag in flags {
      graph.require(
        graph.compare(.lessOrEqual, graph.index(flag), graph.index(.one)), "no axis of '\(node.label)' may stand twice")
    }
    self.init(open: axes, flags: flags)
  }

  /// For each dimension the element of `list` that belongs to it, or that of `others` where it is none of the axes.
  func choose(_ list: [IndexExpression], else others: [IndexExpression], _ indices: IndexTable) -> [IndexExpression] {
    others.indices.map { dimension in
      zip(axes, list).reduce(others[dimension]) { indices.select(indices.equal($1.0, IndexExpression(dimension)), $1.1, $0) }
    }
  }

  /// The sizes of `shape` with 1 for each axis.
  func kept(_ shape: [IndexExpression], _ indices: IndexTable) -> [IndexExpression] {
    zip(flags, shape).map { indices.select($0, .one, $1) }
  }

  /// The sizes of `shape` with 1 for each dimension that is no axis.
  func taken(_ shape: [IndexExpression], _ indices: IndexTable) -> [IndexExpression] {
    zip(flags, shape).map { indices.select($0, $1, .one) }
  }

  /// The sizes of `shape` without the axes.
  func removed(from shape: [IndexExpression], _ indices: IndexTable) -> [IndexExpression] {
    var places: [IndexExpression] = []
    var place = IndexExpression.zero
    for flag in flags {
      places.append(place)
      place = place + (IndexExpression.one - flag)
    }
    // Of the dimensions that are none of the axes, number n is one of those at n ... n + the number of axes.
    return (0..<(shape.count - axes.count)).map { number in
      (number...(number + axes.count)).reversed().reduce(.one) { size, dimension in
        let isHere = indices.multiply(.one - flags[dimension], indices.equal(places[dimension], IndexExpression(number)))
        return indices.select(isHere, shape[dimension], size)
      }
    }
  }

  /// The sizes of `shape`, which has none of the axes, with 1 for each axis put in.
  func inserted(into shape: [IndexExpression], _ indices: IndexTable) -> [IndexExpression] {
    var place = IndexExpression.zero
    return flags.indices.map { dimension in
      let size = shape.indices.reversed().reduce(IndexExpression.one) { rest, i in
        indices.select(indices.equal(place, IndexExpression(i)), shape[i], rest)
      }
      place = place + (IndexExpression.one - flags[dimension])
      return indices.select(flags[dimension], .one, size)
    }
  }

  /// `x` with each dimension taken apart: first the kept parts of all, then the taken parts.
  func split(_ x: GraphTensor, _ node: Node) -> GraphTensor {
    node.move(x, to: kept(x.shape, node.indices) + taken(x.shape, node.indices)) { builder, position in
      (0..<x.rank).map { builder.plus(position[$0], position[$0 + x.rank]) }
    }
  }
}
