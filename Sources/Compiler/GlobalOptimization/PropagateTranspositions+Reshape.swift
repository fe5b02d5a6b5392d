import TesseraMLIR

/// A `tensor.expand_shape` or `tensor.collapse_shape`, whose groups of dimensions move as wholes when the layout changes.
///
///     tensor.expand_shape %x [[0], [1, 2], [3], [4]] : tensor<?x8x5x5xf32> into tensor<?x4x2x5x5xf32>      x as it is
///     tensor.expand_shape %x1 [[0], [1], [2], [3, 4]] : tensor<?x5x5x8xf32> into tensor<?x5x5x4x2xf32>    x channels-last
struct ReshapePlan {
  let operation: Operation
  let isExpansion: Bool
  /// The dimensions of the expanded tensor that belong to each dimension of the collapsed one.
  let groups: [[Int]]

  /// Looks at `operation`; `nil` if it is no reshape with groups.
  init?(_ operation: Operation) {
    guard operation.name == "tensor.expand_shape" || operation.name == "tensor.collapse_shape",
      let groups = operation.attribute("reassociation")?.arrayValue, !groups.isEmpty
    else { return nil }
    self.operation = operation
    isExpansion = operation.name == "tensor.expand_shape"
    self.groups = groups.map { $0.arrayValue!.map { $0.integerValue! } }
  }

  /// The layouts of operand and result, given one of them; `nil` if the layout tears a group apart.
  func layouts(operand: [Int]? = nil, result: [Int]? = nil) -> (operand: [Int], result: [Int])? {
    guard let collapsed = isExpansion ? operand : result else {
      let expanded = (isExpansion ? result : operand)!
      var collapsed: [Int] = []
      var position = 0
      while position < expanded.count {
        guard let group = groups.firstIndex(where: { $0.first == expanded[position] }),
          Array(expanded[position...].prefix(groups[group].count)) == groups[group]
        else { return nil }
        collapsed.append(group)
        position += groups[group].count
      }
      return isExpansion ? (collapsed, expanded) : (expanded, collapsed)
    }
    let expanded = collapsed.flatMap { groups[$0] }
    return isExpansion ? (collapsed, expanded) : (expanded, collapsed)
  }

  /// Rebuilds the reshape on `source`, its operand in another layout.
  func rewritten(_ builder: Builder, source: Value, result layout: [Int], collapsed: [Int]) -> Value {
    let context = builder.context, old = operation.result(0).type
    let type = Builder.permuted(old, layout)
    var next = 0
    let newGroups = collapsed.map { group in
      groups[group].map { _ in
        next += 1
        return next - 1
      }
    }
    var attributes = [("reassociation", Attribute.array(newGroups.map { .array($0.map { .i64($0, context) }, context) }, context))]
    var sizes: [Value] = []
    if isExpansion {
      sizes = layout.filter { old.shape[$0] == Type.dynamic }.map { operation.operand(1 + old.dynamicPosition(of: $0)) }
      attributes.append(("static_output_shape", .denseI64(type.shape, context)))
    }
    return builder.value(operation.name, [source] + sizes, type: type, attributes: attributes)
  }
}
