import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// Computes 3 x 3 convolutions by minimal filtering (Winograd, F(2x2, 3x3)): 16 multiplications for 4 results of a channel instead of 36.
///
/// Before (channels last; `w` is constant):
///
///     %y = linalg.generic (n, y, x, f | i, j, c): in[n, y + i, x + j, c] * w[i, j, c, f]
///
/// After, with tiles of 2 x 2 results (t, s), and (a, b) the 4 x 4 places of a tile:
///
///     %u[a, b, c, f]       = sum over (i, j) of g[a, i] g[b, j] w[i, j, c, f]                (at compile time)
///     %v[a, b, n, t, s, c] = of in[n, 2 t + ..., 2 s + ..., c], two rows by two columns, added or subtracted
///     %m[a, b, n, t, s, f] = sum over c of v u                                                (16 matrix products)
///     %y[n, y, x, f]       = of m[..., n, y / 2, x / 2, f], three rows by three columns, added or subtracted
///
/// Only where the target says that it pays: the tiles' values must be worth their way through memory. Sums are reassociated, so not with
/// strict math.
///
/// S. Winograd, *Arithmetic Complexity of Computations* (1980); A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks* (2016).
///
/// Requires: structured operations are `linalg.generic`; images are channels-last.
/// Ensures: the same values up to rounding.
struct WinogradConvolution {
  let module: Module
  let target: any Target
  private var context: Context { module.context }

  init(_ module: Module, for target: any Target) { (self.module, self.target) = (module, target) }

  /// Rewrites each convolution that becomes faster; returns whether any did.
  func run() -> Bool {
    var isChanged = false
    for function in module.hostFunctions {
      var constants = ConstantValues()
      for operation in function.descendants {
        guard let op = StructuredOp(operation), let convolution = Convolution3x3(op), constants.contains(convolution.weights),
          target.pays(convolution.minimalFiltering), operation.attribute(LayoutsAttribute.name) == nil,
          context.rewrites.allows(operation)
        else { continue }
        rewrite(convolution)
        isChanged = true
      }
    }
    return isChanged
  }

  private func rewrite(_ c: Convolution3x3) {
    let b = Builder(context, before: c.op.operation)
    let weights = transformWeights(c, b)
    let values = transformInput(c, extended(c, b), b)
    let products = multiply(c, values, weights, b)
    c.op.operation.result(0).replaceAllUses(with: transformOutput(c, products, b))
    c.op.operation.erase()
  }

  private func tensor(_ shape: [Int], _ c: Convolution3x3) -> Type { .tensor(shape, c.element) }
  private func dimension(_ i: Int) -> AffineExpression { .dimension(i, context) }
  private func number(_ n: Int) -> AffineExpression { .constant(n, context) }
  private func map(_ loops: Int, _ results: [AffineExpression]) -> AffineMap { AffineMap(dimensions: loops, results, context) }

  /// `u[a, b, c, f]`
  private func transformWeights(_ c: Convolution3x3, _ b: Builder) -> Value {
    let rows: [Float] = [1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1]
    let g = b.constant(rows.withUnsafeBytes { .dense(tensor([4, 3], c), bytes: $0)! })
    let (a, e, channel, feature, i, j) = (dimension(0), dimension(1), dimension(2), dimension(3), dimension(4), dimension(5))
    let zero = b.scalar(0, c.element)
    let initial = b.fill(zero, b.empty(tensor([4, 4, c.channels, c.features], c), []))
    return b.generic(
      inputs: [g, g, c.weights], outputs: [initial],
      maps: [map(6, [a, i]), map(6, [e, j]), map(6, [i, j, channel, feature]), map(6, [a, e, channel, feature])],
      iterators: [.parallel, .parallel, .parallel, .parallel, .reduction, .reduction]
    ) { b, x in
      [b.binary("arith.addf", x[3], b.binary("arith.mulf", b.binary("arith.mulf", x[0], x[1]), x[2]))]
    }.result(0)
  }

  /// The input with a row and a column of zeros more where the result's sizes are odd: whole tiles read four rows.
  private func extended(_ c: Convolution3x3, _ b: Builder) -> Value {
    let old = c.input.type.shape
    let shape = [old[0], 2 * c.tileRows + 2, 2 * c.tileColumns + 2, old[3]]
    if shape == old { return c.input }
    return b.generic(
      inputs: [], outputs: [b.empty(tensor(shape, c), [])], maps: [.identity(4, context)], iterators: .init(repeating: .parallel, count: 4)
    ) { b, _ in
      let element = b.padded(at: (0..<4).map { b.position($0) }, type: c.element) { _ in
        nil
      } size: {
        [1, 2].contains($0) ? b.index(old[$0]) : nil
      } inside: {
        $0.element(c.input, $1)
      } border: {
        $0.scalar(0, c.element)
      }
      return [element]
    }.result(0)
  }

