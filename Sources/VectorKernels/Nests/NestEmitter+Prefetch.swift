internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Fetching into the cache what will be read, while something else is computed.
extension NestEmitter {
  /// Fetches what the configuration says, where operand `operand` of operation `i` is loaded at a place of the register tile.
  func prefetch(_ i: Int, _ operand: Int, _ tile: RegisterTile, _ place: [Int]) {
    let op = nest.ops[i]
    guard let reference = kernel.memory[op.operation.operand(operand)] else { return }
    switch configuration.prefetch {
    case .ahead(let bytes):
      guard
        op.hasReduction ? op.maps[operand].isPacked || isTableOfBytes(op, operand) : op.callsMath && !nest.innerDimensions(of: i).isEmpty
      else { return }
      prefetch(reference, at: indices(of: op.maps[operand], op: i, tile, place), bytes: .constant(bytes))
    case .nextPanel: prefetchPiece(i, operand, reference, tile, place)
    case nil: return
    }
  }

  /// `true` iff operand `operand` of `op` has bytes that do not stay in a cache, such as the numbers of quantized weights: a vector takes so few
  /// of them that the processor's own look-ahead is short of what memory could bring.
  private func isTableOfBytes(_ op: StructuredOp, _ operand: Int) -> Bool {
    let type = op.operation.operand(operand).type
    return type.isTensor && type.element.bitWidth == 8 && type.hasStaticShape && type.shape.reduce(1, *) > Self.firstLevel
  }

  /// A usual first-level cache, in bytes.
  private static let firstLevel = 32 << 10

  /// Fetches `bytes` behind the elements at `indices`. Nothing happens where no memory is.
  func prefetch(_ reference: MemoryReference, at indices: [TensorIndex], bytes: Bound, to level: CacheLevel = .first) {
    guard case .affine(let i) = kernel.linearize(indices, in: reference), i.stride == 1 else { return }
    prefetch(kernel.pointer(reference, i, kernel.storageType(reference.element)), bytes: bytes, to: level)
  }

  /// Fetches what is `bytes` behind `address`.
  func prefetch(_ address: Value, bytes: Bound, to level: CacheLevel = .first) {
    kernel.machine.prefetch(kernel.offset(address, bytes, .i8(context)), into: level, b)
  }

  // MARK: panels

  /// Fetches as much of the next panel in a step of the reduction as lets the tiles that share this panel fetch all of it. Memory could not
  /// keep up with the first tile alone.
  private func prefetchPiece(_ i: Int, _ operand: Int, _ reference: MemoryReference, _ tile: RegisterTile, _ place: [Int]) {
    guard let panelTile, let lane = configuration.lane, place[lane] == 0,
      let panels = Panels(nest, op: i, operand: operand, configuration), let position = tile.index[panels.reduction]
    else { return }
    let piece = min(Self.cacheLine, (panels.stepBytes + panelTile.count - 1) / panelTile.count)
    var start = tile
    start.index[panels.reduction] = .constant(0)
    let first = b.binary("arith.muli", panelTile.number, b.index(panels.steps * piece))
    let bytes = position.multiplied(by: piece, b).adding(LaneIndex(dynamic: first, constant: panels.byteCount), b)
    prefetch(reference, at: indices(of: nest.ops[i].maps[operand], op: i, start, place), bytes: .value(bytes.base(b)), to: .second)
  }

  /// Bytes that are fetched together.
  private static let cacheLine = 64
}
