import TesseraMLIR

/// Rewrites `linalg.softmax`, which upstream does not generalize, as its passes over the rows.
///
/// Before: %y = linalg.softmax dimension(1) ins(%x : tensor<?x384xf32>) ...
/// After:  generics: maximum of a row; exp(x - maximum); sum of a row; quotient
///
/// Requires: nothing.
/// Ensures: no linalg.softmax remains. Dispatch creation makes the passes one dispatch.
struct DecomposeSoftmax {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// `true` iff there was something to rewrite.
  func run() -> Bool {
    let found = module.functions.flatMap { $0.descendants.filter { $0.name == "linalg.softmax" && $0.resultCount == 1 } }
    for op in found { decompose(op) }
    return !found.isEmpty
  }

  private func decompose(_ op: Operation) {
    let b = Builder(context, before: op)
    let x = op.operand(0), type = x.type, rank = type.rank, element = type.element
    let axis = op.attribute("dimension")!.integerValue!
    let kept = (0..<rank).filter { $0 != axis }
    let all = AffineMap.identity(rank, context)
    let row = AffineMap.projection(rank: rank, kept, context)
    let sizes = (0..<rank).map { type.shape[$0] == Type.dynamic ? b.dimension(x, $0) : nil }
    let empty = b.empty(.tensor(type.shape, element), sizes.compactMap { $0 })
    let emptyRow = b.empty(.tensor(kept.map { type.shape[$0] }, element), kept.compactMap { sizes[$0] })

    func reduce(_ input: Value, from neutral: Double, _ combiner: String) -> Value {
      var iterators = [IteratorKind](repeating: .parallel, count: rank)
      iterators[axis] = .reduction
      let start = b.fill(b.scalar(neutral, element), emptyRow)
      return b.generic(inputs: [input], outputs: [start], maps: [all, row], iterators: iterators) { inner, arguments in
        [inner.binary(combiner, arguments[1], arguments[0])]
      }.result(0)
    }
    func combine(_ input: Value, _ rows: Value, _ body: @escaping (Builder, Value, Value) -> Value) -> Value {
      b.generic(
        inputs: [input, rows], outputs: [empty], maps: [all, row, all], iterators: .init(repeating: .parallel, count: rank)
      ) { inner, arguments in [body(inner, arguments[0], arguments[1])] }.result(0)
    }

    let maximum = reduce(x, from: -.infinity, "arith.maxnumf")
    let exponentials = combine(x, maximum) { inner, element, maximum in
      inner.approximateExponential(inner.binary("arith.subf", element, maximum))
    }
    let sum = reduce(exponentials, from: 0, "arith.addf")
    let result = combine(exponentials, sum) { inner, element, sum in inner.binary("arith.divf", element, sum) }
    op.result(0).replaceAllUses(with: result)
    op.erase()
  }
}
