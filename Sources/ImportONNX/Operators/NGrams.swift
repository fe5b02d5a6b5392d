import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// The n-grams of one length that `TfIdfVectorizer` looks for.
private struct NGrams {
  /// The numbers of an n-gram.
  let length: Int
  /// The n-grams, one after the other.
  var items: [Int] = []
  /// Where each is counted.
  var coordinates: [Int] = []

  /// The n-grams of numbers of `pool` that the attributes of `node` list, of the lengths that it asks for.
  static func all(_ node: Node, _ pool: [Int]) throws(Diagnostic) -> [NGrams] {
    let starts = node.integers("ngram_counts") ?? [], coordinates = node.integers("ngram_indexes") ?? []
    let least = node.integer("min_gram_length", default: 1), most = node.integer("max_gram_length", default: 1)
    guard least >= 1, least <= most else {
      throw .invalidAttribute(node, "min_gram_length", "\(least)", expected: "a number from 1 to max_gram_length, \(most)")
    }
    var result: [NGrams] = []
    var number = 0
    for (i, start) in starts.enumerated() {
      let end = i + 1 < starts.count ? starts[i + 1] : pool.count
      guard start >= 0, start <= end, end <= pool.count, (end - start) % (i + 1) == 0 else {
        throw .invalidAttribute(node, "ngram_counts", "\(starts)", expected: "the ordered places of the first n-gram of each length")
      }
      let count = (end - start) / (i + 1)
      guard number + count <= coordinates.count else {
        throw .invalidAttribute(node, "ngram_indexes", "a list of \(coordinates.count)", expected: "a number for each n-gram")
      }
      if (least...most).contains(i + 1), count > 0 {
        let own = Array(coordinates[number..<number + count])
        result.append(NGrams(length: i + 1, items: Array(pool[start..<end]), coordinates: own))
      }
      number += count
    }
    return result
  }
}

extension Node {
  /// A constant i64 tensor.
  fileprivate func table(_ numbers: [Int], _ shape: [Int]) -> GraphTensor {
    GraphTensor(
      .i64, shape.map { IndexExpression($0) }, constant: .owned(numbers.withUnsafeBytes { Array($0) }))
  }

  /// `x` and the pool of n-grams as numbers, which stand for strings if they are.
  fileprivate func numbered(_ x: GraphTensor) throws(Diagnostic) -> (GraphTensor, pool: [Int]) {
    if let pool = integers("pool_int64s"), x.elementType.isInteger { return (graph.convert(x, to: .i64), pool) }
    guard x.elementType == .string, let pool = try texts("pool_strings") else {
      throw .wrongType(self, x, expected: "what its n-grams are of: integers or strings")
    }
    let numbers = StringNumbers()
    // 0 is the empty string, whether the pool has it or not.
    let known = pool.map(numbers.number)
    return (graph.find(x, in: table([""] + numbers.texts)), known)
  }

  /// How often each of `grams` stands in each row of the i64 `x` [rows, length], its numbers 1 to `reach` places apart: [rows, n-grams].
  fileprivate func occurrences(_ grams: NGrams, in x: GraphTensor, reach: Int) -> GraphTensor {
    let count = IndexExpression(grams.coordinates.count)
    let source = graph.value(x), wanted = graph.value(table(grams.items, [grams.coordinates.count, grams.length]))
    let length = graph.index(x.shape[1])
    let loops = Operand(graph.extent([x.shape[0], count, x.shape[1]]), [0, 1, 2])
    return graph.reduce([loops], loops: 3, output: [0, 1], shape: [x.shape[0], count], .i64, initial: 0) { b, _, total in
      let row = b.position(0), gram = b.position(1), first = b.position(2)
      // A single number is the same at any distance.
      return (1...(grams.length == 1 ? 1 : reach)).reduce(total) { sum, distance in
        let isInside = b.compare(.less, b.plus(first, b.index((grams.length - 1) * distance)), length)
        let found = b.conditional(isInside, type: .i64(b.context)) { b in
          let matches = (0..<grams.length).map { i -> Value in
            let number = b.element(source, [row, b.plus(first, b.index(i * distance))])
            return b.compare(.equal, number, b.element(wanted, [gram, b.index(i)]))
          }
          return b.value("arith.extui", [matches.dropFirst().reduce(matches[0], b.and)], type: .i64(b.context))
        } else: {
          $0.constant64(0)
        }
        return b.plus(sum, found)
      }
    }
  }
}

/// `TfIdfVectorizer`: counts n-grams, and weighs the counts by coordinate, as the reference implementation and ONNX Runtime do.
let lowerTfIdfVectorizer: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0, ranks: 1...2)
  let graph = node.graph
  let (numbers, pool) = try node.numbered(given)
  let skips = node.integer("max_skip_count", default: 0)
  guard (0...64).contains(skips) else { throw .invalidAttribute(node, "max_skip_count", "\(skips)", expected: "a number from 0 to 64") }
  let coordinates = node.integers("ngram_indexes") ?? []
  guard let last = coordinates.max(), coordinates.allSatisfy({ (0..<Int(Int32.max)).contains($0) }) else {
    throw .invalidAttribute(node, "ngram_indexes", "\(coordinates)", expected: "numbers of at least 0")
  }
  let size = IndexExpression(last + 1)
  let length = given.shape[given.rank - 1]
  let x = graph.reshape(numbers, to: [given.rank == 1 ? .one : given.shape[0], length])
  let rows = x.shape[0]
  var frequencies = graph.expandZero([rows, size], .i64)
  for grams in try NGrams.all(node, pool) {
    let counts = node.occurrences(grams, in: x, reach: skips + 1)
    let places = node.table(grams.coordinates, [grams.coordinates.count])
    let placed = graph.reduce(
      [Operand(counts, [0, 2]), Operand(places, [2]), Operand(graph.extent([size]), [1])], loops: 3, output: [0, 1],
      shape: [rows, size],
      .i64, initial: 0
    ) { b, e, sum in b.plus(sum, b.select(b.compare(.equal, e[1], b.i64(b.position(1))), e[0], b.constant64(0))) }
    frequencies = try graph.elementwise([frequencies, placed], .i64) { $0.plus($1[0], $1[1]) }
  }
  let mode = node.string("mode", default: "TF")
  guard ["TF", "IDF", "TFIDF"].contains(mode) else { throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "TF, IDF or TFIDF") }
  var operands = [Operand(frequencies, [0, 1])]
  if mode != "TF", let weights = node.floats("weights"), !weights.isEmpty {
    guard weights.count > last else {
      throw .invalidAttribute(node, "weights", "a list of \(weights.count)", expected: "a number for each coordinate")
    }
    let bytes = weights[...last].withUnsafeBytes { Array($0) }
    operands.append(Operand(GraphTensor(.f32, [size], constant: .owned(bytes)), [1]))
  }
  let result = graph.map(operands, shape: [rows, size], .f32) { b, e in
    let s = Scalars(b, .f32)
    let count = s.convert(e[0], from: .i64)
    let term = mode == "IDF" ? s.minimum(count, s.constant(1)) : count
    return e.count == 2 ? s.multiply(term, e[1]) : term
  }
  return [given.rank == 1 ? graph.reshape(result, to: [size]) : result]
}
