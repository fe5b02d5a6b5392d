import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// The calls of LAPACK that JAX makes on CPUs, by the names of their targets.
  static let lapackCalls: [String: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue]] = {
    var calls: [String: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue]] = [:]
    for letter in ["s", "d", "c", "z"] {
      calls["lapack_\(letter)potrf_ffi"] = choleskyCall
      calls["lapack_\(letter)getrf_ffi"] = factorizationCall
      calls["lapack_\(letter)trsm_ffi"] = solutionCall
    }
    for letter in ["s", "d"] {
      calls["lapack_\(letter)geqrf_ffi"] = reflectionCall
      calls["lapack_\(letter)orgqr_ffi"] = orthogonalCall
      calls["lapack_\(letter)syevd_ffi"] = eigenvectorCall
      calls["lapack_\(letter)gesdd_ffi"] = singularValueCall
    }
    for letter in ["c", "z"] { calls["lapack_\(letter)heevd_ffi"] = eigenvectorCall }
    return calls
  }()

  private static let choleskyCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    let factor = try node.cholesky(isLower: try node.letter("uplo", "L", "U"))
    return [.tensor(factor), .tensor(node.failure(of: factor) { b, value in b.isNaN(value) })]
  }

  private static let factorizationCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    let (factors, pivots) = try node.factorized()
    let status = node.failure(of: factors) { b, value in b.compareFloats(.equal, value, b.scalar(0, value.type)) }
    return [.tensor(factors), .tensor(pivots), .tensor(status)]
  }

  private static let solutionCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    let form = try node.character("trans_x")
    return [
      .tensor(
        try node.triangularSolve(
          isLeft: try node.letter("side", "L", "R"), isLower: try node.letter("uplo", "L", "U"),
          hasUnitDiagonal: try node.letter("diag", "U", "N"), isTransposed: form != "N", isAdjoint: form == "C"))
    ]
  }

  private static let reflectionCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    let (matrix, factors) = try node.reflected()
    return [.tensor(matrix), .tensor(factors)]
  }

  private static let orthogonalCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    [.tensor(try node.orthogonal())]
  }

  private static let eigenvectorCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    let (vectors, numbers) = try node.eigenvectors(isLower: try node.letter("uplo", "L", "U"))
    return [.tensor(vectors), .tensor(numbers), .tensor(node.failure(ofAny: numbers))]
  }

  private static let singularValueCall: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue] = { (node) throws(Diagnostic) in
    let matrix = try node.operand(0), mode = try node.character("mode")
    guard ["A", "S", "N"].contains(mode) else { throw .invalidAttribute(node, "mode", mode, expected: "A, S or N") }
    let factors = try node.singularFactors(isFull: mode == "A")
    // Without vectors, the call's results are memory that LAPACK has no use for.
    let places = try (2..<4).map { (place) throws(Diagnostic) in try node.unusedResult(place, batchOf: matrix) }
    let (left, right) = mode == "N" ? (places[0], places[1]) : (factors.left, factors.right)
    return [.tensor(matrix), .tensor(factors.numbers), .tensor(left), .tensor(right), .tensor(node.failure(ofAny: factors.numbers))]
  }

  /// The letter that a setting of the call is.
  private func character(_ name: String) throws(Diagnostic) -> String {
    guard let settings = source.attributes["mhlo.backend_config"]?.dictionary ?? source.attributes["backend_config"]?.dictionary,
      let code = settings[name]?.integer, let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: code))
    else { throw .invalidAttribute(self, name, "nothing", expected: "a letter") }
    return String(Character(scalar))
  }

  /// `true` iff a setting is the first of two letters.
  private func letter(_ name: String, _ first: String, _ second: String) throws(Diagnostic) -> Bool {
    let letter = try character(name)
    guard letter == first || letter == second else { throw .invalidAttribute(self, name, letter, expected: "\(first) or \(second)") }
    return letter == first
  }

  /// What LAPACK calls info: the number (from 1) of the first element of the diagonal that fails, else 0.
  private func failure(of matrix: GraphTensor, _ fails: (Builder, Value) -> Value) -> GraphTensor {
    let outer = Array(matrix.shape.dropLast(2)), type = matrix.elementType
    let count = indices.minimum(matrix.shape[matrix.rank - 2], matrix.shape[matrix.rank - 1])
    let source = graph.value(matrix)
    let numbers = graph.generate(outer + [count], .i64) { b, position in
      let place = position[position.count - 1]
      let value = b.element(source, position + [place])
      let part = type.isComplex ? b.value("complex.re", [value], type: value.type.complexElement) : value
      return b.select(fails(b, part), b.plus(b.i64(place), b.constant64(1)), b.constant64(Int.max))
    }
    let first = graph.reduceAxes(numbers, [outer.count], .i64, initial: .infinity, combine: { $0.minimum($1, $2) })
    return graph.map([Operand(first, outer.indices.map { $0 })], shape: outer, .i32) { b, e in
      let isNone = b.compare(.equal, e[0], b.constant64(Int.max))
      return b.value("arith.trunci", [b.select(isNone, b.constant64(0), e[0])], type: .i32(b.context))
    }
  }

  /// As above, of methods that only fail where a number of a row is NaN: 1 there, else 0.
  private func failure(ofAny numbers: GraphTensor) -> GraphTensor {
    let flags = graph.map([Operand(numbers, numbers.shape.indices.map { $0 })], shape: numbers.shape, .i32) { b, e in
      b.value("arith.extui", [b.isNaN(e[0])], type: .i32(b.context))
    }
    return graph.reduceAxes(flags, [numbers.rank - 1], .i32, initial: 0, combine: { $0.maximum($1, $2) })
  }

  /// Zeros in place of a result that the call leaves open: matrices of the batch that `x` is.
  private func unusedResult(_ i: Int, batchOf x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let sizes = try resultSizes(i), outer = Array(x.shape.dropLast(2))
    let inner = sizes.suffix(2).compactMap { $0.map { IndexExpression($0) } }
    guard sizes.count == x.rank, inner.count == 2 else { throw .unsupportedForm(self, "leaves a matrix of unknown sizes open") }
    return graph.expandZero(outer + inner, try resultElement(i))
  }
}
