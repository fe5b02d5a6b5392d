import TesseraModuleFormat

/// Which operators of a model read from which.
struct OperatorGraph {
  let operators: [SourceOperator]
  /// The number of the operator that gives each value.
  private let makers: [String: Int]

  init(_ operators: [SourceOperator]) {
    self.operators = operators
    var makers: [String: Int] = [:]
    for (number, item) in operators.enumerated() { for name in item.results { makers[name] = number } }
    self.makers = makers
  }

  /// The operator that gives the value `name`.
  func maker(of name: String) -> Int? { makers[name] }

  /// The operators whose values `number` reads, in order; behind one whose values no function returns, those that it reads from.
  func sources(of number: Int) -> [Int] { reached(from: number) { !operators[$0].returnable.isEmpty } }

  /// All operators that can be asked for their values and on which those of `number` depend, in order; itself is the last one.
  func ancestors(of number: Int) -> [Int] {
    reached(from: number) { _ in false }.filter { !operators[$0].returnable.isEmpty } + [number]
  }

  /// The operators that are reached against the direction of the data, without `start`, in order; what lies behind one that `stops` is not.
  private func reached(from start: Int, stops: (Int) -> Bool) -> [Int] {
    var found: Set<Int> = [start]
    var open = [start]
    while let number = open.popLast() {
      for name in operators[number].operands {
        // A value that is read before it is given is not of this graph.
        guard let maker = makers[name], maker < number, found.insert(maker).inserted, !stops(maker) else { continue }
        open.append(maker)
      }
    }
    found.remove(start)
    return found.sorted()
  }

  /// Returns an operator that differs where none that it reads from does. `last` is known to differ, and `differs` tells of others.
  ///
  /// Values behind a wrong one are mostly wrong too, so that halving finds the place on one way through the graph; what the operator there reads
  /// is asked about then, since a value on another way may have been wrong before.
  func firstDifference(endingAt last: Int, differs: (Int) throws -> Bool) rethrows -> Int {
    var culprit = last
    while true {
      let candidates = ancestors(of: culprit)
      var low = 0
      var high = candidates.count - 1
      while low < high {
        let middle = (low + high) / 2
        if try differs(candidates[middle]) { high = middle } else { low = middle + 1 }
      }
      culprit = candidates[high]
      guard let earlier = try sources(of: culprit).first(where: differs) else { return culprit }
      culprit = earlier
    }
  }
}
