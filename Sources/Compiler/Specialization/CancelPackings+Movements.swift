import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR

/// Packings moved over operations that move elements: reshapes, paddings, and packings of another layout.
extension CancelPackings {
  /// The packed form of a reshaped tensor: a reshape of the packed form.
  mutating func packedForm(of reshape: PackedReshape, of value: Value, _ repacks: Bool) -> Value? {
    guard let source = packedForm(of: reshape.source, reshape.sourceLayout, repacks: repacks) else { return nil }
    let packing = Packing(context: context, layout: reshape.layout, type: value.type)
    let b = Builder(context, before: reshape.operation)
    let groups = Attribute.array(reshape.packedGroups.map { .array($0.map { .i64($0, context) }, context) }, context)
    let made: Value
    if reshape.isExpansion {
      made = b.value(
        "tensor.expand_shape", [source] + packing.dynamicSizes(of: value, b), type: packing.packedType,
        attributes: [("reassociation", groups), ("static_output_shape", .denseI64(packing.packedType.shape, context))])
    } else {
      made = b.value("tensor.collapse_shape", [source], type: packing.packedType, attributes: [("reassociation", groups)])
    }
    unpacked[value] = Packed(value: made, layout: reshape.layout)
    return made
  }

  /// The packed form of a padded tensor: the packed form, padded along axes that have no tiles.
  mutating func packedForm(of padding: Padding, _ layout: TensorLayout, _ repacks: Bool) -> Value? {
    let value = padding.result
    let moved = padding.low.indices.filter { padding.low[$0] + padding.high[$0] > 0 }
    guard value.hasOneUse || isOnlyPacked(value, layout), !moved.contains(where: { layout.tile(of: $0) != nil }),
      let source = packedForm(of: padding.source, layout, repacks: repacks)
    else { return nil }
    let b = Builder(context, before: padding.operations[0])
    let packing = Packing(context: context, layout: layout, type: value.type)
    let sizes = DimensionValues(context: context)
    let outer = layout.outer.map { moved.contains($0) ? sizes.size(of: padding.source, $0, b) : nil }
    let made = elementwise([], packing, like: value, b) { inner, _ in
      // Tiles, which come after the outer dimensions, are read as they are.
      let position = (0..<packing.packedType.rank).map { inner.position($0) }
      return inner.padded(at: position, type: value.type.element) {
        $0 < outer.count && outer[$0] != nil ? inner.index(padding.low[layout.outer[$0]]) : nil
      } size: {
        $0 < outer.count ? outer[$0] : nil
      } inside: {
        $0.element(source, $1)
      } border: { _ in
        padding.filler
      }
    }
    unpacked[value] = Packed(value: made, layout: layout)
    return made
  }

  /// `value`, which lies in another layout, packed again.
  func repack(_ known: Packed, of value: Value, _ layout: TensorLayout) -> Value {
    let from = Packing(context: context, layout: known.layout, type: value.type)
    let to = Packing(context: context, layout: layout, type: value.type)
    // Behind the definition of the packed form, where the sizes of the tensor are known too.
    let b = Builder(context, after: value.definingOperation!)
    let limits = Packing.Limits(to, of: value, b)
    let packed = elementwise([], to, like: value, b) { inner, _ in
      let indices = to.logicalIndices(inner)
      return limits.guarded(indices, value.type.element, inner) {
        $0.element(known.value, from.physicalIndices(indices, $0))
      }
    }
    packed.definingOperation!.setAttribute(Packing.packMarker, .unit(context))
    return packed
  }
}

extension AffineMap {
  /// For each result its dimension, if they are all dimensions, each once.
  var asPermutation: [Int]? {
    guard let dimensions = asDimensions, dimensions.count == dimensionCount, Set(dimensions).count == dimensionCount else { return nil }
    return dimensions
  }
}
