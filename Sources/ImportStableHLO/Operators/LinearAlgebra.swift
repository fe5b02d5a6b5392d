import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Factorizations and solutions of matrices, in steps of one column on the host. Each step changes what is left of all matrices of a batch at once.

extension StableHLONode {
  /// Matrices [batch, rows, columns] of floats or complex numbers.
  func matrices(_ x: GraphTensor, isSquare: Bool = false) throws(Diagnostic) -> GraphTensor {
    guard x.rank >= 2, [.f32, .f64, .complex64, .complex128].contains(x.elementType) else {
      throw .wrongShape(self, x, "matrices of floats or complex numbers of 32 or 64 bits")
    }
    let rows = x.shape[x.rank - 2], columns = x.shape[x.rank - 1]
    if isSquare, graph.unify(rows, columns, "rows and columns") == nil { throw .wrongShape(self, x, "square matrices") }
    return graph.reshape(x, to: [Array(x.shape.dropLast(2)).product, rows, columns])
  }

  /// `x` with rows and columns exchanged, and conjugated if `isAdjoint`.
  func transposed(_ x: GraphTensor, isAdjoint: Bool = false) -> GraphTensor {
    let type = x.elementType
    return graph.map([Operand(x, [0, 2, 1])], shape: [x.shape[0], x.shape[2], x.shape[1]], type) { b, e in
      isAdjoint ? Field(b, type).conjugate(e[0]) : e[0]
    }
  }

  // MARK: triangular systems

  /// The solutions x of op(a) x = b, or of x op(a) = b.
  func triangularSolve() throws(Diagnostic) -> GraphTensor {
    let form = word("transpose_a", default: "NO_TRANSPOSE")
    return try triangularSolve(
      isLeft: flag("left_side", default: true), isLower: flag("lower", default: true), hasUnitDiagonal: flag("unit_diagonal"),
      isTransposed: form == "TRANSPOSE" || form == "ADJOINT", isAdjoint: form == "ADJOINT")
  }

  func triangularSolve(isLeft: Bool, isLower: Bool, hasUnitDiagonal: Bool, isTransposed: Bool, isAdjoint: Bool)
    throws(Diagnostic) -> GraphTensor
  {
    let a = try operand(0), right = try operand(1)
    guard a.elementType == right.elementType, a.rank == right.rank else {
      throw .shapesDisagree(self, a, right, "expected one type and rank")
    }
    var matrix = try matrices(a, isSquare: true), sides = try matrices(right)
    var lower = isLower
    if isTransposed {
      matrix = transposed(matrix, isAdjoint: isAdjoint)
      lower.toggle()
    }
    if !isLeft {
      matrix = transposed(matrix)
      lower.toggle()
      sides = transposed(sides)
    }
    guard graph.unify(matrix.shape[1], sides.shape[1], "the sizes of the matrix and of the sides") != nil,
      graph.unify(matrix.shape[0], sides.shape[0], "the batches") != nil
    else { throw .shapesDisagree(self, a, right, "their sizes do not fit") }
    let solved = try solve(matrix, sides, isLower: lower, hasUnitDiagonal: hasUnitDiagonal)
    return graph.reshape(isLeft ? solved : transposed(solved), to: right.shape)
  }

  private func solve(_ matrix: GraphTensor, _ sides: GraphTensor, isLower: Bool, hasUnitDiagonal: Bool) throws(Diagnostic) -> GraphTensor {
    let n = matrix.shape[1], type = matrix.elementType, coefficients = graph.value(matrix)
    return try graph.loop(n, carrying: [sides]) { (step, state) throws(Diagnostic) in
      let k = graph.index(isLower ? step : n - 1 - step)
      let source = graph.value(state[0])
      let next = graph.map([Operand(state[0], [0, 1, 2])], shape: sides.shape, type) { b, e in
        let field = Field(b, type), (batch, row, column) = (b.position(0), b.position(1), b.position(2))
        let own = b.element(source, [batch, k, column])
        let solution = hasUnitDiagonal ? own : field.divide(own, b.element(coefficients, [batch, k, k]))
        let rest = field.subtract(e[0], field.multiply(b.element(coefficients, [batch, row, k]), solution))
        let isLeft = b.compare(isLower ? .greater : .less, row, k)
        return field.select(b.compare(.equal, row, k), solution, field.select(isLeft, rest, e[0]))
      }
      return [next]
    }[0]
  }

  // MARK: Cholesky

