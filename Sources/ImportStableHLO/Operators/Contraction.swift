import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// Products over the dimensions that both operands name; the result has batches, then the rest of the first, then of the second.
  func dotGeneral() throws(Diagnostic) -> GraphTensor {
    let a = try operand(0), b = try operand(1)
    let batches = (
      try dimensions("lhs_batching_dimensions", rank: a.rank), try dimensions("rhs_batching_dimensions", rank: b.rank)
    )
    let sums = (
      try dimensions("lhs_contracting_dimensions", rank: a.rank), try dimensions("rhs_contracting_dimensions", rank: b.rank)
    )
    return try contraction(a, b, batches, sums)
  }

  /// A product of vectors and matrices.
  func dot() throws(Diagnostic) -> GraphTensor {
    let a = try operand(0), b = try operand(1)
    guard (1...2).contains(a.rank), (1...2).contains(b.rank) else { throw .shapesDisagree(self, a, b, "expected vectors and matrices") }
    return try contraction(a, b, ([], []), ([a.rank - 1], [0]))
  }

  private func contraction(_ a: GraphTensor, _ b: GraphTensor, _ batches: ([Int], [Int]), _ sums: ([Int], [Int]))
    throws(Diagnostic) -> GraphTensor
  {
    guard batches.0.count == batches.1.count, sums.0.count == sums.1.count, Set(batches.0 + sums.0).count == batches.0.count + sums.0.count,
      Set(batches.1 + sums.1).count == batches.1.count + sums.1.count
    else { throw .shapesDisagree(self, a, b, "the batching and contracting dimensions do not pair up") }
    let free = (
      a.shape.indices.filter { !(batches.0 + sums.0).contains($0) }, b.shape.indices.filter { !(batches.1 + sums.1).contains($0) }
    )
    // Loops: batches, rows, columns, sums.
    var loopsOfA = [Int?](repeating: nil, count: a.rank), loopsOfB = [Int?](repeating: nil, count: b.rank)
    var shape: [IndexExpression] = []
    func pair(_ x: Int, _ y: Int, _ loop: Int) throws(Diagnostic) -> IndexExpression {
      (loopsOfA[x], loopsOfB[y]) = (loop, loop)
      guard let size = graph.unify(a.shape[x], b.shape[y], "dimension \(x) of the first and \(y) of the second operand") else {
        throw .shapesDisagree(self, a, b, "dimension \(x) of the first and \(y) of the second differ")
      }
      return size
    }
    for (x, y) in zip(batches.0, batches.1) { shape.append(try pair(x, y, shape.count)) }
    for x in free.0 {
      loopsOfA[x] = shape.count
      shape.append(a.shape[x])
    }
    for y in free.1 {
      loopsOfB[y] = shape.count
      shape.append(b.shape[y])
    }
    let outer = shape.count
    for (i, (x, y)) in zip(sums.0, sums.1).enumerated() { _ = try pair(x, y, outer + i) }
    return try product(Operand(a, loopsOfA), Operand(b, loopsOfB), outer + sums.0.count, Array(0..<outer), shape)
  }

  /// A sum of products in the result's type, formed in its accumulator.
  func product(_ a: Operand, _ b: Operand, _ loops: Int, _ output: [Int], _ shape: [IndexExpression]) throws(Diagnostic) -> GraphTensor {
    let type = try resultElement(), types = [a, b].map(\.tensor.elementType)
    let isComplex = type.isComplex
    guard types.allSatisfy({ $0.isComplex == isComplex && (!isComplex || $0 == type) }), type.packing == 1 || type.isAnyFloat else {
      throw .operandTypes(self, expected: "numbers that \(type.stableHLOName) holds")
    }
    if type == .bool { return try booleanProduct(a, b, loops, output, shape) }
    let wide = type.isSmall ? .f32 : type.accumulator
    let start = zeros(wide, shape)
    let sum = graph.reduction([a, b], loops: loops, output: output, start) { builder, x, accumulator in
      if isComplex {
        let product = builder.value("complex.mul", [x[0], x[1]], type: x[0].type)
        return builder.value("complex.add", [accumulator, product], type: product.type)
      }
      let s = Scalars(builder, wide)
      return s.add(accumulator, s.multiply(s.convert(x[0], from: types[0]), s.convert(x[1], from: types[1])))
    }
    if !type.isSmall { return graph.convert(sum, to: type) }
    return graph.map([Operand(sum, shape.indices.map { $0 })], shape: shape, type) { b, e in
      Scalars(b, type).convert(e[0], from: wide, narrowing: Narrowing(saturates: false))
    }
  }

  /// Whether there is a pair of which both are true.
  private func booleanProduct(_ a: Operand, _ b: Operand, _ loops: Int, _ output: [Int], _ shape: [IndexExpression])
    throws(Diagnostic) -> GraphTensor
  {
    guard a.tensor.elementType == .bool, b.tensor.elementType == .bool else { throw .operandTypes(self, expected: "booleans") }
    return graph.reduction([a, b], loops: loops, output: output, zeros(.bool, shape)) { builder, x, any in
      builder.binary("arith.ori", any, builder.binary("arith.andi", x[0], x[1]))
    }
  }

  /// A tensor of zeros that a reduction starts with.
  func zeros(_ type: ElementType, _ shape: [IndexExpression]) -> GraphTensor {
    if type.isComplex { return graph.generate(shape, type) { b, _ in b.number(0, type) } }
    let b = graph.builder
    return GraphTensor(type, shape, value: b.fill(b.number(0, type), graph.empty(type, shape)))
  }
}

extension GraphBuilder {
  /// A reduction into `start`, whose dimensions are the loops `output`: `body` gets the elements of the operands and what there is so far.
  func reduction(
    _ operands: [Operand], loops: Int, output: [Int], _ start: GraphTensor, body: (Builder, [Value], Value) -> Value
  ) -> GraphTensor {
    let operation = builder.generic(
      inputs: operands.map { value($0.tensor) }, outputs: [value(start)],
      maps: operands.map { $0.map(loops: loops, context) } + [.projection(rank: loops, output, context)],
      iterators: (0..<loops).map { output.contains($0) ? .parallel : .reduction }
    ) { inner, arguments in [body(inner, Array(arguments.dropLast()), arguments[arguments.count - 1])] }
    return GraphTensor(start.elementType, start.shape, value: operation.result(0))
  }
}
