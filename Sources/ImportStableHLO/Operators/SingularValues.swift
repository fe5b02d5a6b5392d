import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// The factors of matrices U S Vᴴ: the numbers S in descending order, the columns of U and the rows of Vᴴ.
  struct SingularFactors {
    let numbers: GraphTensor
    let left: GraphTensor
    let right: GraphTensor
  }

  /// Jacobi's method on the columns: rotations that make them orthogonal. `isFull` makes U and V square.
  func singularFactors(isFull: Bool) throws(Diagnostic) -> SingularFactors {
    let x = try operand(0), given = try matrices(x)
    let outer = Array(x.shape.dropLast(2))
    guard !x.elementType.isComplex else { throw .unsupportedForm(self, "takes singular values of complex matrices") }
    guard let rows = given.shape[1].known, let columns = given.shape[2].known else {
      throw .unsupportedForm(self, "takes singular values of matrices of unknown sizes")
    }
    // The columns are the shorter side.
    let isWide = columns > rows
    let (turned, numbers) = try orthogonalized(isWide ? transposed(given) : given)
    let matrix = turned.columns
    let reflections = try reflected(matrix)
    let long = isFull ? max(rows, columns) : min(rows, columns)
    let basis = try orthogonal(reflections.matrix, reflections.factors, columns: IndexExpression(long))
    // The reflections may have turned a column over.
    let triangle = graph.value(reflections.matrix), count = graph.index(matrix.shape[2]), type = x.elementType
    let signed = graph.map([Operand(basis, [0, 1, 2])], shape: basis.shape, type) { b, e in
      let s = Scalars(b, type), column = b.position(2)
      let isRotated = b.compare(.less, column, count)
      let place = b.select(isRotated, column, b.index(0))
      let number = min(rows, columns) == 0 ? s.constant(1) : b.element(triangle, [b.position(0), place, place])
      let isNegative = b.and(isRotated, s.compare(.less, number, s.constant(0)))
      return b.select(isNegative, s.negate(e[0]), e[0])
    }
    let (left, right) = isWide ? (turned.rotations, transposed(signed)) : (signed, transposed(turned.rotations))
    return SingularFactors(
      numbers: graph.reshape(numbers, to: outer + [numbers.shape[1]]),
      left: graph.reshape(left, to: outer + left.shape.dropFirst()),
      right: graph.reshape(right, to: outer + right.shape.dropFirst()))
  }

  /// Orthogonal columns of `matrix` [batch, rows, n] times rotations, those rotations, and the columns' lengths, which descend.
  private func orthogonalized(_ matrix: GraphTensor) throws(Diagnostic)
    -> (turned: (columns: GraphTensor, rotations: GraphTensor), lengths: GraphTensor)
  {
    let type = matrix.elementType
    let jacobi = JacobiRotations(graph: graph, batch: matrix.shape[0], size: matrix.shape[2], type: type)
    // Squares of numbers of any size are numbers, if the greatest one is about 1.
    let scales = graph.reduceAxes(matrix, [1, 2], type, initial: 0, combine: { $0.maximum($1, $2) }) { $0.call("math.absf", $1) }
    let scaled = graph.map([Operand(matrix, [0, 1, 2]), Operand(scales, [0])], shape: matrix.shape, type) { b, e in
      let s = Scalars(b, type)
      return s.divide(e[0], b.select(s.compare(.equal, e[1], s.constant(0)), s.constant(1), e[1]))
    }
    let first = try flag(of: isFarFromOrthogonal(scaled, jacobi))
    let loop = ModelLoop(self, count: JacobiRotations.sweepLimit, condition: first) { (_, state) throws(Diagnostic) in
      let next = try graph.loop(jacobi.rounds, carrying: state) { (round, state) throws(Diagnostic) in
        let partners = jacobi.partners(in: round)
        let squares = graph.value(squaredLengths(state[0]))
        let places = graph.value(partners), source = graph.value(state[0])
        let productTerms = graph.map([Operand(state[0], [0, 1, 2])], shape: state[0].shape, type) { b, e in
          let partner = b.asIndex(b.element(places, [b.position(2)]))
          return Scalars(b, type).multiply(e[0], b.element(source, [b.position(0), b.position(1), partner]))
        }
        let products = graph.value(graph.reduceAxes(productTerms, [1], type, initial: 0, combine: { $0.add($1, $2) }))
        let factors = jacobi.factors(partners) { b, batch, low, high in
          (b.element(squares, [batch, low]), b.element(squares, [batch, high]), b.element(products, [batch, low]))
        }
        return state.map { jacobi.rotated($0, partners, factors) }
      }
      return (isFarFromOrthogonal(next[0], jacobi), next, [])
    }
    let end = try loop.run([scaled, jacobi.units()])
    let squares = squaredLengths(end[0])
    let lengths = graph.map([Operand(squares, [0, 1]), Operand(scales, [0])], shape: squares.shape, type) { b, e in
      let s = Scalars(b, type)
      return s.multiply(s.call("math.sqrt", e[0]), e[1])
    }
    let places = try graph.sortedPositions(graph.sortingKeys(lengths, descending: true))
    return ((jacobi.ordered(end[0], places), jacobi.ordered(end[1], places)), graph.gatherColumns(lengths, places))
  }

  private func squaredLengths(_ matrix: GraphTensor) -> GraphTensor {
    graph.reduceAxes(matrix, [1], matrix.elementType, initial: 0, combine: { $0.add($1, $2) }) { $0.multiply($1, $1) }
  }

  /// One bool: whether two columns' product is more than the rounding of a sum of so many terms. NaN is not, which ends the sweeps.
  private func isFarFromOrthogonal(_ matrix: GraphTensor, _ jacobi: JacobiRotations) -> GraphTensor {
    let type = matrix.elementType, size = jacobi.size
    let products = graph.value(
      graph.contract(
        Operand(matrix, [0, 3, 1]), Operand(matrix, [0, 3, 2]), loops: 4, output: [0, 1, 2], shape: [jacobi.batch, size, size]))
    let rows = Double(matrix.shape[1].known ?? 1)
    let share = jacobi.precision * 2 * max(4, rows.squareRoot())
    return jacobi.isAny { b, p in
      let s = Scalars(b, type)
      let (own, other) = (b.element(products, [p[0], p[1], p[1]]), b.element(products, [p[0], p[2], p[2]]))
      let limit = s.multiply(s.multiply(s.call("math.sqrt", own), s.call("math.sqrt", other)), s.constant(share))
      return s.compare(.greater, s.call("math.absf", b.element(products, p)), limit)
    }
  }
}
