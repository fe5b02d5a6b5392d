import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// In rows of at most so many elements each is compared with all others, in one dispatch.
  private static let comparedLimit = 64

  /// Tensors with the elements along a dimension in the order that a region says.
  func sort() throws(Diagnostic) -> [GraphTensor] {
    guard let first = operands.first else { throw .missingOperand(self, 0) }
    let shape = try commonShape(operands), types = operands.map(\.elementType)
    let given = integer("dimension", default: shape.count - 1)
    let axis = try axis(given, rank: max(shape.count, 1))
    if first.rank == 0 || shape[axis].known == 1 { return operands }
    let comparator = try region(0)
    let code = try ScalarRegion(self, comparator, types.flatMap { [$0, $0] })
    guard code.resultTypes == [.bool] else { throw .unsupportedRegion(self, "a result that is no boolean") }
    // Rows of the dimension, which is the last one then.
    let order = shape.indices.filter { $0 != axis } + [axis]
    let outer = order.dropLast().map { shape[$0] }
    let rowShape = [outer.product, shape[axis]]
    let rows = operands.map { graph.reshape(transpose($0, order), to: rowShape) }
    let places: GraphTensor
    if let key = SortKey(comparator, walker) {
      places = try graph.sortedPositions(key.keys(rows[key.operand], graph))
    } else {
      places = try comparedPositions(rows, code.prepared(), types)
    }
    var back = order
    for (i, axis) in order.enumerated() { back[axis] = i }
    return rows.map { row in transpose(graph.reshape(graph.gatherColumns(row, places), to: outer + [shape[axis]]), back) }
  }

  /// The places of the elements of each row in the order of a comparison.
  private func comparedPositions(_ rows: [GraphTensor], _ code: ScalarRegion.PreparedRegion, _ types: [ElementType])
    throws(Diagnostic) -> GraphTensor
  {
    func isLess(_ b: Builder, _ x: [Value], _ y: [Value]) -> Value {
      code.apply(b, zip(x, y).flatMap { [$0, $1] }, types.flatMap { [$0, $0] })[0]
    }
    if let length = rows[0].shape[1].known, length <= Self.comparedLimit { return countedPositions(rows, isLess) }
    return try SortingNetwork(graph: graph, rows: rows, isLess: isLess).positions()
  }

  /// As above, by counting: an element stands behind those that are less, and behind equal ones before it.
  private func countedPositions(_ rows: [GraphTensor], _ isLess: (Builder, [Value], [Value]) -> Value) -> GraphTensor {
    let shape = rows[0].shape
    let reads = rows.map { Operand($0, [0, 1]) } + rows.map { Operand($0, [0, 2]) }
    let ranks = graph.reduction(reads, loops: 3, output: [0, 1], zeros(.i64, shape)) { b, e, count in
      let own = Array(e.prefix(rows.count)), other = Array(e.suffix(rows.count))
      let isBefore = b.compare(.less, b.position(2), b.position(1))
      let isNotGreater = b.binary("arith.xori", isLess(b, own, other), b.constant(.bool(true, b.context)))
      let counts = b.binary("arith.ori", isLess(b, other, own), b.and(isBefore, isNotGreater))
      return b.plus(count, b.value("arith.extui", [counts], type: .i64(b.context)))
    }
    // The element at each place is the one with that rank.
    let numbers = graph.generate(shape, .i64) { b, position in b.i64(position[1]) }
    let target = GraphTensor(.i64, shape, value: zeros(.i64, shape).value)
    return graph.scatter(target, ranks, numbers, batches: 1, columns: 2) { _, _, new in new }
  }

  /// The first elements of each row in descending order, and where they stood.
  func topK() throws(Diagnostic) -> [GraphTensor] {
    let x = try operand(0)
    guard let count = integer("k"), count >= 0, let length = x.shape.last, count <= length.known ?? .max else {
      throw .invalidAttribute(self, "k", integer("k").map(String.init) ?? "nothing", expected: "at most the size of the last dimension")
    }
    let isLargest = flag("largest", default: true)
    let outer = Array(x.shape.dropLast()), rows = graph.reshape(x, to: [outer.product, length])
    let keys = SortKey(operand: 0, isDescending: isLargest, isTotal: true).keys(rows, graph)
    let number = IndexExpression(count)
    let places = try graph.firstPositions(number, ofKeys: keys)
    let values = graph.reshape(graph.gatherColumns(rows, places), to: outer + [number])
    return [values, graph.reshape(graph.convert(places, to: .i32), to: outer + [number])]
  }
}

/// The order of one operand of a sort: what a region says that compares two elements of it.
struct SortKey {
  let operand: Int
  let isDescending: Bool
  /// `true` iff zeros and NaN have the places that their bits give them.
  let isTotal: Bool

