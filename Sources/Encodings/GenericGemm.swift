/// One packed form for everything that contracts: a matrix product over tiles.
///
/// Three loops of a contraction are found by what they do, whatever the operation is called and whatever order its loops have: `n`, the innermost
/// dimension of the result that belongs to one input only; `m`, the innermost one that belongs to the other; `k`, the innermost sum. Each gets
/// a tile; all the operands, the result too, are packed so that tiles stand together at the end, in the order that is asked for:
///
///     [..., M, K, m, k], [..., N, K, n, k] -> [..., M, N, m, n]      (order mnk)
///
/// Batches and the loops of windows come first. A tile is never larger than its dimension.
public struct GenericGemm: EncodingResolver {
  /// A dimension of a matrix product.
  public enum Dimension: Character, CaseIterable, Sendable { case m = "m", n = "n", k = "k" }

  /// The sizes of the tiles.
  public var sizes: [Dimension: Int]
  /// The order of the tiles' dimensions, outermost first. All of them.
  public var order: [Dimension]

  public init(m: Int, n: Int, k: Int, order: [Dimension] = [.m, .n, .k]) {
    sizes = [.m: m, .n: n, .k: k]
    self.order = order
  }

  /// Reads the parameters of a spec: `m=8 n=16 k=1 order=mnk`.
  public init(_ parameters: PackingParameters) throws(PackingError) {
    try parameters.allow(["m", "n", "k", "order"])
    self.init(m: try parameters.size("m", default: 8), n: try parameters.size("n", default: 16), k: try parameters.size("k", default: 1))
    guard let text = parameters["order"] else { return }
    order = text.compactMap(Dimension.init)
    guard text.count == 3, Set(order).count == 3 else { throw PackingError("'order' must have each of m, n and k once, not '\(text)'") }
  }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? {
    let loops = gemmLoops(encoding)
    guard loops[.n] != nil else { return nil }
    let axes = loops.compactMapValues { encoding.axis(ofLoop: $0) }
    let tiled = Dimension.allCases.compactMap { axes[$0] }
    let others = encoding.own.indices.filter { !tiled.contains($0) }.sorted { rank($0, encoding) < rank($1, encoding) }
    let inner = order.compactMap { dimension -> TensorLayout.Tile? in
      guard let axis = axes[dimension], let size = sizes[dimension] else { return nil }
      return .init(axis: axis, size: max(1, min(size, encoding.loop(ofAxis: axis)?.size ?? size)))
    }
    return TensorLayout(outer: others + tiled, inner: inner)
  }

  /// The loops that are the dimensions of the product. The same ones, whichever operand the encoding is of.
  private func gemmLoops(_ encoding: ContractionEncoding) -> [Dimension: Int] {
    func last(_ numbers: [Int], _ kinds: [ContractionEncoding.LoopKind]) -> Int? {
      numbers.last { kinds.contains(encoding.loops[$0].kind) && !encoding.loops[$0].isWindow }
    }
    guard let n = last(encoding.result, [.row, .column]) else { return [:] }
    var found: [Dimension: Int] = [.n: n]
    found[.m] = last(encoding.result, [encoding.loops[n].kind == .row ? .column : .row])
    found[.k] = last(Array(encoding.loops.indices), [.reduction])
    return found
  }

  /// The place of an axis that gets no tile: dimensions of the result in its order, windows, sums.
  private func rank(_ axis: Int, _ encoding: ContractionEncoding) -> (Int, Int) {
    guard let loop = encoding.own[axis] else { return (1, axis) }
    if let place = encoding.result.firstIndex(of: loop) { return (0, place) }
    return (2, loop)
  }
}
