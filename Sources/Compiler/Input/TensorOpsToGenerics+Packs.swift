import TesseraMLIR

/// Tensors whose dimensions are split into tiles, `linalg.pack`, and put together again, `linalg.unpack`.
extension TensorOpsToGenerics {
  /// The map from the dimensions of a plain tensor to those of a packed one.
  private struct Tiling {
    /// The place of each dimension among the outer ones.
    let outerPlaces: [Int]
    /// The place of each dimension's tile among all dimensions of the packed tensor; `nil` where the dimension is not split.
    let tilePlaces: [Int?]

    /// The tiling that `op` describes, of a plain tensor of `rank` dimensions.
    init(_ op: Operation, rank: Int) {
      let split = op.attribute("inner_dims_pos")?.denseIntegers ?? []
      let order = op.attribute("outer_dims_perm")?.denseIntegers ?? []
      outerPlaces = (0..<rank).map { dimension in order.firstIndex(of: dimension) ?? dimension }
      tilePlaces = (0..<rank).map { dimension in split.firstIndex(of: dimension).map { rank + $0 } }
    }
  }

  /// Makes the program check that the tiles of `packed` are as large as the operation says.
  private func requireTiles(_ op: Operation, _ packed: Value, rank: Int, segment: Int, _ b: Builder) {
    let fixed = op.attribute("static_inner_tiles")?.denseIntegers ?? []
    var next = segment
    for (i, tile) in fixed.enumerated() {
      let size = DimensionValues(context: context).size(of: packed, rank + i, b)
      if tile != Type.dynamic {
        if packed.type.shape[rank + i] == tile { continue }
        requireEqual(size, b.index(tile), op, "dimension \(rank + i) of the packed tensor must be as large as the tile", b)
      } else {
        requireEqual(size, op.operand(next), op, "dimension \(rank + i) of the packed tensor must be as large as the tile", b)
        next += 1
      }
    }
  }

  /// Makes the program check that each dimension of the plain tensor, which messages call `name`, fits into its tiles, or fills them.
  private func requireRoom(
    _ op: Operation, plain: Value, packed: Value, _ tiling: Tiling, named name: String, fillsTiles: Bool, _ b: Builder
  ) {
    let dimensions = DimensionValues(context: context)
    for d in 0..<plain.type.rank {
      let outer = tiling.outerPlaces[d], whole = plain.type.shape[d], count = packed.type.shape[outer]
      let tile = tiling.tilePlaces[d].map { packed.type.shape[$0] } ?? 1
      // The verifier has compared sizes that are all known.
      let isKnown = whole != Type.dynamic && count != Type.dynamic && tile != Type.dynamic
      if isKnown, tiling.tilePlaces[d] == nil || whole <= count * tile { continue }
      let size = dimensions.size(of: plain, d, b), outers = dimensions.size(of: packed, outer, b)
      guard let place = tiling.tilePlaces[d] else {
        requireEqual(size, outers, op, "dimension \(d) of the \(name) must be as large as that of the packed tensor", b)
        continue
      }
      let room = b.times(outers, dimensions.size(of: packed, place, b))
      if fillsTiles {
        requireEqual(size, room, op, "dimension \(d) of the \(name) must be a number of whole tiles", b)
      } else {
        b.require(b.compare(.lessOrEqual, size, room), of: op, "dimension \(d) of the \(name) must fit into the tiles")
      }
    }
  }

  func rewritePack(_ op: Operation) {
    let source = op.operand(0), destination = op.operand(1), rank = source.type.rank
    let tiles = op.attribute("static_inner_tiles")?.denseIntegers ?? []
    let dynamicTiles = tiles.count { $0 == Type.dynamic }
    // What is left beside source, destination and tiles.
    let filler = op.operandCount - dynamicTiles > 2 ? op.operand(2) : nil
    let tiling = Tiling(op, rank: rank)
    let before = Builder(context, before: op)
    requireTiles(op, destination, rank: rank, segment: op.operandCount - dynamicTiles, before)
    requireRoom(op, plain: source, packed: destination, tiling, named: "source", fillsTiles: filler == nil, before)
    let type = op.result(0).type
    replace(op) { b in
      sizes(of: destination, b)
    } _: { b, loops in
      var indices: [Value] = []
      var isInside: Value?
      for d in 0..<rank {
        var index = loops[tiling.outerPlaces[d]]
        if let place = tiling.tilePlaces[d] {
          let size = destination.type.shape[place]
          index = b.plus(b.times(index, size == Type.dynamic ? b.dimension(destination, place) : b.index(size)), loops[place])
          let isWhole =
            source.type.shape[d] != Type.dynamic && size != Type.dynamic && size > 0 && source.type.shape[d] % size == 0
            && destination.type.shape[tiling.outerPlaces[d]] == source.type.shape[d] / size
          if filler != nil, !isWhole {
            let limit = source.type.shape[d]
            isInside = b.and(isInside, b.compare(.less, index, limit == Type.dynamic ? b.dimension(source, d) : b.index(limit)))
          }
        }
        indices.append(index)
      }
      return b.conditional(isInside, type: type.element) {
        extract(source, indices, $0)
      } else: { _ in
        filler!
      }
    }
  }

  /// Rewrites the unpacks of which slices are taken: upstream makes the result of one as small as the slice, and leaves what it reads as large as it is.
  func rewriteSlicedUnpacks() {
    for op in module.hostFunctions.flatMap(\.descendants) where op.name == "linalg.unpack" {
      if op.results.contains(where: { $0.isUsed { $0.operation.name == "tensor.extract_slice" } }) { rewriteUnpack(op) }
    }
  }

  func rewriteUnpack(_ op: Operation) {
    let source = op.operand(0), destination = op.operand(1), rank = destination.type.rank
    let tiling = Tiling(op, rank: rank)
    let before = Builder(context, before: op)
    requireTiles(op, source, rank: rank, segment: 2, before)
    requireRoom(op, plain: destination, packed: source, tiling, named: "result", fillsTiles: false, before)
    replace(op) { b in
      sizes(of: destination, b)
    } _: { b, loops in
      var indices = [Value](repeating: loops.first ?? b.index(0), count: source.type.rank)
      for d in 0..<rank {
        indices[tiling.outerPlaces[d]] = loops[d]
        guard let place = tiling.tilePlaces[d] else { continue }
        let size = source.type.shape[place]
        let tile = size == Type.dynamic ? b.dimension(source, place) : b.index(size)
        indices[tiling.outerPlaces[d]] = b.binary("arith.divsi", loops[d], tile)
        indices[place] = b.binary("arith.remsi", loops[d], tile)
      }
      return extract(source, indices, b)
    }
  }
}
