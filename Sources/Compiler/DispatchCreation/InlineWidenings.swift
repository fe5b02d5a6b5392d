import TesseraLoopNests
import TesseraMLIR

/// Duplicates widening conversions into their readers, so that dispatches exchange the narrow type.
///
/// Before:
///
///     %f = linalg.generic ins(%bytes) { sitofp, subf, mulf }        : tensor<384x512xi8> -> tensor<384x512xf32>
///     %s = linalg.generic ins(%f, %g) { addf }
///
/// After:
///
///     %s = linalg.generic ins(%bytes, %g) { sitofp, subf, mulf, addf }
///
/// Requires: structured operations are `linalg.generic`.
/// Ensures: the same values; contractions and sliding windows, which read elements many times, still read them as they were.
struct InlineWidenings {
  let module: Module
  private var context: Context { module.context }

  /// The most operations that are duplicated: more are worth a tensor of their own.
  private static let operationLimit = 6

  init(_ module: Module) { self.module = module }

  func run() {
    for function in module.hostFunctions {
      // Collected first: what is replaced is gone, its body too.
      for operation in function.descendants.filter({ $0.name == "linalg.generic" }) {
        guard var reader = StructuredOp(operation), !reader.reusesInputs, !reader.readsWindows else { continue }
        while let k = (0..<reader.inputCount).first(where: { widening(reader.operation.operand($0)) != nil }),
          context.rewrites.allows(reader.operation)
        {
          reader = inline(widening(reader.operation.operand(k))!, into: reader, operand: k)
        }
      }
      for operation in function.descendants.reversed()
      where operation.name == "linalg.generic" && operation.results.allSatisfy({ !$0.hasUses }) {
        operation.erase()
      }
    }
  }

  /// The operation that makes `value` of a narrower tensor of the same shape, element by element and cheaply.
  private func widening(_ value: Value) -> StructuredOp? {
    guard let operation = value.definingOperation, let op = StructuredOp(operation), operation.resultCount == 1, !op.hasReduction,
      op.outputMaps[0].isIdentity, !op.readsOutput(0), let bits = value.type.element.bitWidth, value.type.element.isFloat,
      op.body.operations.count <= Self.operationLimit, op.captures.allSatisfy({ !$0.type.isTensor })
    else { return nil }
    let plain = op.body.operations.allSatisfy { inner in
      inner.regions.isEmpty && (inner.name == "linalg.yield" || inner.name.hasPrefix("arith.")) && inner.name != "arith.divf"
    }
    let maps = op.maps.prefix(op.inputCount)
    guard plain, maps.allSatisfy({ $0.results.allSatisfy { $0.asDimension != nil || $0.asConstant != nil } }) else { return nil }
    // One operand has all the elements, and they are narrow; others are the same for many.
    let whole = (0..<op.inputCount).filter { maps[$0].results.compactMap(\.asDimension).count == value.type.rank }
    guard whole.count == 1, value.type.rank > 0, let narrow = op.operation.operand(whole[0]).type.element.bitWidth, narrow < bits else {
      return nil
    }
    return op
  }

  /// Puts `producer` into the body of `reader`, which reads its result as operand `k`. Returns what replaces the reader.
  private func inline(_ producer: StructuredOp, into reader: StructuredOp, operand k: Int) -> StructuredOp {
    let old = reader.operation
    let b = Builder(context, at: old.block!, before: old, location: .fused([producer.operation.location, old.location], context))
    func composed(_ map: AffineMap) -> AffineMap {
      let read = reader.maps[k].results
      return AffineMap(dimensions: reader.loopCount, map.results.map { $0.asDimension.map { read[$0] } ?? $0 }, context)
    }
    let inserted = producer.inputs
    let operands = Array(old.operands[..<k]) + inserted + Array(old.operands[(k + 1)...])
    let maps = Array(reader.maps[..<k]) + producer.maps.prefix(producer.inputCount).map(composed) + Array(reader.maps[(k + 1)...])
    let region = Region.create()
    let block = region.appendBlock(operands.map { $0.type.isShaped ? $0.type.element : $0.type }, old.location)
    let inner = Builder(context, at: block, location: old.location)
    var map: [Value: Value] = [:]
    for (argument, new) in zip(producer.body.arguments, block.arguments[k...]).prefix(inserted.count) { map[argument] = new }
    for operation in producer.body.operations.dropLast() { inner.copy(operation, &map) }
    let result = producer.body.terminator!.operand(0)
    for (i, argument) in reader.body.arguments.enumerated() {
      map[argument] = i == k ? map[result] ?? result : block.arguments[i < k ? i : i + inserted.count - 1]
    }
    for operation in reader.body.operations { inner.copy(operation, &map) }
    let kept = old.attributes.filter { !["indexing_maps", "operandSegmentSizes"].contains($0.name) }
    let new = b.create(
      "linalg.generic", operands, results: old.results.map(\.type),
      attributes: [
        ("indexing_maps", .array(maps.map(Attribute.affineMap), context)),
        ("operandSegmentSizes", .denseI32([reader.inputCount + inserted.count - 1, old.resultCount], context)),
      ] + kept, regions: [region])
    for (before, after) in zip(old.results, new.results) { before.replaceAllUses(with: after) }
    old.erase()
    return StructuredOp(new)!
  }
}
