internal import TesseraLoopNests
package import TesseraMLIR

/// The work of the source operators of an executable function, as parts of its whole.
///
/// Each structured operation counts the points of its loops, sizes that are not known as `unknownSize`, times the operations of its body, at least one;
/// mathematical functions count `mathWork`, for the dozen steps of a polynomial. What comes of several operators is split evenly.
package struct OperatorWork: Sendable {
  /// The operators in the order of the function's location, each with its work, in no unit.
  package private(set) var operators: [(name: String, work: Double)]

  private static let unknownSize = 64.0
  private static let mathWork = 12.0

  /// Estimates the work of a function.
  package init(_ function: Operation) {
    operators = function.location.namesInModules.map { ($0, 0) }
    for op in function.body()?.operations.compactMap(StructuredOp.init) ?? [] {
      let names = op.operation.location.namesInModules
      let work = Self.points(op) * Self.steps(op)
      for index in operators.indices where names.contains(operators[index].name) { operators[index].work += work / Double(names.count) }
    }
  }

  /// The points of the loops.
  private static func points(_ op: StructuredOp) -> Double {
    var sizes = [Double?](repeating: nil, count: op.loopCount)
    for (map, operand) in zip(op.maps, op.operation.operands) where operand.type.isTensor {
      let shape = operand.type.shape
      for (position, loop) in map.results.map(\.asDimension).enumerated() {
        guard let loop, position < shape.count, shape[position] != Type.dynamic else { continue }
        sizes[loop] = Double(shape[position])
      }
    }
    return sizes.reduce(1) { $0 * ($1 ?? unknownSize) }
  }

  /// The steps at each point.
  private static func steps(_ op: StructuredOp) -> Double {
    if op.worksOnRows { return 1 }
    return max(1, op.body.operations.reduce(0) { $0 + ($1.name.hasPrefix("math.") ? mathWork : $1.name.hasPrefix("arith.") ? 1 : 0) })
  }
}
