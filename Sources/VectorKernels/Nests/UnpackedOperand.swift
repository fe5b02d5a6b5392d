internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// What the body of a contraction computes of operands that are the same for all rows, such as weights that it takes out of their bytes:
/// values that many rows share when they are computed once, and kept in scratch memory for the columns of a register tile.
struct UnpackedOperand {
  /// The contraction, and the dimension of its rows.
  let op: Int
  let rows: Int
  /// The part of the body that yields the values, and the part that reads them.
  let unpacking: BodyPart
  let multiplying: BodyPart
  /// The dimensions of the result along which the values differ, and those of the sum, with their sizes.
  let columns: [Int]
  let inner: [Int]
  let innerSizes: [Int]
  /// `true` iff the rest of the body reads elements that are contiguous along all of `inner`, which are one dimension for it then: vectors are full
  /// although blocks are short.
  let isFlat: Bool

  var values: [Value] { unpacking.values }
  var element: Type { values[0].type }
  /// The elements of a value along `inner`.
  var innerCount: Int { innerSizes.reduce(1, *) }

  /// Looks at operation `i` of `nest` with the lanes along the sum; `nil` where it computes nothing but products of what differs from row to row, or
  /// sizes are not known.
  init?(_ nest: LoopNest, op i: Int, rows: Int, lane: Int?) {
    let op = nest.ops[i], inner = nest.innerDimensions(of: i), loops = nest.dimensionOfLoop[i]
    guard op.hasReduction, !op.worksOnRows, let lane, inner.last == lane, op.operation.resultCount == 1, let yield = op.body.terminator,
      op.body.operations.allSatisfy({ $0.name != "linalg.index" && $0.regions.isEmpty && $0.name != "tensor.extract" })
    else { return nil }
    let sizes = inner.compactMap { nest.dimensions[$0].size }
    guard sizes.count == inner.count, sizes.allSatisfy({ $0 > 0 }) else { return nil }
    func uses(_ operand: Int, _ d: Int) -> Bool {
      loops.indices.contains { loop in loops[loop] == d && op.maps[operand].results.contains { $0.uses(dimension: loop) } }
    }
    var isDifferent = Set<Value>(), isComputed = Set<Value>()
    for (k, argument) in op.body.arguments.enumerated()
    where k >= op.inputCount || uses(k, rows) || nest.producer[op.operation.operand(k)] != nil { isDifferent.insert(argument) }
    var found: [Value] = []
    for operation in op.body.operations {
      guard operation.operands.contains(where: isDifferent.contains) else {
        if !operation.operands.isEmpty { isComputed.formUnion(operation.results) }
        continue
      }
      isDifferent.formUnion(operation.results)
      for operand in operation.operands where isComputed.contains(operand) && !found.contains(operand) { found.append(operand) }
    }
    guard let first = found.first, found.allSatisfy({ $0.type == first.type }), first.type.isFloat else { return nil }
    (self.op, self.rows, self.inner, innerSizes) = (i, rows, inner, sizes)
    let unpacking = BodyPart(found, of: op.body), multiplying = BodyPart(yield.operands, of: op.body, known: Set(found))
    (self.unpacking, self.multiplying) = (unpacking, multiplying)
    let read = op.body.arguments.indices.filter { unpacking.arguments.contains(op.body.arguments[$0]) }
    columns = nest.sharedDimensions.filter { d in read.contains { uses($0, d) } }
    let others = op.body.arguments.indices.filter { $0 < op.inputCount && multiplying.arguments.contains(op.body.arguments[$0]) }
    isFlat = others.allSatisfy { k in
      let map = op.maps[k].results, last = map.suffix(inner.count)
      return nest.producer[op.operation.operand(k)] == nil && last.map { $0.asDimension.flatMap { loops[$0] } } == inner
        && !map.dropLast(inner.count).contains { index in
          loops.indices.contains { inner.contains(loops[$0] ?? -1) && index.uses(dimension: $0) }
        }
        && Array(op.operation.operand(k).type.shape.suffix(inner.count)) == sizes
    }
  }

  /// The elements of the values for the columns of a register tile.
  func elementCount(_ c: KernelConfiguration) -> Int { columns.reduce(values.count * innerCount) { $0 * c.step($1) } }

  func byteCount(_ c: KernelConfiguration) -> Int { elementCount(c) * element.storedByteCount }
}

extension KernelConfiguration {
  /// What a kernel of `nest` unpacks; `nil` unless the configuration says so, and rows are the innermost loop of a tile.
  func unpackedOperand(_ nest: LoopNest) -> UnpackedOperand? {
    guard let unpack, order.last == unpack else { return nil }
    return nest.ops.indices.lazy.compactMap { UnpackedOperand(nest, op: $0, rows: unpack, lane: lane) }.first
  }
}