  /// The lower (or upper) triangle whose product with its adjoint is the operand. What is beside it stays as it is.
  func cholesky(isLower: Bool) throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let given = try matrices(x, isSquare: true)
    let matrix = isLower ? given : transposed(given, isAdjoint: true)
    let n = matrix.shape[1], type = x.elementType
    let result = try graph.loop(n, carrying: [matrix]) { (step, state) throws(Diagnostic) in
      let k = graph.index(step), source = graph.value(state[0])
      let next = graph.map([Operand(state[0], [0, 1, 2])], shape: matrix.shape, type) { b, e in
        let field = Field(b, type), (batch, row, column) = (b.position(0), b.position(1), b.position(2))
        let pivot = b.element(source, [batch, k, k])
        let isBelow = b.compare(.greater, row, k), isRight = b.compare(.greater, column, k)
        let isPivotColumn = b.compare(.equal, column, k)
        let product = field.multiply(b.element(source, [batch, row, k]), field.conjugate(b.element(source, [batch, column, k])))
        let rest = field.subtract(e[0], field.divide(product, pivot))
        let isRest = b.and(b.and(isBelow, isRight), b.compare(.greaterOrEqual, row, column))
        let ofColumn = field.select(isBelow, field.divide(e[0], field.squareRoot(pivot)), e[0])
        let ofPivot = field.select(b.compare(.equal, row, k), field.squareRoot(pivot), ofColumn)
        return field.select(isPivotColumn, ofPivot, field.select(isRest, rest, e[0]))
      }
      return [next]
    }[0]
    return graph.reshape(isLower ? result : transposed(result, isAdjoint: true), to: x.shape)
  }

  // MARK: LU

  /// The factors of the operand in one matrix, and the row that each row was exchanged with (from 1).
  func factorized() throws(Diagnostic) -> (factors: GraphTensor, pivots: GraphTensor) {
    let x = try operand(0), matrix = try matrices(x), type = x.elementType
    let rows = matrix.shape[1], columns = matrix.shape[2], count = indices.minimum(rows, columns)
    let start = graph.expandZero([matrix.shape[0], count], .i32)
    let results = try graph.loop(count, carrying: [matrix, start]) { (step, state) throws(Diagnostic) in
      let k = graph.index(step), source = graph.value(state[0])
      let magnitudeType = type.complexPart ?? type
      let magnitudes = graph.generate([matrix.shape[0], rows], magnitudeType) { b, p in
        let value = Field(b, type).magnitude(b.element(source, [p[0], p[1], k]))
        return b.select(b.compare(.less, p[1], k), b.scalar(-1, value.type), value)
      }
      let pivots = graph.extremeIndex(magnitudes, 1, maximum: true)
      let next = graph.map([Operand(pivots, [0]), Operand(state[0], [0, 1, 2])], shape: matrix.shape, type) { b, e in
        let field = Field(b, type), (batch, row, column) = (b.position(0), b.position(1), b.position(2))
        let pivot = b.asIndex(e[0])
        let isPivotRow = b.compare(.equal, row, k)
        let from = b.select(isPivotRow, pivot, b.select(b.compare(.equal, row, pivot), k, row))
        let own = b.element(source, [batch, from, column])
        let isBelow = b.compare(.greater, row, k)
        let divisor = b.element(source, [batch, pivot, k])
        // A column of zeros is left as it is.
        let isZero = b.compareFloats(.equal, field.magnitude(divisor), b.scalar(0, magnitudeType.type(b.context)))
        let factor = field.select(isZero, field.constant(0), field.divide(b.element(source, [batch, from, k]), divisor))
        let rest = field.subtract(own, field.multiply(factor, b.element(source, [batch, pivot, column])))
        let changed = field.select(b.compare(.equal, column, k), factor, field.select(b.compare(.greater, column, k), rest, own))
        return field.select(isBelow, changed, own)
      }
      let exchanges = graph.map([Operand(pivots, [0]), Operand(state[1], [0, 1])], shape: state[1].shape, .i32) { b, e in
        let number = b.value("arith.trunci", [b.plus(e[0], b.constant64(1))], type: .i32(b.context))
        return b.select(b.compare(.equal, b.position(1), k), number, e[1])
      }
      return [next, exchanges]
    }
    return (graph.reshape(results[0], to: x.shape), graph.reshape(results[1], to: x.shape.dropLast(2) + [count]))
  }

  // MARK: QR

  /// Householder's reflections of the operand's columns: R with the vectors below it, and their factors.
  func reflected() throws(Diagnostic) -> (matrix: GraphTensor, factors: GraphTensor) {
    let x = try operand(0)
    let (matrix, factors) = try reflected(try matrices(x))
    return (graph.reshape(matrix, to: x.shape), graph.reshape(factors, to: x.shape.dropLast(2) + [factors.shape[1]]))
  }

  /// As above, of `matrix` [batch, rows, columns].
  func reflected(_ matrix: GraphTensor) throws(Diagnostic) -> (matrix: GraphTensor, factors: GraphTensor) {
    let type = matrix.elementType
    guard !type.isComplex else { throw .unsupportedForm(self, "factors complex matrices") }
    let rows = matrix.shape[1], columns = matrix.shape[2], count = indices.minimum(rows, columns), batch = matrix.shape[0]
    let results = try graph.loop(count, carrying: [matrix, graph.expandZero([batch, count], type)]) { (step, state) throws(Diagnostic) in
      let k = graph.index(step), source = graph.value(state[0])
      let tail = graph.generate([batch, rows], type) { b, p in
        let value = b.element(source, [p[0], p[1], k])
        return b.select(b.compare(.greater, p[1], k), Scalars(b, type).multiply(value, value), b.scalar(0, value.type))
      }
      let norms = graph.value(graph.reduceAxes(tail, [1], type, initial: 0, combine: { $0.add($1, $2) }))
      // beta is the new element of the diagonal, tau the factor of the reflection, and the vector is divided by alpha - beta.
      func numbers(_ b: Builder, _ batch: Value) -> (alpha: Value, beta: Value, tau: Value) {
        let s = Scalars(b, type), alpha = b.element(source, [batch, k, k]), norm = b.element(norms, [batch])
        let length = s.call("math.sqrt", s.add(s.multiply(alpha, alpha), norm))
        let beta = s.negate(b.binary("math.copysign", length, alpha))
        let isTrivial = s.compare(.equal, norm, s.constant(0))
        let tau = s.divide(s.subtract(beta, alpha), beta)
        return (alpha, b.select(isTrivial, alpha, beta), b.select(isTrivial, s.constant(0), tau))
      }
      let vectors = graph.value(
        graph.generate([batch, rows], type) { b, p in
          let s = Scalars(b, type), n = numbers(b, p[0])
          let scaled = s.divide(b.element(source, [p[0], p[1], k]), s.subtract(n.alpha, n.beta))
          let own = b.select(s.compare(.equal, n.tau, s.constant(0)), s.constant(0), scaled)
          let below = b.select(b.compare(.greater, p[1], k), own, s.constant(0))
          return b.select(b.compare(.equal, p[1], k), s.constant(1), below)
        })
      let vector = GraphTensor(type, [batch, rows], value: vectors)
      let products = graph.contract(
        Operand(vector, [0, 2]), Operand(state[0], [0, 2, 1]), loops: 3, output: [0, 1], shape: [batch, columns])
      let sums = graph.value(products)
      let next = graph.map([Operand(state[0], [0, 1, 2]), Operand(vector, [0, 1])], shape: matrix.shape, type) { b, e in
        let s = Scalars(b, type), (batch, row, column) = (b.position(0), b.position(1), b.position(2))
        let n = numbers(b, batch)
        let reflected = s.subtract(e[0], s.multiply(s.multiply(n.tau, e[1]), b.element(sums, [batch, column])))
        let ofColumn = b.select(b.compare(.equal, row, k), n.beta, b.select(b.compare(.greater, row, k), e[1], e[0]))
        let isPivot = b.compare(.equal, column, k), isRight = b.compare(.greater, column, k)
        return b.select(isPivot, ofColumn, b.select(isRight, reflected, e[0]))
      }
      let factors = graph.map([Operand(state[1], [0, 1])], shape: state[1].shape, type) { b, e in
        b.select(b.compare(.equal, b.position(1), k), numbers(b, b.position(0)).tau, e[0])
      }
      return [next, factors]
    }
    return (results[0], results[1])
  }

  /// The orthogonal matrix that reflections make, in the shape of the operand.
  func orthogonal() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), given = try operand(1), matrix = try matrices(x), type = x.elementType
    guard !type.isComplex, given.elementType == type, given.rank == x.rank - 1, let count = given.shape.last else {
      throw .operandTypes(self, expected: "a matrix of floats, and the factors of its reflections")
    }
    let factors = graph.reshape(given, to: [matrix.shape[0], count])
    return graph.reshape(try orthogonal(matrix, factors, columns: matrix.shape[2]), to: x.shape)
  }

  /// The first `columns` columns of the product of the reflections whose vectors stand below the diagonal of `matrix` [batch, rows, n].
  func orthogonal(_ matrix: GraphTensor, _ factors: GraphTensor, columns: IndexExpression) throws(Diagnostic) -> GraphTensor {
    let batch = matrix.shape[0], rows = matrix.shape[1], count = factors.shape[1], type = matrix.elementType
    let factors = graph.value(factors), vectors = graph.value(matrix)
    let unit = graph.generate([batch, rows, columns], type) { b, p in
      Scalars(b, type).convert(b.compare(.equal, p[1], p[2]), from: .bool)
    }
    return try graph.loop(count, carrying: [unit]) { (step, state) throws(Diagnostic) in
      let k = graph.index(count - 1 - step)
      let vector = graph.generate([batch, rows], type) { b, p in
        let own = b.element(vectors, [p[0], p[1], k])
        let below = b.select(b.compare(.greater, p[1], k), own, b.scalar(0, own.type))
        return b.select(b.compare(.equal, p[1], k), b.scalar(1, own.type), below)
      }
      let sums = graph.value(
        graph.contract(Operand(vector, [0, 2]), Operand(state[0], [0, 2, 1]), loops: 3, output: [0, 1], shape: [batch, columns]))
      return [
        graph.map([Operand(state[0], [0, 1, 2]), Operand(vector, [0, 1])], shape: unit.shape, type) { b, e in
          let s = Scalars(b, type), (batch, column) = (b.position(0), b.position(2))
          let step = s.multiply(s.multiply(b.element(factors, [batch, k]), e[1]), b.element(sums, [batch, column]))
          return s.subtract(e[0], step)
        }
      ]
    }[0]
  }
}
