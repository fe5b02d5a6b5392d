import TesseraEncodings
import TesseraMLIR

/// A reshape of a tensor in a layout, as one of its packed form.
///
///     %y = tensor.expand_shape %x [[0], [1, 2]] : tensor<19x48xf32> into tensor<19x3x16xf32>        layout 0,1,2 0:8 2:4
///     packed: tensor<3x12x8x4xf32> into tensor<3x3x4x8x4xf32>                                       layout 0,1 0:8 1:4 of %x
///
/// Dimensions that are joined must stand together and in order, and only the innermost of them (but for dimensions of size 1) may have a tile,
/// which must divide it, unless the others have size 1.
struct PackedReshape {
  let operation: Operation
  let isExpansion: Bool
  /// The layout of the result, and the one that the source must have.
  let layout: TensorLayout
  let sourceLayout: TensorLayout
  /// For each dimension of the packed form with fewer dimensions, those of the other.
  let packedGroups: [[Int]]

  var source: Value { operation.operand(0) }

  /// Creates the reshape for a result in `layout`; `nil` if `operation` is no reshape, or there is no such layout of the source.
  init?(_ operation: Operation, _ layout: TensorLayout) {
    guard ["tensor.expand_shape", "tensor.collapse_shape"].contains(operation.name) else { return nil }
    self.operation = operation
    self.layout = layout
    isExpansion = operation.name == "tensor.expand_shape"
    let groups = (operation.attribute("reassociation")?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.integerValue) }
    let shape = (isExpansion ? operation.result(0) : operation.operand(0)).type.shape
    guard let both = isExpansion ? Self.joined(layout, groups, shape) : Self.divided(layout, groups, shape) else { return nil }
    sourceLayout = both
    let small = isExpansion ? both : layout
    var next = 0
    var lists = small.outer.map { group -> [Int] in
      defer { next += groups[group].count }
      return Array(next..<next + groups[group].count)
    }
    for _ in small.inner {
      lists.append([next])
      next += 1
    }
    packedGroups = lists
  }

  /// The layout of the tensor with fewer dimensions.
  private static func joined(_ layout: TensorLayout, _ groups: [[Int]], _ shape: [Int]) -> TensorLayout? {
    var outer: [Int] = []
    var rest = layout.outer[...]
    while let first = rest.first {
      guard let group = groups.firstIndex(where: { $0.first == first }), rest.starts(with: groups[group]) else { return nil }
      outer.append(group)
      rest = rest.dropFirst(groups[group].count)
    }
    var inner: [TensorLayout.Tile] = []
    for tile in layout.inner {
      guard let group = groups.firstIndex(where: { $0.contains(tile.axis) }), !inner.contains(where: { $0.axis == group }),
        canHaveTile(tile, groups[group], shape)
      else { return nil }
      inner.append(.init(axis: group, size: tile.size))
    }
    return outer.count == groups.count ? TensorLayout(outer: outer, inner: inner) : nil
  }

  /// The layout of the tensor with more dimensions.
  private static func divided(_ layout: TensorLayout, _ groups: [[Int]], _ shape: [Int]) -> TensorLayout? {
    var inner: [TensorLayout.Tile] = []
    for tile in layout.inner {
      guard let axis = groups[tile.axis].last(where: { shape[$0] != 1 }) ?? groups[tile.axis].last else { return nil }
      let own = TensorLayout.Tile(axis: axis, size: tile.size)
      guard canHaveTile(own, groups[tile.axis], shape) else { return nil }
      inner.append(own)
    }
    return TensorLayout(outer: layout.outer.flatMap { groups[$0] }, inner: inner)
  }

  /// `true` iff the dimensions `group`, of which one has the tile, can be joined to one that has it.
  private static func canHaveTile(_ tile: TensorLayout.Tile, _ group: [Int], _ shape: [Int]) -> Bool {
    let before = group.prefix { $0 != tile.axis }, behind = group.drop { $0 != tile.axis }.dropFirst()
    let size = shape[tile.axis]
    return behind.allSatisfy { shape[$0] == 1 } && (before.allSatisfy { shape[$0] == 1 } || size != Type.dynamic && size % tile.size == 0)
  }
}

extension TensorLayout {
  /// The layout of a tensor whose axes are the axes `dimensions` of the tensor with this layout: in memory both are the same.
  func permuted(by dimensions: [Int]) -> TensorLayout {
    func axis(_ old: Int) -> Int { dimensions.firstIndex(of: old)! }
    return TensorLayout(outer: outer.map(axis), inner: inner.map { .init(axis: axis($0.axis), size: $0.size) })
  }
}
