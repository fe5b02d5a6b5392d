import TesseraDiagnostics
import TesseraMLIR

/// Lowers the transformations of minimal filtering (Winograd) to products with constant matrices.
///
/// Before: %u = linalg.winograd_filter_transform fmr(F_2_3) ins(%w : tensor<fx3x3xcxf32>) outs(%0 : tensor<4x4xcxfxf32>)
/// After:  %u[i, j, c, f] = sum over (p, q) of g[i, p] g[j, q] w[f, p, q, c]
///
/// In the same way an input's tiles become v[i, j, t, s, n, c] = sum of b[i, p] b[j, q] x[n, m t + p, m s + q, c], and results
/// y[n, m t + i, m s + j, f] += sum of a[i, p] a[j, q] v[p, q, t, s, n, f]. The matrices are upstream's, which also scales results, and adds them to
/// what the output holds. A filter of one row or column is transformed along the other axis only.
///
/// S. Winograd, *Arithmetic Complexity of Computations* (1980); A. Lavin, S. Gray, *Fast Algorithms for Convolutional Neural Networks* (2016).
struct WinogradTransforms {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// The names of the operations.
  static let names = Set(["filter", "input", "output"].map { "linalg.winograd_\($0)_transform" })

  /// The matrices of an algorithm F(m, r), row by row, and what results are multiplied by for each axis.
  private struct Algorithm {
    let tile: Int
    let filter: [[Double]]
    let input: [[Double]]
    let output: [[Double]]
    var scale = 1.0

    /// Along an axis that is left as it is.
    static let none = Algorithm(tile: 1, filter: [[1]], input: [[1]], output: [[1]])
  }

  /// F(2, 3), F(4, 3) and F(2, 5), by the number in the attribute.
  private static let algorithms = [
    Algorithm(
      tile: 2, filter: [[-1, 0, 0], [0.5, -0.5, 0.5], [0.5, 0.5, 0.5], [0, 0, 1]],
      input: [[-1, 0, 1, 0], [0, -1, 1, 0], [0, 1, 1, 0], [0, -1, 0, 1]], output: [[1, 1, 1, 0], [0, -1, 1, 1]]),
    Algorithm(
      tile: 4,
      filter: [[12, 0, 0], [-4, 4, -4], [-4, -4, -4], [1, -2, 4], [1, 2, 4], [0, 0, 12]].map { $0.map { $0 / 12 } },
      input: [
        [4, 0, -5, 0, 1, 0], [0, 4, -4, -1, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -2, -4, 2, 0], [0, -4, -2, 4, 2, 0], [0, 4, 0, -5, 0, 1],
      ].map { $0.map { $0 / 16 } },
      output: [[1, 2, 2, 1, 1, 0], [0, -2, 2, -2, 2, 0], [0, 2, 2, 4, 4, 0], [0, -2, 2, -8, 8, 4]].map { $0.map { $0 / 8 } }, scale: 32),
    Algorithm(
      tile: 2,
      filter: [
        [60, 0, 0, 0, 0], [10, -10, 10, -10, 10], [-10, -10, -10, -10, -10], [-16, 8, -4, 2, -1], [1, 2, 4, 8, 16], [0, 0, 0, 0, 60],
      ].map { $0.map { $0 / 60 } },
      input: [
        [2, 3, -4, -3, 2, 0], [0, 2, 1, -5, 2, 0], [0, -2, -5, -1, 2, 0], [0, 4, -2, -4, 2, 0], [0, -2, -4, 2, 4, 0], [0, 2, 3, -4, -3, 2],
      ].map { $0.map { $0 / 16 } },
      output: [[1, 2, 2, 4, 2, 0], [0, -2, 2, -2, 4, 1]].map { $0.map { $0 / 2 } }, scale: 16),
  ]