  /// `v[a, b, n, t, s, c]`: rows 0 - 2, 1 + 2, 2 - 1, 1 - 3 of a tile for a = 0, 1, 2, 3, and the columns alike for b.
  private func transformInput(_ c: Convolution3x3, _ input: Value, _ b: Builder) -> Value {
    func place(_ loop: Int, _ tile: Int) -> (first: AffineExpression, second: AffineExpression) {
      let a = dimension(loop), start = dimension(tile) * number(2)
      let isLast = a.floorDivided(by: number(3)), isHigh = a.floorDivided(by: number(2))
      return (start + a + isLast * number(-2), start + number(2) + isHigh * number(-1) + isLast * number(2))
    }
    let rows = place(0, 3), columns = place(1, 4)
    let reads = [(rows.first, columns.first), (rows.first, columns.second), (rows.second, columns.first), (rows.second, columns.second)]
    return b.generic(
      inputs: reads.map { _ in input },
      outputs: [b.empty(tensor([4, 4, c.images, c.tileRows, c.tileColumns, c.channels], c), [])],
      maps: reads.map { map(6, [dimension(2), $0, $1, dimension(5)]) } + [.identity(6, context)],
      iterators: .init(repeating: .parallel, count: 6)
    ) { b, x in
      // All are differences but the sum for 1.
      func sign(_ loop: Int) -> Value { select(b, loop, equals: 1, c) }
      func combined(_ first: Value, _ second: Value, _ sign: Value) -> Value {
        b.binary("arith.addf", first, b.binary("arith.mulf", sign, second))
      }
      let byColumn = sign(1)
      return [combined(combined(x[0], x[1], byColumn), combined(x[2], x[3], byColumn), sign(0))]
    }.result(0)
  }

  /// 1 where the loop's index (its remainder by `divisor`, if there is one) is `number`, else -1.
  private func select(_ b: Builder, _ loop: Int, equals number: Int, dividedBy divisor: Int? = nil, _ c: Convolution3x3) -> Value {
    var index = b.position(loop)
    if let divisor { index = b.binary("arith.remui", index, b.index(divisor)) }
    let condition = b.compare(.equal, index, b.index(number))
    return b.select(condition, b.scalar(1, c.element), b.scalar(-1, c.element))
  }

  /// `m[a, b, n, t, s, f]`: one matrix product for each of the 16 places, with the tags of the convolution.
  private func multiply(_ c: Convolution3x3, _ values: Value, _ weights: Value, _ b: Builder) -> Value {
    let v = b.value("tensor.collapse_shape", [values], type: tensor([16, c.tiles, c.channels], c), attributes: [grouping([2, 3, 1])])
    let u = b.value("tensor.collapse_shape", [weights], type: tensor([16, c.channels, c.features], c), attributes: [grouping([2, 1, 1])])
    let (g, t, f, k) = (dimension(0), dimension(1), dimension(2), dimension(3))
    let initial = b.fill(b.scalar(0, c.element), b.empty(tensor([16, c.tiles, c.features], c), []))
    let products = b.generic(
      inputs: [v, u], outputs: [initial], maps: [map(4, [g, t, k]), map(4, [g, k, f]), map(4, [g, t, f])],
      iterators: [.parallel, .parallel, .parallel, .reduction],
      attributes: c.op.operation.attributes.filter { $0.name == ResolveEncodings.tagsAttribute }.map { ($0.name, $0.value) }
    ) { b, x in [b.binary("arith.addf", x[2], b.binary("arith.mulf", x[0], x[1]))] }.result(0)
    let shape = [4, 4, c.images, c.tileRows, c.tileColumns, c.features]
    return b.value(
      "tensor.expand_shape", [products], type: tensor(shape, c),
      attributes: [grouping([2, 3, 1]), ("static_output_shape", .denseI64(shape, context))])
  }

  /// The attribute of a reshape that joins groups of neighbours of these sizes.
  private func grouping(_ counts: [Int]) -> (String, Attribute) {
    var next = 0
    let groups = counts.map { count -> Attribute in
      defer { next += count }
      return .array((next..<next + count).map { .i64($0, context) }, context)
    }
    return ("reassociation", .array(groups, context))
  }

  /// Even results are the sum of products 0, 1, 2 of their tile; odd ones product 1 minus products 2 and 3. Rows and columns alike.
  private func transformOutput(_ c: Convolution3x3, _ products: Value, _ b: Builder) -> Value {
    func place(_ loop: Int, _ k: Int) -> AffineExpression { dimension(loop).modulo(number(2)) + number(k) }
    func tile(_ loop: Int) -> AffineExpression { dimension(loop).floorDivided(by: number(2)) }
    let reads = (0..<3).flatMap { k in (0..<3).map { (k, $0) } }
    let maps = reads.map { k, l in map(4, [place(1, k), place(2, l), dimension(0), tile(1), tile(2), dimension(3)]) }
    return b.generic(
      inputs: reads.map { _ in products }, outputs: [b.empty(c.op.operation.result(0).type, [])],
      maps: maps + [.identity(4, context)], iterators: .init(repeating: .parallel, count: 4)
    ) { b, x in
      func combined(_ x: [Value], _ sign: Value) -> Value {
        b.binary("arith.addf", x[0], b.binary("arith.mulf", sign, b.binary("arith.addf", x[1], x[2])))
      }
      let byColumn = select(b, 2, equals: 0, dividedBy: 2, c)
      let rows = (0..<3).map { k in combined((0..<3).map { x[3 * k + $0] }, byColumn) }
      return [combined(rows, select(b, 1, equals: 0, dividedBy: 2, c))]
    }.result(0)
  }
}
