import TesseraDialects
import TesseraMLIR

/// Insertions into tensors that a loop carries along. They become scatters, which visit what they change alone: if nothing else has the memory, a turn of
/// the loop takes time for what it inserts, not for all that the tensor holds.
extension TensorOpsToGenerics {
  /// `true` iff `tensor` is an argument of a loop's block, as it came or with insertions.
  func isCarried(_ tensor: Value) -> Bool {
    guard let source = tensor.definingOperation else {
      guard let block = tensor.owningBlock, let parent = block.parent else { return false }
      return parent.name == "func.func" ? block != parent.body() : ["scf.for", "scf.while"].contains(parent.name)
    }
    switch source.name {
    case "tensor.insert", "tensor.cast", "tensor.collapse_shape", "tensor.expand_shape":
      return isCarried(source.operand(source.name == "tensor.insert" ? 1 : 0))
    case "tensor.insert_slice": return isCarried(source.operand(1))
    case ScatterOp.name: return isCarried(source.operand(0))
    default: return false
    }
  }

  /// Makes a tensor of the i64 rows that updates go to, one for each place in `sizes`, of which those that are known are in `shape`. `row` gets a builder
  /// and the indices of the place.
  func rowNumbers(_ shape: [Int], _ sizes: [Value], _ b: Builder, row: (Builder, [Value]) -> Value) -> Value {
    let dynamic = zip(sizes, shape).filter { $1 == Type.dynamic }.map(\.0)
    return b.generic(
      inputs: [], outputs: [b.empty(.tensor(shape, .i64(context)), dynamic)], maps: [.identity(shape.count, context)],
      iterators: .init(repeating: .parallel, count: shape.count)
    ) { inner, _ in [row(inner, shape.indices.map(inner.position))]
    }.result(0)
  }

  /// Replaces `op` by a scatter of updates, which are the elements of `source`, to the rows of `destination` that `numbers` says. The first `depth`
  /// dimensions make the number of a row, those behind them are its columns.
  func replace(_ op: Operation, byScattering source: Value, into destination: Value, _ numbers: Value, depth: Int, _ b: Builder) {
    let type = destination.type, sizes = (0..<type.rank).map { DimensionValues(context: context).size(of: destination, $0, b) }
    let rows = Extent(type.shape[..<depth], sizes[..<depth], b), columns = Extent(type.shape[depth...], sizes[depth...], b)
    let places = numbers.type.shape,
      count = Extent(places[...], places.indices.map { DimensionValues(context: context).size(of: numbers, $0, b) }[...], b)
    func reshaped(_ tensor: Value, _ extents: [Extent]) -> Value {
      b.reshaped(
        tensor, to: .tensor([1] + extents.map(\.known), tensor.type.element), extents.filter { $0.known == Type.dynamic }.map(\.value))
    }
    let target = reshaped(destination, [rows, columns])
    let empty = b.empty(target.type, [rows, columns].filter { $0.known == Type.dynamic }.map(\.value))
    let result = ScatterOp.create(
      target, places: reshaped(numbers, [count]), updates: reshaped(source, [count, columns]), output: empty, b
    ) { _, _, new in new }
    op.result(0).replaceAllUses(
      with: b.reshaped(result, to: op.result(0).type, sizes.indices.filter { type.shape[$0] == Type.dynamic }.map { sizes[$0] }))
    op.erase()
  }
}

/// The product of sizes: as a value, and as a number if that is known.
private struct Extent {
  let known: Int
  let value: Value

  init(_ shape: ArraySlice<Int>, _ sizes: ArraySlice<Value>, _ b: Builder) {
    var product = shape.contains(Type.dynamic) ? nil : 1
    for size in shape {
      product = product.flatMap { $0.multipliedReportingOverflow(by: size) }.flatMap { $0.overflow ? nil : $0.partialValue }
    }
    known = product ?? Type.dynamic
    value = product.map(b.index) ?? sizes.reduce(b.index(1)) { b.times($0, $1) }
  }
}
