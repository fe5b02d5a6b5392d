import TesseraDiagnostics
import TesseraMLIR

/// Counting and choosing elements in parallel: what sequential loops do on one processor.
extension GraphBuilder {
  /// The sizes of blocks in `runningCounts`: a block is summed by a triangle.
  private static let blockSize = 64

  /// A tensor of sizes only, whose elements nobody reads: gives a reduction its loops.
  package func extent(_ shape: [IndexExpression]) -> GraphTensor { GraphTensor(.f32, shape, value: empty(.f32, shape)) }

  /// How many elements of the i64 vector `marks` (0 or 1) are 1 up to each position, itself included.
  ///
  /// Blocks of 64 are counted by triangles, and their totals by the same again: 64 additions an element.
  package func runningCounts(_ marks: GraphTensor, depth: Int = 0) -> GraphTensor {
    let count = marks.shape[0]
    if depth == 3 || (count.known.map { $0 <= Self.blockSize * 4 } ?? false) {
      return triangle(reshape(marks, to: [.one, count]), [count])
    }
    let blocks = indices.ceilDivide(count, by: Self.blockSize), size = IndexExpression(Self.blockSize)
    let padded = pad(marks, begins: [.zero], shape: [blocks * Self.blockSize]) { Scalars($0, .i64).constant(0) }
    let inner = triangle(reshape(padded, to: [blocks, size]), [blocks, size])
    let totals = element(of: inner, column: Self.blockSize - 1)
    let outer = runningCounts(totals, depth: depth + 1)
    let (before, within) = (value(outer), value(inner))
    return generate([count], .i64) { b, p in
      let block = b.binary("arith.divui", p[0], b.index(Self.blockSize))
      let column = b.binary("arith.remui", p[0], b.index(Self.blockSize))
      let own = b.element(within, [block, column])
      let isFirst = b.compare(.equal, block, b.index(0))
      let previous = b.conditional(isFirst, type: own.type) {
        $0.constant64(0)
      } else: {
        $0.element(before, [$0.minus(block, $0.index(1))])
      }
      return b.plus(own, previous)
    }
  }

  private func element(of rows: GraphTensor, column: Int) -> GraphTensor {
    let source = value(rows)
    return generate([rows.shape[0]], rows.elementType) { b, p in b.element(source, [p[0], b.index(column)]) }
  }

  /// Sums along the rows of `rows`, up to each element, as `shape`.
  private func triangle(_ rows: GraphTensor, _ shape: [IndexExpression]) -> GraphTensor {
    let size = rows.shape[1]
    let sum = reduce(
      [Operand(rows, [0, 2]), Operand(extent([size]), [1])], loops: 3, output: [0, 1], shape: rows.shape, .i64, initial: 0
    ) { b, e, sum in
      let counts = b.compare(.lessOrEqual, b.position(2), b.position(1))
      return b.plus(sum, b.select(counts, e[0], b.constant64(0)))
    }
    return reshape(sum, to: shape)
  }

  /// The i64 positions of the true elements of the bool vector `mask`, in order. Their number is read back.
  package func truePositions(_ mask: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let length = mask.shape[0]
    let marks = convert(mask, to: .i64)
    let total = reduceAxes(marks, [0], .i64, initial: 0, combine: { $0.add($1, $2) })
    let read = builder.value("tensor.extract", [value(total)], type: .i64(context))
    let count = indices.opaque(builder.asIndex(read), least: 0)
    let running = value(runningCounts(marks)), last = index(length)
    // A search by halving on the host, with as many steps as the length has bits; each step moves all places at once.
    let steps = length.known.map { max(Int.bitWidth - max($0, 1).leadingZeroBitCount, 1) } ?? 40
    let start = expandZero([count], .i64)
    return try loop(IndexExpression(steps), carrying: [start]) { (step, carried) throws(Diagnostic) in
      let width = builder.binary("arith.shli", builder.index(1), builder.minus(builder.index(steps - 1), index(step)))
      return [
        map([Operand(carried[0], [0])], shape: [count], .i64) { b, e in
          let place = b.asIndex(e[0])
          let next = b.plus(place, width)
          let isInside = b.compare(.lessOrEqual, next, last)
          let safe = b.minus(b.binary("arith.minsi", next, last), b.index(1))
          let isBefore = b.compare(.lessOrEqual, b.element(running, [safe]), b.i64(b.position(0)))
          return b.i64(b.select(b.and(isInside, isBefore), next, place))
        }
      ]
    }[0]
  }
}
