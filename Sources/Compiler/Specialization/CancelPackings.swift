import TesseraDialects
import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR

/// Cancels packings where they meet: what one contraction leaves packed, the next reads packed, with what stands between.
///
/// Before: %u = unpack %p; %r = relu(%u); %q = pack %r; contraction reads %q
/// After:  %r = relu(%p); contraction reads %r
///
/// Operations between are computed in the packed form: packed operands as they are, others (a bias, a residual) from where they lie; fills are made
/// in it. A transposition, a reshape or a padding is moved over (`CancelPackings+Movements.swift`). If somebody else reads such a value, it is
/// unpacked for them. Behind the end of the tensor the packed form may have anything, not zeros: where sums run over it, zeros are put there.
///
/// Where the layouts differ, one operation packs what is packed again, from the one form to the other. What another device packs as this one reads it
/// crosses packed.
///
/// Requires: the packings that `ResolveEncodings` made.
/// Ensures: the same values; no more packs.
struct CancelPackings {
  /// An operation that packs `source`.
  struct Pack {
    let operation: Operation
    let source: Value
    let packing: Packing
    /// The axes whose padding must be zero.
    let summedAxes: [Int]
  }

  /// A tensor in packed form.
  struct Packed {
    let value: Value
    let layout: TensorLayout
  }

  let context: Context
  var packs: [Pack] = []
  /// The packs of each source.
  var packsOfSource: [Value: [Pack]] = [:]
  /// For each unpacked tensor, what it was unpacked from.
  var unpacked: [Value: Packed] = [:]

  mutating func run() {
    packsOfSource = Dictionary(grouping: packs, by: \.source)
    for pack in packs {
      let layout = pack.packing.layout
      guard context.rewrites.allows(pack.operation),
        let found = packedForm(of: pack.source, layout) ?? packedForm(of: pack.source, layout, repacks: true)
      else { continue }
      pack.operation.result(0).replaceAllUses(with: zeroPadded(found, pack))
      pack.operation.erase()
    }
  }

  /// The packed value with zeros behind the end, where the pack must have them.
  private func zeroPadded(_ value: Value, _ pack: Pack) -> Value {
    let b = Builder(context, before: pack.operation)
    let limits = Packing.Limits(pack.packing, of: pack.source, axes: pack.summedAxes, b)
    guard !limits.isEmpty else { return value }
    return elementwise([value], pack.packing, like: pack.source, b) { inner, elements in
      let inside = limits.condition(pack.packing.logicalIndices(inner), inner)!
      return inner.select(inside, elements[0], inner.scalar(0, value.type.element))
    }
  }

  /// The value in the layout, without packing it; `nil` if there is no such form.
  ///
  /// If `repacks`, a value packed in another layout counts too, and is packed again, but only if its results have no other readers.
  mutating func packedForm(of value: Value, _ layout: TensorLayout, repacks: Bool = false) -> Value? {
    if let known = unpacked[value] {
      if known.layout == layout { return known.value }
      return repacks ? repack(known, of: value, layout) : nil
    }
    guard let definition = value.definingOperation else { return nil }
    if repacks, !value.hasOneUse { return nil }
    if let transfer = TransferOp(definition) { return packedForm(of: transfer, layout, repacks) }
    if let reshape = PackedReshape(definition, layout) { return packedForm(of: reshape, of: value, repacks) }
    guard let op = StructuredOp(definition) else { return nil }
    if let scalar = op.filledScalar, isOnlyPacked(value, layout) {
      return Packing(context: context, layout: layout, type: value.type).fill(scalar, like: value, Builder(context, before: definition))
    }
    if let padding = Padding(op, context) { return packedForm(of: padding, layout, repacks) }
    guard op.isElementwise else { return nil }
    var packed = op.inputs.enumerated().map { k, input in
      op.maps[k].asPermutation.flatMap { packedForm(of: input, layout.permuted(by: $0), repacks: repacks) }
    }
    let isPacked = packed.contains { $0 != nil }
    guard isPacked || !repacks && isOnlyPacked(value, layout) && !op.inputs.contains(where: isReduced) else { return nil }
    let packing = Packing(context: context, layout: layout, type: value.type)
    let b = Builder(context, before: definition)
    for (k, input) in op.inputs.enumerated() where packed[k] == nil {
      guard op.maps[k].isIdentity, let scalar = input.definingOperation.flatMap(StructuredOp.init)?.filledScalar else { continue }
      packed[k] = Packing(context: context, layout: layout, type: input.type).fill(scalar, like: value, b)
    }
    // A transposition alone leaves every element of the packed form where it is.
    let made = (op.isCopy ? packed[0] : nil) ?? compute(op, packing, packed)
    if isOnlyPacked(value, layout) {
      unpacked[value] = Packed(value: made, layout: layout)
    } else {
      let unpack = packing.unpack(made, like: value, Builder(context, after: definition)).result(0)
      value.replaceAllUses(with: unpack)
      for key in [unpack, value] { unpacked[key] = Packed(value: made, layout: layout) }
    }
    return made
  }

