import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Probabilities of classes from scores of pairs of classes, as libsvm estimates them (Wu, Lin and Weng, 2004, second method).
struct PairwiseProbabilities {
  let node: Node
  let classes: Int
  /// For each pair of classes, i < j in order, the factor and the summand of the logistic function.
  let factors: [Float]
  let summands: [Float]
  private var graph: GraphBuilder { node.graph }
  private var count: IndexExpression { IndexExpression(classes) }

  /// libsvm ends its iteration at a difference of 0.005 / classes, and after this many steps.
  private var steps: Int { max(100, classes) }

  /// [rows, classes] for `scores` [rows, pairs].
  func estimate(_ scores: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let rows = scores.shape[0], row = [rows], shape = [rows, count]
    let matrix = matrix(pairs(scores))
    let source = graph.value(matrix)
    let all: [Int?] = [0, 1], bound = 0.005 / Double(classes)
    func rowwise(_ operands: [GraphTensor], _ shape: [IndexExpression], _ body: (Scalars, [Value]) -> Value) -> GraphTensor {
      graph.map(operands.map { Operand($0, Array(all.prefix($0.rank))) }, shape: shape, .f32) { body(Scalars($0, .f32), $1) }
    }
    let start = graph.generate(shape, .f32) { b, _ in Scalars(b, .f32).constant(1 / Double(classes)) }
    return try graph.loop(IndexExpression(steps), carrying: [start]) { (_, carried) throws(Diagnostic) in
      let old = carried[0]
      var chances = old
      var slopes = graph.contract(Operand(matrix, [0, 1, 2]), Operand(old, [0, 2]), loops: 3, output: [0, 1], shape: shape)
      let products = rowwise([old, slopes], shape) { $0.multiply($1[0], $1[1]) }
      var mean = graph.reduceAxes(products, [1], .f32, initial: 0, combine: { $0.add($1, $2) })
      let distances = rowwise([slopes, mean], shape) { $0.call("math.absf", $0.subtract($1[0], $1[1])) }
      let error = graph.reduceAxes(distances, [1], .f32, initial: 0, combine: { $0.maximum($1, $2) })
      for t in 0..<classes {
        let slope = node.element(IndexExpression(t), of: slopes, axis: 1)
        func own(_ s: Scalars) -> Value { s.builder.element(source, [s.builder.position(0), s.builder.index(t), s.builder.index(t)]) }
        let step = rowwise([mean, slope], row) { s, e in s.divide(s.subtract(e[0], e[1]), own(s)) }
        mean = rowwise([mean, step, slope], row) { s, e in
          let whole = s.add(s.constant(1), e[1])
          let change = s.multiply(e[1], s.add(s.multiply(e[1], own(s)), s.multiply(s.constant(2), e[2])))
          return s.divide(s.add(e[0], change), s.multiply(whole, whole))
        }
        chances = rowwise([chances, step], shape) { s, e in
          let isHere = s.builder.compare(.equal, s.builder.position(1), s.builder.index(t))
          return s.divide(s.add(e[0], s.select(isHere, e[1], s.constant(0))), s.add(s.constant(1), e[1]))
        }
        slopes = rowwise([slopes, step], shape) { s, e in
          let other = s.builder.element(source, [s.builder.position(0), s.builder.index(t), s.builder.position(1)])
          return s.divide(s.add(e[0], s.multiply(e[1], other)), s.add(s.constant(1), e[1]))
        }
      }
      // Rows that are near enough stay as they are, here and in every later step.
      return [rowwise([old, chances, error], shape) { s, e in s.select(s.compare(.less, e[2], s.constant(bound)), e[0], e[1]) }]
    }[0]
  }

  /// The probability of class i where it is i or j, [rows, i, j]; 0 on the diagonal.
  private func pairs(_ scores: GraphTensor) -> GraphTensor {
    var numbers = Array(repeating: 0, count: classes * classes)
    var number = 0
    for i in 0..<classes {
      for j in (i + 1)..<max(classes, i + 1) {
        numbers[i * classes + j] = number
        numbers[j * classes + i] = number
        number += 1
      }
    }
    let places = graph.value(node.table(numbers)), source = graph.value(scores)
    let lists = [graph.value(node.table(factors, [factors.count])), graph.value(node.table(summands, [summands.count]))]
    return graph.generate([scores.shape[0], count, count], .f32) { b, p in
      let s = Scalars(b, .f32)
      let pair = b.asIndex(b.element(places, [b.plus(b.times(p[1], b.index(classes)), p[2])]))
      let score = b.element(source, [p[0], pair])
      let logit = s.add(s.multiply(score, b.element(lists[0], [pair])), b.element(lists[1], [pair]))
      let chance = s.minimum(s.maximum(s.sigmoid(s.negate(logit)), s.constant(1e-7)), s.constant(1 - 1e-7))
      let own = s.select(b.compare(.less, p[1], p[2]), chance, s.subtract(s.constant(1), chance))
      return s.select(b.compare(.equal, p[1], p[2]), s.constant(0), own)
    }
  }

  /// The matrix of the quadratic form whose minimum the probabilities are: sums of squares of columns, and minus products of opposite elements.
  private func matrix(_ pairs: GraphTensor) -> GraphTensor {
    let squares = graph.reduceAxes(pairs, [1], .f32, initial: 0, combine: { $0.add($1, $2) }, body: { $0.multiply($1, $1) })
    let operands = [Operand(pairs, [0, 1, 2]), Operand(pairs, [0, 2, 1]), Operand(squares, [0, 1])]
    return graph.map(operands, shape: pairs.shape, .f32) { b, e in
      let s = Scalars(b, .f32)
      return s.select(b.compare(.equal, b.position(1), b.position(2)), e[2], s.negate(s.multiply(e[0], e[1])))
    }
  }
}
