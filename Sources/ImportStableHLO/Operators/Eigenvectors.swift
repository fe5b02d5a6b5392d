import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// The eigenvectors and eigenvalues of symmetric (or Hermitian) matrices, of which one triangle is read, in ascending order: Jacobi's method.
  func eigenvectors(isLower: Bool) throws(Diagnostic) -> (vectors: GraphTensor, numbers: GraphTensor) {
    let x = try operand(0), given = try matrices(x, isSquare: true), type = x.elementType
    let jacobi = JacobiRotations(graph: graph, batch: given.shape[0], size: given.shape[1], type: type)
    let outer = Array(x.shape.dropLast(2)), size = jacobi.size
    let triangle = graph.value(given)
    let matrix = graph.generate(given.shape, type) { b, p in
      let field = Field(b, type)
      let isRead = b.compare(isLower ? .greaterOrEqual : .lessOrEqual, p[1], p[2])
      let mirrored = field.conjugate(b.element(triangle, [p[0], p[2], p[1]]))
      let own = b.element(triangle, p)
      let ofDiagonal = field.select(b.compare(.equal, p[1], p[2]), field.real(field.realPart(own)), own)
      return field.select(isRead, ofDiagonal, mirrored)
    }
    let first = try flag(of: isFarFromDiagonal(matrix, jacobi))
    let loop = ModelLoop(self, count: JacobiRotations.sweepLimit, condition: first) { (_, state) throws(Diagnostic) in
      let next = try graph.loop(jacobi.rounds, carrying: state) { (round, state) throws(Diagnostic) in
        let partners = jacobi.partners(in: round), source = graph.value(state[0])
        let factors = jacobi.factors(partners) { b, batch, low, high in
          let field = Field(b, type)
          let diagonal = [low, high].map { field.realPart(b.element(source, [batch, $0, $0])) }
          return (diagonal[0], diagonal[1], b.element(source, [batch, low, high]))
        }
        return [conjugated(state[0], partners, factors), jacobi.rotated(state[1], partners, factors)]
      }
      return (isFarFromDiagonal(next[0], jacobi), next, [])
    }
    let end = try loop.run([matrix, jacobi.units()])
    let diagonal = graph.value(end[0])
    // A matrix with NaN or an infinity has no eigenvalues: zero times its greatest entry is NaN then.
    let greatest = graph.value(greatestMagnitudes(matrix, jacobi))
    let unordered = graph.generate([jacobi.batch, size], jacobi.real) { b, p in
      let s = Scalars(b, jacobi.real), own = Field(b, type).realPart(b.element(diagonal, [p[0], p[1], p[1]]))
      return s.add(own, s.multiply(b.element(greatest, [p[0]]), s.constant(0)))
    }
    let places = try graph.sortedPositions(graph.sortingKeys(unordered, descending: false))
    let ordered = jacobi.ordered(end[1], places)
    return (graph.reshape(ordered, to: x.shape), graph.reshape(graph.gatherColumns(unordered, places), to: outer + [size]))
  }

  /// `matrix` with its columns rotated, and its rows by the adjoint.
  private func conjugated(_ matrix: GraphTensor, _ partners: GraphTensor, _ factors: (own: GraphTensor, other: GraphTensor)) -> GraphTensor
  {
    let type = matrix.elementType, source = graph.value(matrix)
    let reads =
      [Operand(matrix, [0, 1, 2]), Operand(partners, [1]), Operand(partners, [2])]
      + [1, 2].flatMap { [Operand(factors.own, [0, $0]), Operand(factors.other, [0, $0])] }
    return graph.map(reads, shape: matrix.shape, type) { b, e in
      let field = Field(b, type), (batch, row, column) = (b.position(0), b.position(1), b.position(2))
      let otherRow = b.asIndex(e[1]), otherColumn = b.asIndex(e[2])
      let own = field.add(field.multiply(e[0], e[5]), field.multiply(b.element(source, [batch, row, otherColumn]), e[6]))
      let ofOther = field.add(
        field.multiply(b.element(source, [batch, otherRow, column]), e[5]),
        field.multiply(b.element(source, [batch, otherRow, otherColumn]), e[6]))
      let rotated = field.add(field.multiply(field.conjugate(e[3]), own), field.multiply(field.conjugate(e[4]), ofOther))
      // What the rotation is for, without its rounding.
      let isPair = b.and(b.compare(.equal, otherColumn, row), b.compare(.notEqual, column, row))
      let ofDiagonal = field.select(b.compare(.equal, row, column), field.real(field.realPart(rotated)), rotated)
      return field.select(isPair, field.multiply(rotated, field.constant(0)), ofDiagonal)
    }
  }

  /// The magnitude of each matrix's greatest entry; NaN where there is one.
  private func greatestMagnitudes(_ matrix: GraphTensor, _ jacobi: JacobiRotations) -> GraphTensor {
    let type = matrix.elementType
    let sizes = graph.map([Operand(matrix, [0, 1, 2])], shape: matrix.shape, jacobi.real) { b, e in Field(b, type).magnitude(e[0]) }
    return graph.reduceAxes(sizes, [1, 2], jacobi.real, initial: 0, combine: { $0.maximum($1, $2) })
  }

  /// One bool: whether an entry beside the diagonal is more than the rounding of the matrix's greatest one. NaN is not, which ends the sweeps.
  private func isFarFromDiagonal(_ matrix: GraphTensor, _ jacobi: JacobiRotations) -> GraphTensor {
    let type = matrix.elementType, source = graph.value(matrix)
    let greatest = graph.value(greatestMagnitudes(matrix, jacobi))
    return jacobi.isAny { b, position in
      let s = Scalars(b, jacobi.real)
      let limit = s.multiply(b.element(greatest, [position[0]]), s.constant(jacobi.precision))
      return s.compare(.greater, Field(b, type).magnitude(b.element(source, position)), limit)
    }
  }
}