  /// The packed form of what comes from another device: it crosses packed, if it is so there, and nothing here reads it otherwise.
  private mutating func packedForm(of transfer: TransferOp, _ layout: TensorLayout, _ repacks: Bool) -> Value? {
    guard isOnlyPacked(transfer.result, layout), let packed = packedForm(of: transfer.source, layout, repacks: repacks) else { return nil }
    let moved = TransferOp.create(packed, to: transfer.device, Builder(context, before: transfer.operation))
    unpacked[transfer.result] = Packed(value: moved, layout: layout)
    return moved
  }

  /// `true` iff packs of the layout are all that read the value.
  func isOnlyPacked(_ value: Value, _ layout: TensorLayout) -> Bool {
    let readers = packsOfSource[value, default: []].filter { $0.packing.layout == layout }.map(\.operation)
    return !value.isUsed { use in !readers.contains { $0 == use.operation.parent } }
  }

  /// `true` iff the value is the result of a reduction, in whose registers elementwise operations are best computed.
  private func isReduced(_ value: Value) -> Bool { value.definingOperation.flatMap(StructuredOp.init)?.hasReduction == true }

  /// Computes the elementwise operation in packed form, from the packed forms of its inputs where they have one.
  private func compute(_ op: StructuredOp, _ packing: Packing, _ packed: [Value?]) -> Value {
    let result = op.operation.result(0)
    let b = Builder(context, before: op.operation)
    let limits = Packing.Limits(packing, of: result, b)
    return elementwise(packed.compactMap { $0 }, packing, like: result, b) { inner, elements in
      var rest = elements[...]
      let indices = packing.logicalIndices(inner)
      var values: [Value: Value] = [:]
      for (k, input) in op.inputs.enumerated() {
        let argument = op.body.arguments[k]
        if packed[k] != nil {
          values[argument] = rest.removeFirst()
        } else if !input.type.isTensor {
          values[argument] = input
        } else {
          let place = op.maps[k].results.map { $0.asDimension.map { indices[$0] } ?? inner.index($0.asConstant!) }
          values[argument] = limits.guarded(indices, input.type.element, inner) { $0.element(input, place) }
        }
      }
      for operation in op.body.operations.dropLast() { inner.copy(operation, &values) }
      let yielded = op.body.terminator!.operand(0)
      return values[yielded] ?? yielded
    }
  }

  /// A generic over the packed tensor with packed inputs.
  func elementwise(
    _ inputs: [Value], _ packing: Packing, like value: Value, _ b: Builder, body: (Builder, [Value]) -> Value
  ) -> Value {
    let rank = packing.packedType.rank
    return b.generic(
      inputs: inputs, outputs: [packing.empty(like: value, b)], maps: .init(repeating: .identity(rank, context), count: inputs.count + 1),
      iterators: .init(repeating: .parallel, count: rank)
    ) { inner, elements in [body(inner, Array(elements.prefix(inputs.count)))] }.result(0)
  }
}

extension StructuredOp {
  /// `true` iff each element of the only result is computed from elements of the inputs at the same place or at a part of it.
  fileprivate var isElementwise: Bool {
    !hasReduction && operation.resultCount == 1 && outputMaps[0].isIdentity && !readsOutput(0) && inputs.contains { $0.type.isTensor }
      && captures.allSatisfy { !$0.type.isTensor } && !operation.descendants.contains { $0.name == "linalg.index" }
      && maps[..<inputCount].allSatisfy { $0.results.allSatisfy { $0.asDimension != nil || $0.asConstant != nil } }
  }
}
