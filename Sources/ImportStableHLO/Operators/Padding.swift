import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Padding of one dimension: before, behind, and between its elements; negative amounts cut off.
struct PaddedDimension {
  var low: IndexExpression
  var high: IndexExpression
  var interior: Int

  static let limit = 1 << 31
  static let none = PaddedDimension(low: .zero, high: .zero, interior: 0)

  init(low: IndexExpression, high: IndexExpression, interior: Int) { (self.low, self.high, self.interior) = (low, high, interior) }

  init(low: Int, high: Int, interior: Int) { self.init(low: IndexExpression(low), high: IndexExpression(high), interior: interior) }

  var isIdentity: Bool { low == .zero && high == .zero && interior == 0 }

  /// The size of what had `size` elements.
  func size(_ size: IndexExpression, _ indices: IndexTable) -> IndexExpression {
    let spread = interior == 0 ? size : size + indices.maximum(size - 1, .zero) * interior
    return indices.maximum(spread + low + high, .zero)
  }
}

extension StableHLONode {
  func padOperand() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), filler = try operand(1)
    guard filler.rank == 0, filler.elementType == x.elementType else {
      throw .operandTypes(self, expected: "a tensor and a scalar of its type")
    }
    let bounds = -PaddedDimension.limit...PaddedDimension.limit
    let low = try integers("edge_padding_low", count: x.rank, default: 0, in: bounds)
    let high = try integers("edge_padding_high", count: x.rank, default: 0, in: bounds)
    let interior = try integers("interior_padding", count: x.rank, default: 0, in: 0...PaddedDimension.limit)
    return try pad(x, x.shape.indices.map { PaddedDimension(low: low[$0], high: high[$0], interior: interior[$0]) }, filler)
  }

  /// `x` with padding of the scalar `filler`.
  func pad(_ x: GraphTensor, _ dimensions: [PaddedDimension], _ filler: GraphTensor) throws(Diagnostic) -> GraphTensor {
    if dimensions.allSatisfy(\.isIdentity) { return x }
    let shape = zip(x.shape, dimensions).map { $1.size($0, indices) }
    guard Type.isPossible(shape.compactMap(\.known)) else { throw .impossibleShape(self, "\(shape.map { $0.known ?? -1 })") }
    let scalar: (Builder) -> Value
    if let known = filler.knownScalar {
      scalar = { $0.scalar(known, filler.elementType.type($0.context)) }
    } else {
      let tensor = graph.value(filler)
      scalar = { $0.element(tensor, []) }
    }
    if dimensions.allSatisfy({ $0.interior == 0 && indices.isAtLeast(0, $0.low) && indices.isAtLeast(0, $0.high) }) {
      return graph.pad(x, begins: dimensions.map(\.low), shape: shape, filler: scalar)
    }
    if dimensions.allSatisfy({ $0.interior == 0 && indices.isAtLeast(0, -$0.low) && indices.isAtLeast(0, -$0.high) }) {
      return slice(x, dimensions.map { -$0.low }, dimensions.map { _ in 1 }, shape)
    }
    let source = graph.value(x), sizes = x.shape.map(graph.index), starts = dimensions.map { graph.index($0.low) }
    return graph.generate(shape, x.elementType) { b, position in
      var isInside: Value?
      var read = position
      for (axis, dimension) in dimensions.enumerated() where !dimension.isIdentity {
        let shifted = b.minus(position[axis], starts[axis])
        let step = b.index(dimension.interior + 1)
        // What lies before the first element is a large number without a sign.
        let place = dimension.interior == 0 ? shifted : b.binary("arith.divui", shifted, step)
        isInside = b.and(isInside, b.compare(.unsignedLess, place, sizes[axis]))
        if dimension.interior != 0 { isInside = b.and(isInside, b.compare(.equal, b.times(place, step), shifted)) }
        read[axis] = place
      }
      return b.conditional(isInside, type: source.type.element) {
        $0.element(source, read)
      } else: {
        scalar($0)
      }
    }
  }
}
