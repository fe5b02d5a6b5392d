import TesseraDiagnostics
import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR

/// The layouts of all operands of one contraction, and the loops that it has with them.
///
/// An operand that alone has a tile along a loop is read through its layout: `(n floordiv 32, k, n mod 32)`. A loop is *split* where no operand
/// could say its size any more, or where the result, which is written by plain loops, has a tile along it:
///
///     before: (m, n, k)                   [m, k], [k, n] -> [m, n]
///     after:  (M, N, K, m, n, k)          [M, K, m, k], [N, K, n, k] -> [M, N, m, n]
///
/// Outer loops come first, in the order of the result's dimensions, then outer reductions; then the inner loops, in the order of the tiles. Loops over
/// incomplete tiles run to their end: parallel ones compute what nobody reads, sums of products add zeros.
struct ContractionLayouts {
  private let op: StructuredOp
  /// The layout of each operand, the result last; `nil` for an operand that has no encoding.
  private(set) var operands: [TensorLayout?]
  /// For each operand, the loop of each dimension that is one.
  private let own: [[Int?]]
  /// The loops that are split, with the size of their tile.
  private(set) var splits: [Int: Int] = [:]
  private let context: Context

  /// Makes layouts fit each other. Errors: two tiles of different sizes along a loop that must be split.
  init(_ op: StructuredOp, _ chosen: [TensorLayout?], _ context: Context) throws(Diagnostic) {
    self.op = op
    self.context = context
    operands = chosen
    own = op.maps.map { map in map.results.map { op.onlyLoop(of: $0) } }
    let result = op.inputCount
    for loop in 0..<op.loopCount {
      let places = places(of: loop)
      let tiles = places.compactMap { tile(at: $0) }
      guard let size = tiles.first else { continue }
      let isInResult = places.contains { $0.operand == result && tile(at: $0) != nil }
      guard isInResult || tiles.count == places.count else { continue }
      guard canSplit(loop, size, places) else {
        // Without the tile the loop stays whole, and the layouts are right.
        for place in places { operands[place.operand]?.inner.removeAll { $0.axis == place.axis } }
        continue
      }
      for place in places where tile(at: place) == nil { operands[place.operand]?.inner.append(.init(axis: place.axis, size: size)) }
      for place in places where tile(at: place) != size {
        throw .unusableLayout(
          operands[place.operand]!, "the tile of dimension \(place.axis) has another size (\(size)) in an operand that shares its loop",
          op.operation)
      }
      splits[loop] = size
    }
  }

  /// Where a loop indexes operands alone.
  private func places(of loop: Int) -> [(operand: Int, axis: Int)] {
    own.indices.flatMap { k in own[k].indices.filter { own[k][$0] == loop }.map { (k, $0) } }
  }

  private func tile(at place: (operand: Int, axis: Int)) -> Int? { operands[place.operand]?.tile(of: place.axis) }

  /// `true` iff the contraction may run over tiles of `size` along the loop: all its operands can be packed, and what pads them changes nothing.
  private func canSplit(_ loop: Int, _ size: Int, _ places: [(operand: Int, axis: Int)]) -> Bool {
    guard places.allSatisfy({ operands[$0.operand] != nil }), !op.operation.descendants.contains(where: { $0.name == "linalg.index" })
    else {
      return false
    }
    for (k, map) in op.maps.enumerated() {
      for (axis, expression) in map.results.enumerated() where expression.uses(dimension: loop) && own[k][axis] != loop { return false }
    }
    let isWhole = op.staticLoopSizes[loop].map { $0 % size == 0 } ?? false
    return isWhole || op.iterators[loop] == .parallel || op.addsZerosForZeros
  }

  /// The axes of operand `k` along which sums run over tiles: what pads them must be zero.
  func summedAxes(_ k: Int) -> [Int] {
    own[k].indices.filter { own[k][$0].map { splits[$0] != nil && op.iterators[$0] == .reduction } ?? false }
  }

  // MARK: the operation

