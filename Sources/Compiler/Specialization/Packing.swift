import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR

/// Packs and unpacks tensors: ordinary generics, with sizes that are computed on the host where they are not known.
///
///     pack:   %p = linalg.generic (for each element of the packed tensor: the element of %x, or zero behind its end)
///     unpack: %x = linalg.generic ins(%p) by (m floordiv 8, n floordiv 16, m mod 8, n mod 16)
struct Packing {
  let context: Context
  let layout: TensorLayout
  /// The type as it is without the layout.
  let type: Type

  /// Marks the operations that pack, for those who count them.
  static let packMarker = "tessera.pack"
  /// Marks the operations that unpack.
  static let unpackMarker = "tessera.unpack"

  /// The number of operations with the marker that run at each call of the program.
  static func count(_ marker: String, in module: Module) -> Int { module.operation.descendants.count { $0.attribute(marker) != nil } }

  /// The same for each device of a program of several.
  static func counts(_ marker: String, in module: Module, devices: [String]) -> [Int] {
    var counts = devices.map { _ in 0 }
    for function in module.hostFunctions {
      var flow = DeviceFlow(devices)
      for op in function.descendants where op.attribute(marker) != nil { counts[flow.device(of: op) ?? 0] += 1 }
    }
    return counts
  }

  /// The type with the layout: incomplete tiles are padded.
  var packedType: Type {
    let outer = layout.outer.map { axis -> Int in
      let size = type.shape[axis]
      guard size != Type.dynamic, let tile = layout.tile(of: axis) else { return size }
      return (size + tile - 1) / tile
    }
    return .tensor(outer + layout.inner.map(\.size), type.element)
  }

  /// `true` iff the last tile along `axis` may be incomplete.
  func isPadded(_ axis: Int) -> Bool {
    guard let tile = layout.tile(of: axis) else { return false }
    return type.shape[axis] == Type.dynamic || type.shape[axis] % tile != 0
  }

  /// The dynamic sizes of the packed form of `source`, in order.
  func dynamicSizes(of source: Value, _ b: Builder) -> [Value] {
    layout.outer.filter { type.shape[$0] == Type.dynamic }.map { axis -> Value in
      let size = DimensionValues(context: context).size(of: source, axis, b)
      return layout.tile(of: axis).map { b.binary("arith.ceildivui", size, b.index($0)) } ?? size
    }
  }

  /// An uninitialized packed tensor for the elements of `source`.
  func empty(like source: Value, _ b: Builder) -> Value { b.empty(packedType, dynamicSizes(of: source, b)) }

  /// A packed tensor for the elements of `source`, all of which are `scalar`.
  func fill(_ scalar: Value, like source: Value, _ b: Builder) -> Value {
    let rank = packedType.rank
    return b.generic(
      inputs: [scalar], outputs: [empty(like: source, b)],
      maps: [AffineMap(dimensions: rank, [], context), .identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { _, elements in [elements[0]] }.result(0)
  }

  /// Packs `source`.
  func pack(_ source: Value, _ b: Builder) -> Operation {
    let limits = Limits(self, of: source, b)
    let empty = empty(like: source, b)
    let rank = packedType.rank
    let packed = b.generic(
      inputs: [], outputs: [empty], maps: [.identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { inner, _ in
      let indices = logicalIndices(inner)
      return [limits.guarded(indices, type.element, inner) { $0.element(source, indices) }]
    }
    packed.setAttribute(Self.packMarker, .unit(context))
    return packed
  }

  /// Unpacks `packed`, whose sizes are those of `like` without the layout.
  func unpack(_ packed: Value, like: Value, _ b: Builder) -> Operation {
    let sizes = type.shape.indices.filter { type.shape[$0] == Type.dynamic }.map {
      DimensionValues(context: context).size(of: like, $0, b)
    }
    let maps = [physicalMap(.identity(type.rank, context)), AffineMap.identity(type.rank, context)]
    let unpacked = b.generic(
      inputs: [packed], outputs: [b.empty(type, sizes)], maps: maps, iterators: .init(repeating: .parallel, count: type.rank)
    ) { _, elements in [elements[0]] }
    unpacked.setAttribute(Self.unpackMarker, .unit(context))
    return unpacked
  }

  /// In the body of a generic over the packed tensor: the indices of the element without the layout.
  func logicalIndices(_ b: Builder) -> [Value] {
    layout.outer.indices.map { axis in
      let outer = b.position(layout.outer.firstIndex(of: axis)!)
      guard let place = layout.inner.firstIndex(where: { $0.axis == axis }) else { return outer }
      let start = b.binary("arith.muli", outer, b.index(layout.inner[place].size))
      return b.binary("arith.addi", start, b.position(layout.rank + place))
    }
  }

  /// The map that reads the packed tensor where `map` reads the tensor as it is.
  func physicalMap(_ map: AffineMap) -> AffineMap {
    let logical = map.results
    let outer = layout.outer.map { axis in
      layout.tile(of: axis).map { logical[axis].floorDivided(by: .constant($0, context)) } ?? logical[axis]
    }
    let inner = layout.inner.map { logical[$0.axis].modulo(.constant($0.size, context)) }
    return AffineMap(dimensions: map.dimensionCount, outer + inner, context)
  }

  /// In a body: the indices in the packed tensor of the element that has the indices `logical` without the layout.
  func physicalIndices(_ logical: [Value], _ b: Builder) -> [Value] {
    let index = AffineExpression.dimension(0, context)
    func apply(_ expression: AffineExpression, _ value: Value) -> Value {
      let map = AffineMap(dimensions: 1, [expression], context)
      return b.value("affine.apply", [value], type: .index(context), attributes: [("map", .affineMap(map))])
    }
    let outer = layout.outer.map { axis in
      layout.tile(of: axis).map { apply(index.floorDivided(by: .constant($0, context)), logical[axis]) } ?? logical[axis]
    }
    return outer + layout.inner.map { apply(index.modulo(.constant($0.size, context)), logical[$0.axis]) }
  }

  /// The sizes at which the elements of a tensor end, where tiles may be incomplete.
  struct Limits {
    private let sizes: [(axis: Int, size: Value)]

    /// Finds the limits of `source` with `b`, which must stand outside of the generic that uses them. `axes` are those that matter.
    init(_ packing: Packing, of source: Value, axes: [Int]? = nil, _ b: Builder) {
      sizes = (axes ?? Array(packing.layout.outer.indices)).filter(packing.isPadded).map {
        ($0, DimensionValues(context: packing.context).size(of: source, $0, b))
      }
    }

    /// `true` iff there is no element behind the end.
    var isEmpty: Bool { sizes.isEmpty }

    /// The condition that the element at `indices` is inside the tensor; `nil` if all are.
    func condition(_ indices: [Value], _ b: Builder) -> Value? {
      var inside: Value?
      for (axis, size) in sizes { inside = b.and(inside, b.compare(.less, indices[axis], size)) }
      return inside
    }

    /// The element that `make` makes, or zero behind the end.
    func guarded(_ indices: [Value], _ element: Type, _ b: Builder, _ make: (Builder) -> Value) -> Value {
      b.conditional(condition(indices, b), type: element, then: make) { $0.scalar(0, element) }
    }
  }
}