  /// Rewrites all of them. Errors: one whose sizes are not known, or whose output is not made of whole tiles.
  func run() throws(Diagnostic) {
    for op in module.operation.descendants where Self.names.contains(op.name) {
      let source = op.operand(0), out = op.operand(1)
      guard source.type.hasStaticShape, out.type.hasStaticShape, source.type.element.isFloat,
        let form = op.attribute("fmr")?.integerValue,
        Self.algorithms.indices.contains(form)
      else { throw .unsupportedOperation(op, "it must be of floats, and its sizes must be known") }
      func axes(_ extents: [Int]) -> [Algorithm] { extents.map { $0 == 1 ? .none : Self.algorithms[form] } }
      let b = Builder(context, before: op), shape = source.type.shape
      let made: Value
      switch op.name {
      case "linalg.winograd_filter_transform":
        made = transformed(b, source, axes([shape[1], shape[2]]).map(\.filter), rows: [0, 1], to: out.type) {
          [$0[3], $0[4], $0[5], $0[2]]
        }
      case "linalg.winograd_input_transform":
        let axes = axes([out.type.shape[0], out.type.shape[1]])
        made = transformed(b, source, axes.map(\.input), rows: [0, 1], to: out.type) { d in
          [d[4], d[2] * number(axes[0].tile) + d[6], d[3] * number(axes[1].tile) + d[7], d[5]]
        }
      default:
        let axes = axes([shape[0], shape[1]])
        guard out.type.shape == [shape[4], shape[2] * axes[0].tile, shape[3] * axes[1].tile, shape[5]] else {
          throw .unsupportedOperation(op, "its output must be whole tiles")
        }
        made = added(b, to: out, tiles: source, axes)
      }
      op.result(0).replaceAllUses(with: made)
      op.erase()
    }
  }

  private func number(_ n: Int) -> AffineExpression { .constant(n, context) }

  /// The products of `source` with two matrices: loop `rows[axis]` of the result runs over a matrix's rows, and the last two loops of all over their
  /// columns. `read` says where the source is read.
  private func transformed(
    _ b: Builder, _ source: Value, _ matrices: [[[Double]]], rows: [Int], to type: Type,
    read: ([AffineExpression]) -> [AffineExpression]
  ) -> Value {
    let element = type.element, rank = type.rank
    let loops = (0..<rank + 2).map { AffineExpression.dimension($0, context) }
    func map(_ results: [AffineExpression]) -> AffineMap { AffineMap(dimensions: rank + 2, results, context) }
    let constants = matrices.map { matrix in
      let numbers = matrix.flatMap { $0.map(Float.init) }
      return b.constant(numbers.withUnsafeBytes { .dense(.tensor([matrix.count, matrix[0].count], .f32(context)), bytes: $0)! })
    }
    return b.generic(
      inputs: constants + [source], outputs: [b.fill(b.scalar(0, element), b.empty(type, []))],
      maps: [map([loops[rows[0]], loops[rank]]), map([loops[rows[1]], loops[rank + 1]]), map(read(loops)), map(Array(loops[..<rank]))],
      iterators: Array(repeating: .parallel, count: rank) + [.reduction, .reduction]
    ) { b, x in
      let factors = x[..<2].map { factor in
        element == factor.type ? factor : b.value(element.bitWidth! < 32 ? "arith.truncf" : "arith.extf", [factor], type: element)
      }
      return [b.binary("arith.addf", x[3], b.binary("arith.mulf", b.binary("arith.mulf", factors[0], factors[1]), x[2]))]
    }.result(0)
  }

  /// The output with what tiles [rows, columns, t, s, n, f] become added to it.
  private func added(_ b: Builder, to out: Value, tiles: Value, _ axes: [Algorithm]) -> Value {
    let shape = tiles.type.shape, element = out.type.element
    let apart = Type.tensor([shape[4], shape[2], axes[0].tile, shape[3], axes[1].tile, shape[5]], element)
    let values = transformed(b, tiles, axes.map(\.output), rows: [2, 4], to: apart) { [$0[6], $0[7], $0[1], $0[3], $0[0], $0[5]] }
    let groups = [[0], [1, 2], [3, 4], [5]].map { Attribute.array($0.map { .i64($0, context) }, context) }
    let whole = b.value(
      "tensor.collapse_shape", [values], type: out.type, attributes: [("reassociation", .array(groups, context))])
    return b.generic(
      inputs: [whole, out], outputs: [b.empty(out.type, [])], maps: .init(repeating: .identity(4, context), count: 3),
      iterators: .init(repeating: .parallel, count: 4)
    ) { b, x in
      [b.binary("arith.addf", b.binary("arith.mulf", x[0], b.scalar(axes[0].scale * axes[1].scale, element)), x[1])]
    }.result(0)
  }
}
