import TesseraGraphs
import TesseraMLIR

/// Rotations of disjoint pairs of columns at once, as Jacobi's method needs them: in `rounds` rounds each column meets every other one once.
///
/// Columns are players of a tournament: those whose numbers add up to the round's play each other, and who would play himself plays the last one. An odd
/// number of players has one more, who is not there.
struct JacobiRotations {
  let graph: GraphBuilder
  let batch: IndexExpression
  /// The number of columns.
  let size: IndexExpression
  let type: ElementType

  /// The type of magnitudes.
  var real: ElementType { type.complexPart ?? type }
  /// Half the distance of 1 and the next number.
  var precision: Double { real == .f64 ? 0x1p-53 : 0x1p-24 }
  var rounds: IndexExpression { players - 1 }
  private var players: IndexExpression { size + graph.indices.remainder(size, IndexExpression(2), truncating: true) }

  /// More sweeps than any matrix needs: they end earlier.
  static let sweepLimit = IndexExpression(40)

  /// The column [size] that each column meets in a round; itself if it has a break.
  func partners(in round: IndexExpression) -> GraphTensor {
    let round = graph.index(round), last = graph.index(rounds), size = graph.index(size)
    let half = graph.index(graph.indices.floorDivide(players, IndexExpression(2)))
    return graph.generate([self.size], .i64) { b, position in
      func modulo(_ number: Value) -> Value { b.binary("arith.remui", number, last) }
      let own = position[0]
      let other = modulo(b.plus(round, b.binary("arith.subi", last, own)))
      let ofLast = modulo(b.times(round, half))
      let partner = b.select(b.compare(.equal, own, last), ofLast, b.select(b.compare(.equal, own, other), last, other))
      return b.i64(b.select(b.compare(.less, partner, size), partner, own))
    }
  }

  /// The factors [batch, size] of a column and of its partner in the new column, which make the pair's 2 x 2 matrix a diagonal one.
  ///
  /// `entries` gives that matrix: its diagonal, which is real, and the entry above it, for the pair's first and second column.
  func factors(
    _ partners: GraphTensor, entries: @escaping (Builder, _ batch: Value, Value, Value) -> (first: Value, second: Value, beside: Value)
  )
    -> (own: GraphTensor, other: GraphTensor)
  {
    let partners = graph.value(partners)
    func make(isOwn: Bool) -> GraphTensor {
      graph.generate([batch, size], type) { b, position in
        let s = Scalars(b, real), field = Field(b, type)
        let (column, partner) = (position[1], b.asIndex(b.element(partners, [position[1]])))
        let isFirst = b.compare(.less, column, partner), isAlone = b.compare(.equal, column, partner)
        let (low, high) = (b.select(isFirst, column, partner), b.select(isFirst, partner, column))
        let (first, second, beside) = entries(b, position[0], low, high)
        let size = field.magnitude(beside), isDiagonal = s.compare(.equal, size, s.constant(0))
        // The smaller angle, whose tangent solves t² + 2 τ t = 1.
        let cotangent = s.divide(s.subtract(second, first), s.multiply(size, s.constant(2)))
        let root = s.call("math.sqrt", s.add(s.multiply(cotangent, cotangent), s.constant(1)))
        let ratio = s.divide(b.binary("math.copysign", s.constant(1), cotangent), s.add(s.call("math.absf", cotangent), root))
        let tangent = b.select(isDiagonal, s.constant(0), ratio)
        let cosine = s.divide(s.constant(1), s.call("math.sqrt", s.add(s.multiply(tangent, tangent), s.constant(1))))
        let sine = s.multiply(tangent, cosine)
        // The entry's direction is taken out of the second column, which leaves a real matrix.
        let direction = field.select(isDiagonal, field.constant(1), field.divide(field.conjugate(beside), field.real(size)))
        if isOwn {
          let turned = field.select(isFirst, field.real(cosine), field.multiply(field.real(cosine), direction))
          return field.select(isAlone, field.constant(1), turned)
        }
        let turned = field.select(isFirst, field.negate(field.multiply(field.real(sine), direction)), field.real(sine))
        return field.select(isAlone, field.constant(0), turned)
      }
    }
    return (make(isOwn: true), make(isOwn: false))
  }

  /// `matrix` [batch, rows, size] with its columns rotated.
  func rotated(_ matrix: GraphTensor, _ partners: GraphTensor, _ factors: (own: GraphTensor, other: GraphTensor)) -> GraphTensor {
    let source = graph.value(matrix)
    let reads = [Operand(matrix, [0, 1, 2]), Operand(factors.own, [0, 2]), Operand(factors.other, [0, 2]), Operand(partners, [2])]
    return graph.map(reads, shape: matrix.shape, type) { b, e in
      let field = Field(b, type)
      let other = b.element(source, [b.position(0), b.position(1), b.asIndex(e[3])])
      return field.add(field.multiply(e[0], e[1]), field.multiply(other, e[2]))
    }
  }

  /// `matrix` [batch, rows, size] with its columns in the order of `places` [batch, size].
  func ordered(_ matrix: GraphTensor, _ places: GraphTensor) -> GraphTensor {
    let source = graph.value(matrix)
    return graph.map([Operand(places, [0, 2])], shape: matrix.shape, type) { b, e in
      b.element(source, [b.position(0), b.position(1), b.asIndex(e[0])])
    }
  }

  /// The unit matrices [batch, size, size].
  func units() -> GraphTensor {
    graph.generate([batch, size, size], type) { b, position in
      let field = Field(b, type)
      return field.select(b.compare(.equal, position[1], position[2]), field.constant(1), field.constant(0))
    }
  }

  /// One bool: whether `isFar` holds for an entry (batch, row, column) beside the diagonals of matrices of `size`.
  func isAny(_ isFar: @escaping (Builder, [Value]) -> Value) -> GraphTensor {
    let flags = graph.generate([batch, size, size], .i32) { b, position in
      let counts = b.and(b.compare(.notEqual, position[1], position[2]), isFar(b, position))
      return b.value("arith.extui", [counts], type: .i32(b.context))
    }
    let any = graph.reduceAxes(flags, [0, 1, 2], .i32, initial: 0, combine: { $0.maximum($1, $2) })
    return graph.map([Operand(any, [])], shape: [], .bool) { b, e in b.compare(.notEqual, e[0], b.scalar(0, e[0].type)) }
  }
}