  /// Gives the operation its loops and maps. The operands must be packed already.
  func apply() {
    guard operands.contains(where: { $0?.isIdentity == false }) else { return }
    let order = loops()
    var numbers: [Loop: Int] = [:]
    for (i, loop) in order.enumerated() { numbers[loop] = i }
    func index(_ loop: Int) -> AffineExpression { .dimension(numbers[.init(loop: loop, isInner: false)]!, context) }
    let renumbered = (0..<op.loopCount).map { index($0) }
    let maps = op.maps.enumerated().map { k, map -> AffineMap in
      let plain = map.results.map { $0.substituting(renumbered, context) }
      guard let layout = operands[k] else { return AffineMap(dimensions: order.count, plain, context) }
      let outer = layout.outer.map { axis -> AffineExpression in
        if let loop = own[k][axis], splits[loop] != nil { return index(loop) }
        return layout.tile(of: axis).map { plain[axis].floorDivided(by: .constant($0, context)) } ?? plain[axis]
      }
      let inner = layout.inner.map { tile -> AffineExpression in
        if let loop = own[k][tile.axis], let number = numbers[.init(loop: loop, isInner: true)] { return .dimension(number, context) }
        return plain[tile.axis].modulo(.constant(tile.size, context))
      }
      return AffineMap(dimensions: order.count, outer + inner, context)
    }
    op.operation.setAttribute("indexing_maps", .array(maps.map(Attribute.affineMap), context))
    op.operation.setAttribute(
      "iterator_types",
      .iterators(order.map { op.iterators[$0.loop] }, context))
  }

  /// A loop of the packed operation: one of the old loops, or the loop over a tile of one.
  private struct Loop: Hashable {
    var loop: Int
    var isInner: Bool
  }

  /// The loops of the packed operation, outermost first; the loops of the operation itself if none is split.
  private func loops() -> [Loop] {
    let all = 0..<op.loopCount
    guard !splits.isEmpty else { return all.map { Loop(loop: $0, isInner: false) } }
    let layout = operands[op.inputCount]
    let written = (layout?.outer ?? Array(own[op.inputCount].indices)).compactMap { own[op.inputCount][$0] }
    let reductions = all.filter { op.iterators[$0] == .reduction }
    let outer =
      written + all.filter { op.iterators[$0] == .parallel && !written.contains($0) }
      + reductions.filter { splits[$0] == nil } + reductions.filter { splits[$0] != nil }
    return outer.map { Loop(loop: $0, isInner: false) } + innerLoops().map { Loop(loop: $0, isInner: true) }
  }

  /// The split loops in the order that the tiles of all operands have.
  private func innerLoops() -> [Int] {
    let lists = ([operands[op.inputCount]] + operands[..<op.inputCount]).enumerated().map { i, layout -> [Int] in
      let k = i == 0 ? op.inputCount : i - 1
      return (layout?.inner ?? []).compactMap { own[k][$0.axis] }.filter { splits[$0] != nil }
    }
    var rest = splits.keys.sorted()
    var order: [Int] = []
    while !rest.isEmpty {
      // One that no list has behind another; any, if the lists contradict each other.
      let next = lists.joined().first { loop in
        rest.contains(loop) && lists.allSatisfy { $0.first(where: rest.contains) == loop || !$0.contains(loop) }
      }
      order.append(next ?? rest[0])
      rest.removeAll { $0 == order.last }
    }
    return order
  }
}

extension StructuredOp {
  /// `true` iff this adds products of its two inputs, each perhaps converted to another type: zeros in both add nothing.
  fileprivate var addsZerosForZeros: Bool {
    guard inputCount == 2, operation.resultCount == 1, let sum = body.terminator?.operand(0).definingOperation,
      ["arith.addf", "arith.addi"].contains(sum.name)
    else { return false }
    let old = body.arguments[2]
    guard let product = (sum.operand(0) == old ? sum.operand(1) : sum.operand(1) == old ? sum.operand(0) : nil)?.definingOperation,
      ["arith.mulf", "arith.muli"].contains(product.name)
    else { return false }
    func isInput(_ value: Value) -> Bool {
      if value == body.arguments[0] || value == body.arguments[1] { return true }
      let conversions: Set<String> = [
        "arith.extf", "arith.truncf", "arith.extsi", "arith.extui", "arith.trunci", "arith.sitofp", "arith.uitofp",
      ]
      guard let op = value.definingOperation, conversions.contains(op.name) else { return false }
      return isInput(op.operand(0))
    }
    return isInput(product.operand(0)) && isInput(product.operand(1))
  }
}
