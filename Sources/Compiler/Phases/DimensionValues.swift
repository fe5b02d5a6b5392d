import Dialects
import MLIR

/// Finds or builds the sizes of tensors as index values on the host.
struct DimensionValues {
  let context: Context

  /// Returns the size of `tensor` along `axis`, built with `b` where it does not exist yet.
  func size(of tensor: Value, _ axis: Int, _ b: Builder) -> Value {
    let size = tensor.type.shape[axis]
    if size != Type.dynamic { return b.index(size) }
    guard let op = tensor.definingOperation else { return b.dimension(tensor, axis) }
    switch op.name {
    case "linalg.generic", SortOp.name, SelectOp.name:
      let inputs = op.operandCount - op.resultCount
      return self.size(of: op.operand(inputs + tensor.number), axis, b)
    case "tensor.empty":
      return op.operand(tensor.type.shape[..<axis].count { $0 == Type.dynamic })
    case "tensor.cast", SetEncodingOp.name, UnsetEncodingOp.name:
      return self.size(of: op.operand(0), axis, b)
    case "tensor.expand_shape":
      return op.operand(1 + tensor.type.shape[..<axis].count { $0 == Type.dynamic })
    case "tensor.collapse_shape":
      let groups = op.attribute("reassociation")?.arrayValue ?? []
      let axes = (groups[axis].arrayValue ?? []).compactMap(\.integerValue)
      let sizes = axes.map { self.size(of: op.operand(0), $0, b) }
      return sizes.dropFirst().reduce(sizes[0]) { b.binary("arith.muli", $0, $1) }
    case DispatchOp.name:
      // The scalars of a dispatch say how large its results are.
      guard let dims = op.attribute(ExecutableAttribute.resultDims)?.denseIntegers else { return b.dimension(tensor, axis) }
      let before = op.results.prefix(tensor.number).reduce(0) { $0 + $1.type.shape.count { $0 == Type.dynamic } }
      return op.operand(dims[before + tensor.type.shape[..<axis].count { $0 == Type.dynamic }])
    default:
      return b.dimension(tensor, axis)
    }
  }

  /// Replaces every `tensor.dim` of a tensor computed in `function` by the sizes it was computed with.
  func resolve(in function: Operation) {
    for op in function.descendants where op.name == "tensor.dim" {
      guard let axis = op.operand(1).definingOperation?.attribute("value")?.integerValue, axis < op.operand(0).type.rank else { continue }
      guard let source = op.operand(0).definingOperation,
        [
          "linalg.generic", SortOp.name, SelectOp.name, "tensor.empty", "tensor.cast", "tensor.expand_shape", "tensor.collapse_shape",
        ].contains(source.name)
      else {
        continue
      }
      let value = size(of: op.operand(0), axis, Builder(context, before: op))
      op.result(0).replaceAllUses(with: value)
      op.erase()
    }
  }
}
