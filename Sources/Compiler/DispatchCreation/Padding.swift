import TesseraLoopNests
import TesseraMLIR

/// A view of an operation that writes a tensor into a larger one, with the same value everywhere around it.
///
///     %p = linalg.generic outs(%empty : tensor<1x114x114x96xf32>) {
///       %y = linalg.index 1 ...
///       %v = scf.if (%y - 1 >= 0 && %y - 1 < 112 && ...) { tensor.extract %x[%n, %y - 1, %x - 1, %c] } else { %zero }
///     }
///
/// The value around stands outside of the operation, and how wide the border is on each side is known.
struct Padding {
  /// The operation; several if one pads what another has padded.
  private(set) var operations: [Operation]
  let source: Value
  private(set) var result: Value
  /// For each axis, how wide the border is before and behind.
  private(set) var low: [Int]
  private(set) var high: [Int]
  /// The element around.
  let filler: Value

  /// Creates a view of `op`; `nil` if it is something else, or if its sizes do not say that it is this.
  init?(_ op: StructuredOp, _ context: Context) {
    guard op.inputCount == 0, op.operation.resultCount == 1, !op.hasReduction, op.outputMaps[0].isIdentity, !op.readsOutput(0),
      let choice = op.body.terminator?.operand(0).definingOperation, choice.name == "scf.if", choice.block == op.body,
      choice.regions.count == 2, let then = choice.body(0), let other = choice.body(1), other.operations.count == 1,
      let filler = other.terminator?.operand(0), then.operations.count == 2, let extract = then.operations.first,
      extract.name == "tensor.extract", then.terminator?.operand(0) == extract.result(0),
      !extract.operand(0).type.element.isComplex, (filler.definingOperation ?? filler.owningBlock?.parent)?.isInside([op.operation]) != true
    else { return nil }
    operations = [op.operation]
    source = extract.operand(0)
    result = op.operation.result(0)
    self.filler = filler
    (low, high) = ([], [])
    guard source.type.rank == result.type.rank, let bounds = Bounds(choice.operand(0)) else { return nil }
    let sizes = DimensionValues(context: context), builder = Builder(context, before: op.operation)
    func size(_ value: Value, _ axis: Int) -> IndexSum {
      let size = value.type.shape[axis]
      return size == Type.dynamic ? IndexSum(sizes.size(of: value, axis, builder)) : IndexSum(size)
    }
    for axis in 0..<result.type.rank {
      let inner = size(source, axis), outer = size(result, axis)
      guard let before = offset(IndexSum(extract.operand(1 + axis)), axis), before >= 0, (bounds.first[axis] ?? 0) == before,
        let behind = (outer - inner).asConstant.map({ $0 - before }), behind >= 0,
        bounds.end[axis].map({ $0 == inner + IndexSum(before) }) ?? (behind == 0),
        (source.type.shape[axis] == Type.dynamic) == (result.type.shape[axis] == Type.dynamic)
      else { return nil }
      low.append(before)
      high.append(behind)
    }
    guard bounds.first.keys.allSatisfy(low.indices.contains), bounds.end.keys.allSatisfy(low.indices.contains) else { return nil }
  }

  /// The distance from the element that is read to the loop `axis`.
  private func offset(_ index: IndexSum, _ axis: Int) -> Int? {
    // The index of a loop of one iteration is 0.
    index.constant(besides: axis).map { -$0 } ?? (result.type.shape[axis] == 1 && index.asConstant == 0 ? 0 : nil)
  }

  /// This padding and `next`, which pads its result with the same element, as one; `nil` if the elements differ.
  func followed(by next: Padding) -> Padding? {
    guard next.source == result, filler == next.filler || Self.isSameConstant(filler, next.filler) else { return nil }
    var both = self
    both.operations += next.operations
    both.result = next.result
    both.low = zip(low, next.low).map(+)
    both.high = zip(high, next.high).map(+)
    return both
  }

  private static func isSameConstant(_ a: Value, _ b: Value) -> Bool {
    guard let x = a.definingOperation, let y = b.definingOperation, x.name == "arith.constant", y.name == x.name else { return false }
    return x.attribute("value") == y.attribute("value")
  }

  /// `true` iff the border is about as large as the tensor or smaller: whoever computes the tensor can fill it along the way. A wider one is
  /// better filled by a dispatch of its own, which is cut up by the size of the result.
  var isNarrow: Bool {
    low.indices.allSatisfy { axis in
      let size = source.type.shape[axis]
      return (low[axis] + high[axis]) / 2 <= max(8, size == Type.dynamic ? 0 : size)
    }
  }
}

/// For which indices of the loops a condition holds: a conjunction of comparisons, each of one loop.
private struct Bounds {
  /// The first index of each loop that has one.
  var first: [Int: Int] = [:]
  /// The index behind the last one.
  var end: [Int: IndexSum] = [:]

  /// Takes `condition` apart; `nil` if it has another form.
  init?(_ condition: Value) {
    guard let op = condition.definingOperation else { return nil }
    if op.name == "arith.andi" {
      guard let a = Bounds(op.operand(0)), let b = Bounds(op.operand(1)), Set(a.first.keys).isDisjoint(with: b.first.keys),
        Set(a.end.keys).isDisjoint(with: b.end.keys)
      else { return nil }
      first = a.first.merging(b.first) { x, _ in x }
      end = a.end.merging(b.end) { x, _ in x }
      return
    }
    guard op.name == "arith.cmpi", let order = op.attribute("predicate")?.integerValue.flatMap(Builder.Order.init(rawValue:)),
      op.operand(0).type.isIndex
    else { return nil }
    let difference = IndexSum(op.operand(1)) - IndexSum(op.operand(0))
    // What must not be negative.
    let rest: IndexSum
    switch order {
    case .less: rest = difference + IndexSum(-1)
    case .lessOrEqual: rest = difference
    case .greater: rest = difference.multiplied(by: -1) + IndexSum(-1)
    case .greaterOrEqual: rest = difference.multiplied(by: -1)
    default: return nil
    }
    let loops = rest.factors.keys.compactMap { if case .loop(let loop) = $0 { loop } else { nil } }
    guard loops.count == 1 else { return nil }
    switch rest.factor(of: loops[0]) {
    case 1:
      guard let number = rest.constant(besides: loops[0]) else { return nil }
      first[loops[0]] = -number
    case -1:
      end[loops[0]] = rest + IndexSum(loop: loops[0]) + IndexSum(1)
    default: return nil
    }
  }
}