  init(operand: Int, isDescending: Bool, isTotal: Bool) {
    (self.operand, self.isDescending, self.isTotal) = (operand, isDescending, isTotal)
  }

  /// The order that `region` says, if it compares the two elements of one operand, or what JAX makes of them: zeros are equal, and all NaN.
  init?(_ region: ProgramRegion, _ walker: ProgramWalker) {
    guard region.results.count == 1, let end = region.operations.last(where: { $0.results == region.results }),
      end.name == "stablehlo.compare", end.operands.count == 2, let direction = end.attributes["comparison_direction"]?.text,
      ["LT", "GT"].contains(direction)
    else { return nil }
    let arguments = region.arguments.map(\.value)
    let isFloat = region.arguments.first.flatMap { $0.type.tensor?.element.plain?.isAnyFloat } ?? false
    let isTotalOrder = end.attributes["compare_type"]?.text == "TOTALORDER"
    for i in 0..<arguments.count / 2 {
      let pair = (arguments[2 * i], arguments[2 * i + 1])
      let element = region.arguments[2 * i].type.tensor?.element.plain
      guard element?.isComplex == false, element != .bool else { continue }
      if (end.operands[0], end.operands[1]) == pair || (end.operands[1], end.operands[0]) == pair {
        // Of floats a comparison that is no total order says nothing of NaN: they may stand anywhere.
        self.init(
          operand: i, isDescending: (direction == "GT") == (end.operands[0] == pair.0), isTotal: isFloat && isTotalOrder)
        return
      }
      let forms = end.operands.map { Self.isCanonical($0, region, walker) }
      guard isTotalOrder, let first = forms[0], let second = forms[1], [first, second].sorted() == [pair.0, pair.1].sorted(),
        first != second
      else { continue }
      self.init(operand: i, isDescending: (direction == "GT") == (first == pair.0), isTotal: false)
      return
    }
    return nil
  }

  /// The argument of which `value` is the canonical form: `select(x != x, NaN, select(x == 0, 0, x))`; `nil` if it is none.
  private static func isCanonical(_ value: Int, _ region: ProgramRegion, _ walker: ProgramWalker) -> Int? {
    func maker(_ value: Int) -> ProgramOperation? { region.operations.first { $0.results == [value] } }
    func compares(_ value: Int, _ direction: String, _ a: Int, _ b: (Int) -> Bool) -> Bool {
      guard let operation = maker(value), operation.name == "stablehlo.compare", operation.operands.count == 2 else { return false }
      return operation.attributes["comparison_direction"]?.text == direction && operation.operands[0] == a && b(operation.operands[1])
    }
    guard let outer = maker(value), outer.name == "stablehlo.select", outer.operands.count == 3,
      let inner = maker(outer.operands[2]), inner.name == "stablehlo.select", inner.operands.count == 3
    else { return nil }
    let argument = inner.operands[2]
    guard compares(outer.operands[0], "NE", argument, { $0 == argument }), isConstant(outer.operands[1], region, walker, { $0.isNaN }),
      compares(inner.operands[0], "EQ", argument, { isConstant($0, region, walker) { $0 == 0 } }),
      isConstant(inner.operands[1], region, walker, { $0 == 0 })
    else { return nil }
    return argument
  }

  /// `true` iff `value` is a constant, of the region or around it, with a number of which `test` holds.
  private static func isConstant(_ value: Int, _ region: ProgramRegion, _ walker: ProgramWalker, _ test: (Double) -> Bool) -> Bool {
    guard let operation = region.operations.first(where: { $0.results == [value] }) else {
      return (try? walker.value(value))?.tensor?.knownScalar.map(test) ?? false
    }
    guard case .dense(let constant)? = operation.attributes["value"], let type = constant.type.element.plain, type.isFloat,
      constant.bytes.count >= type.byteCount
    else { return false }
    return constant.bytes.withBytes { test(type.number(in: $0, at: 0)) }
  }

  /// Numbers whose order is that of the elements.
  func keys(_ rows: GraphTensor, _ graph: GraphBuilder) -> GraphTensor {
    guard isTotal, rows.elementType.isAnyFloat else {
      let type = rows.elementType
      let plain = type == .bool || type.isSmall ? graph.convert(rows, to: type.isAnyFloat ? .f32 : .i32) : rows
      return graph.sortingKeys(plain, descending: isDescending)
    }
    let working = rows.elementType.working
    return graph.map([Operand(rows, [0, 1])], shape: rows.shape, working == .f64 ? .i64 : .i32) { b, e in
      let s = Scalars(b, working)
      let key = s.totalOrder(s.convert(e[0], from: rows.elementType))
      return isDescending ? b.binary("arith.xori", key, b.constant(.integer(-1, key.type))) : key
    }
  }
}
