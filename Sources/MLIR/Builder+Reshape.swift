/// Reshapes of any kind, by way of one dimension.
extension Builder {
  /// `tensor` with the shape of `type`, which must have as many elements; `sizes` are those of its dynamic dimensions.
  public func reshaped(_ tensor: Value, to type: Type, _ sizes: [Value]) -> Value {
    if tensor.type == type, type.hasStaticShape { return tensor }
    let element = type.element
    let flat = collapsed(tensor)
    // What is known of the number of elements, or nothing.
    let count = type.hasStaticShape ? type.shape.reduce(1, *) : Type.dynamic
    let line = flat.type.shape == [count] ? flat : value("tensor.cast", [flat], type: .tensor([count], element))
    let all = Attribute.array((0..<type.rank).map { .i64($0, context) }, context)
    switch type.rank {
    case 0:
      return value("tensor.collapse_shape", [line], type: type, attributes: [("reassociation", .array([], context))])
    case 1: return line.type == type ? line : value("tensor.cast", [line], type: type)
    default:
      return value(
        "tensor.expand_shape", [line] + sizes, type: type,
        attributes: [("reassociation", .array([all], context)), ("static_output_shape", .denseI64(type.shape, context))])
    }
  }

  /// `tensor` with one dimension.
  private func collapsed(_ tensor: Value) -> Value {
    let type = tensor.type
    switch type.rank {
    case 0:
      return value(
        "tensor.expand_shape", [tensor], type: .tensor([1], type.element),
        attributes: [("reassociation", .array([], context)), ("static_output_shape", .denseI64([1], context))])
    case 1: return tensor
    default:
      let count = type.hasStaticShape ? type.shape.reduce(1, *) : Type.dynamic
      let all = Attribute.array((0..<type.rank).map { .i64($0, context) }, context)
      return value(
        "tensor.collapse_shape", [tensor], type: .tensor([count], type.element), attributes: [("reassociation", .array([all], context))])
    }
  }
}
