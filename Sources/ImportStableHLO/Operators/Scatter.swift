import TesseraDiagnostics
import TesseraDialects
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// Updates combined into tensors at the windows that indices name, in their order; windows that do not fit are passed over.
  func scatter() throws(Diagnostic) -> [GraphTensor] {
    let count = (operands.count - 1) / 2
    guard count > 0, operands.count == 2 * count + 1 else { throw .operandTypes(self, expected: "tensors, indices, and as many updates") }
    let targets = Array(operands[..<count]), starts = operands[count], updates = Array(operands[(count + 1)...])
    for (target, update) in zip(targets, updates) {
      guard target.elementType == update.elementType, target.shape == targets[0].shape, update.shape == updates[0].shape else {
        throw .shapesDisagree(self, target, update, "tensors must have one shape, and so must updates; types must be the same")
      }
    }
    let plan = try ScatterPlan(self, targets[0], starts, updates[0])
    let types = targets.map(\.elementType)
    let code = try ScalarRegion(self, try region(0), types + types)
    guard code.resultTypes == types else { throw .unsupportedRegion(self, "results of other types than its arguments") }
    guard count == 1 || code.isSeparate(count) else { throw .unsupportedRegion(self, "results that depend on several tensors") }
    let prepared = code.prepared(), places = plan.rows(starts)
    return (0..<count).map { i in
      plan.apply(targets[i], places, updates[i]) { b, old, new in
        var arguments = types.map { b.number(0, $0) }
        arguments[i] = old
        var others = arguments
        others[i] = new
        return prepared.apply(b, arguments + others, types + types)[i]
      }
    }
  }
}

/// A scatter as updates of rows: dimensions that windows cover whole are the columns of a row, all others say which row it is.
private struct ScatterPlan {
  let node: StableHLONode
  let numbers: IndexDimensions
  /// The dimensions of the operand in the order rows, columns, and how many are rows.
  let order: [Int]
  let leading: [Int]
  /// The dimensions of the updates in the order indices, parts of windows, columns.
  let updateOrder: [Int]
  let shape: [IndexExpression]
  /// The size of the window in each dimension of the operand.
  let window: [IndexExpression]
  let outerShape: [IndexExpression]

  init(_ node: StableHLONode, _ x: GraphTensor, _ starts: GraphTensor, _ update: GraphTensor) throws(Diagnostic) {
    self.node = node
    shape = x.shape
    numbers = try IndexDimensions(
      node, x, starts, targets: "scatter_dims_to_operand_dims", collapsed: "inserted_window_dims", operandBatches: "input_batching_dims",
      indexBatches: "scatter_indices_batching_dims")
    let windows = try node.dimensions("update_window_dims", rank: update.rank)
    guard windows.count == numbers.window.count, windows == windows.sorted(), update.rank == windows.count + numbers.outer.count else {
      throw .invalidAttribute(node, "update_window_dims", "\(windows)", expected: "\(numbers.window.count) dimensions in order")
    }
    let outer = update.shape.indices.filter { !windows.contains($0) }
    for (place, axis) in zip(outer, numbers.outer)
    where node.graph.unify(update.shape[place], starts.shape[axis], "the updates and the indices") == nil {
      throw .shapesDisagree(node, starts, update, "they differ in dimension \(axis) of the indices")
    }
    var sizes = [IndexExpression](repeating: .one, count: x.rank), places: [Int: Int] = [:]
    for (place, axis) in zip(windows, numbers.window) {
      (sizes[axis], places[axis]) = (update.shape[place], place)
      if let own = update.shape[place].known, let size = x.shape[axis].known, own > size {
        throw .shapesDisagree(node, x, update, "the window is larger in dimension \(axis)")
      }
    }
    window = sizes
    let targets = numbers.targets
    let columns = numbers.window.filter { sizes[$0] == x.shape[$0] && !targets.contains($0) }
    leading = x.shape.indices.filter { !columns.contains($0) }
    order = leading + columns
    updateOrder = outer + (leading + columns).compactMap { places[$0] }
    outerShape = outer.map { update.shape[$0] }
  }

  /// The dimensions of the operand that are rows and that windows have.
  private var partial: [Int] { leading.filter(numbers.window.contains) }

  /// The row of each update, for each place in its window; of none where the window does not fit.
  func rows(_ starts: GraphTensor) -> GraphTensor {
    let graph = node.graph, indices = graph.value(starts), type = starts.elementType
    let sizes = leading.map { graph.index(shape[$0]) }, bounds = leading.map { graph.index(shape[$0] - window[$0]) }
    return graph.generate(outerShape + partial.map { window[$0] }, .i64) { b, position in
      let place = Array(position[..<outerShape.count])
      let parts = numbers.parts(b, indices, type, at: place)
      var fits: Value?
      var row: Value?
      for (i, axis) in leading.enumerated() {
        var at: Value?
        if let k = numbers.targets.firstIndex(of: axis) {
          at = b.asIndex(parts[k])
        } else if let k = numbers.operandBatches.firstIndex(of: axis) {
          at = numbers.batch(k, at: place)
        }
        // What lies before the start is a large number without a sign.
        if let at { fits = b.and(fits, b.compare(.unsignedLessOrEqual, at, bounds[i])) }
        if let k = partial.firstIndex(of: axis) {
          let offset = position[outerShape.count + k]
          at = at.map { b.plus($0, offset) } ?? offset
        }
        let index = at ?? b.index(0)
        row = row.map { b.plus(b.times($0, sizes[i]), index) } ?? index
      }
      let number = b.i64(row ?? b.index(0))
      return fits.map { b.select($0, number, b.constant64(ScatterOp.noRow)) } ?? number
    }
  }

  /// `x` with `updates` combined into it.
  func apply(_ x: GraphTensor, _ rows: GraphTensor, _ updates: GraphTensor, _ combine: (Builder, Value, Value) -> Value) -> GraphTensor {
    let target = node.transpose(x, order), moved = node.transpose(updates, updateOrder)
    let flat = rows.shape.product
    let result = node.graph.scatter(
      target, node.graph.reshape(rows, to: [flat]), node.graph.reshape(moved, to: [flat] + target.shape[leading.count...]), batches: 0,
      columns: leading.count, combine: combine)
    var back = order
    for (i, axis) in order.enumerated() { back[axis] = i }
    return node.transpose(result, back)
  }
}

extension ScalarRegion {
  /// `true` iff result `i` of each of `count` depends on arguments `i` and `i + count` only.
  func isSeparate(_ count: Int) -> Bool {
    var sources: [Int: Set<Int>] = [:]
    for (i, argument) in region.arguments.enumerated() { sources[argument.value] = [i % count] }
    for operation in region.operations where !ProgramWalker.isEnd(operation.name) {
      let all = operation.operands.reduce(into: Set<Int>()) { $0.formUnion(sources[$1] ?? []) }
      for result in operation.results { sources[result] = all }
    }
    return region.results.enumerated().allSatisfy { i, value in (sources[value] ?? []).isSubset(of: [i]) }
  }
}
