import TesseraMLIR

extension GraphBuilder {
  /// Emits `tensor.collapse_shape` and `tensor.expand_shape` that give `tensor` the sizes `shape`.
  ///
  /// The dimensions are split into as many groups as have equal products on both sides, so that outer dimensions (a batch) stay apart.
  package func reshaped(_ tensor: GraphTensor, to shape: [IndexExpression]) -> Value {
    let source = value(tensor)
    let element = tensor.elementType
    if (tensor.shape + shape).contains(where: { $0.known == 0 }) { return empty(element, shape) }
    let groups = Self.commonGroups(tensor.shape, shape)
    let middle = groups.map { group in
      group.source.count == 1 ? tensor.shape[group.source.lowerBound] : Self.simplerProduct(tensor.shape[group.source], shape[group.target])
    }
    let collapsed = collapse(source, tensor.shape, groups.map(\.source), middle, element)
    return expand(collapsed, middle, groups.map(\.target), shape, element)
  }

  /// The product of a group's sizes, from the side on which it is known.
  private static func simplerProduct(_ a: ArraySlice<IndexExpression>, _ b: ArraySlice<IndexExpression>) -> IndexExpression {
    let product = Array(a).product
    return product.known == nil && Array(b).product.known != nil ? Array(b).product : product
  }

  private func collapse(
    _ source: Value, _ shape: [IndexExpression], _ groups: [Range<Int>], _ result: [IndexExpression], _ element: ElementType
  ) -> Value {
    if groups.count == shape.count { return source }
    let source = groups.isEmpty ? castSizes(source, shape.map { _ in 1 }, element) : source
    // MLIR wants a dynamic result size where any source size is dynamic, even if the product is known.
    let sizes = zip(groups, result).map { group, size in
      shape[group].allSatisfy { $0.known != nil } ? (Array(shape[group]).product.known ?? Type.dynamic) : Type.dynamic
    }
    let collapsed = builder.value(
      "tensor.collapse_shape", [source], type: .tensor(sizes, element.type(context)), attributes: [("reassociation", reassociation(groups))]
    )
    return cast(collapsed, result, element)
  }

  private func expand(
    _ source: Value, _ shape: [IndexExpression], _ groups: [Range<Int>], _ result: [IndexExpression], _ element: ElementType
  ) -> Value {
    if groups.count == result.count { return cast(source, result, element) }
    // Upstream's lowering of an expand_shape with two dynamic sizes in one group crashes (`expand-strided-metadata`, MLIR 22), so that is a copy.
    if groups.contains(where: { group in result[group].filter { $0.known == nil }.count > 1 }) {
      return spread(source, groups, result, element)
    }
    let wanted = groups.map { group in result[group].allSatisfy { $0.known != nil } ? Array(result[group]).product : nil }
    let operand = castSizes(source, wanted.map { $0?.known ?? Type.dynamic }, element)
    let dynamic = result.filter { $0.known == nil }.map(index)
    return builder.value(
      "tensor.expand_shape", [operand] + dynamic, type: .tensor(result.map { $0.known ?? Type.dynamic }, element.type(context)),
      attributes: [
        ("reassociation", reassociation(groups)), ("static_output_shape", .denseI64(result.map { $0.known ?? Type.dynamic }, context)),
      ])
  }

  /// Copies `source`, which has one dimension for each group, to the sizes `result`.
  private func spread(_ source: Value, _ groups: [Range<Int>], _ result: [IndexExpression], _ element: ElementType) -> Value {
    let sizes = result.map(index)
    let spread = generate(result, element) { inner, position in
      let read = groups.map { group in
        group.dropFirst().reduce(position[group.lowerBound]) { linear, axis in
          inner.binary("arith.addi", inner.binary("arith.muli", linear, sizes[axis]), position[axis])
        }
      }
      return inner.element(source, read)
    }
    return value(spread)
  }

  /// `tensor` with sizes that were found out to be those of `shape`.
  package func withShape(_ tensor: GraphTensor, _ shape: [IndexExpression]) -> GraphTensor {
    if shape == tensor.shape { return tensor }
    return GraphTensor(name: tensor.name, tensor.elementType, shape, value: cast(value(tensor), shape, tensor.elementType))
  }

  /// `tensor.cast` to the known sizes of `shape`, if it changes anything.
  package func cast(_ value: Value, _ shape: [IndexExpression], _ element: ElementType) -> Value {
    castSizes(value, shape.map { $0.known ?? Type.dynamic }, element)
  }

  private func castSizes(_ value: Value, _ sizes: [Int], _ element: ElementType) -> Value {
    let type = Type.tensor(sizes, element.type(context))
    return value.type == type ? value : builder.value("tensor.cast", [value], type: type)
  }

  private func reassociation(_ groups: [Range<Int>]) -> Attribute {
    .array(groups.map { group in .array(group.map { .i64($0, context) }, context) }, context)
  }

  /// Splits two shapes of equal element counts into runs of dimensions with equal products.
  ///
  /// Sizes of 1 that are left over at the end join the last group. If the shapes cannot be matched up, there is one group of all.
  package static func commonGroups(_ a: [IndexExpression], _ b: [IndexExpression]) -> [(source: Range<Int>, target: Range<Int>)] {
    if a.isEmpty || b.isEmpty { return [] }
    func prefixes(_ shape: [IndexExpression]) -> [IndexExpression] {
      shape.reduce(into: [IndexExpression.one]) { $0.append(($0.last ?? .one) * $1) }
    }
    let first = prefixes(a), second = prefixes(b)
    var groups: [(source: Range<Int>, target: Range<Int>)] = []
    var i = 0, j = 0
    search: while i < a.count, j < b.count {
      for next in i + 1...a.count {
        for other in j + 1...b.count where first[next] == second[other] {
          groups.append((i..<next, j..<other))
          (i, j) = (next, other)
          continue search
        }
      }
      break
    }
    if i < a.count, j < b.count {
      groups.append((i..<a.count, j..<b.count))
    } else if i < a.count || j < b.count {
      guard let last = groups.popLast() else { return [(0..<a.count, 0..<b.count)] }
      groups.append((last.source.lowerBound..<a.count, last.target.lowerBound..<b.count))
    }
    return groups
  }
}
