package import TesseraLoopNests
package import TesseraMLIR

/// How one operand (or one `tensor.extract`) of a nest moves through memory along a dimension.
package enum AccessKind: Equatable {
  /// The dimension does not change the address.
  case invariant
  /// Neighbours stand next to each other.
  case contiguous
  /// Neighbours are read at a small distance: vectors are loaded and shuffled.
  case strided(Int)
  /// Neighbours stand apart, or anywhere.
  case scattered

  /// `true` iff neighbours do not stand next to each other.
  package var isApart: Bool { self != .invariant && self != .contiguous }

  /// `true` iff vectors are loaded, not elements.
  package var isInVectors: Bool { if case .strided = self { true } else { self == .contiguous } }
}

extension AffineMap {
  /// `true` iff the map leads into tiles that stand together: a packed layout.
  package var isPacked: Bool { results.contains { if case .modulo = $0.kind { true } else { false } } }
}

/// One read or write of a tensor from outside of the nest.
package struct Access {
  /// The number of the operation in the nest.
  package let op: Int
  package let isStore: Bool
  /// The type of the tensor's elements.
  package let element: Type
  /// The kind along each dimension of the nest.
  package let kinds: [AccessKind]
}

extension LoopNest {
  /// All accesses to tensors that live in memory. `results` are the values that leave the nest.
  package func accesses(results: [Value]) -> [Access] {
    var list: [Access] = []
    for (i, op) in ops.enumerated() {
      for (k, operand) in op.operation.operands.enumerated() where operand.type.isTensor && producer[operand] == nil {
        if k >= op.inputCount && (!op.readsOutput(k - op.inputCount) || operand.definingOperation != nil) { continue }
        if operand.definingOperation?.name == "arith.constant" { continue }
        // Bytes that are packed by fours move as one.
        let axes = operand.type.rank - (ByteProduct(op)?.columns == k ? 1 : 0)
        let indices = op.maps[k].results.prefix(axes).map(coefficients)
        let kinds = kinds(op: i, indices, Array(operand.type.shape.prefix(axes)))
        list.append(Access(op: i, isStore: false, element: operand.type.element, kinds: kinds))
      }
      for (r, result) in op.operation.results.enumerated() where results.contains(result) {
        let kinds = kinds(op: i, op.outputMaps[r].results.map(coefficients), result.type.shape).map { kind -> AccessKind in
          // Nothing is stored by shuffles.
          if case .strided = kind { .scattered } else { kind }
        }
        list.append(Access(op: i, isStore: true, element: result.type.element, kinds: kinds))
      }
      for inner in op.operation.descendants where inner.name == "tensor.extract" {
        let indices = inner.operands.dropFirst().map { coefficients(ofIndex: $0) }
        let kinds = kinds(op: i, Array(indices), inner.operand(0).type.shape)
        list.append(Access(op: i, isStore: false, element: inner.operand(0).type.element, kinds: kinds))
      }
    }
    return list
  }

  /// From the coefficients of each index (by loop of operation `i`; `nil` for an index of unknown form) to kinds by dimension.
  private func kinds(op i: Int, _ indices: [[Int: Int]?], _ shape: [Int]) -> [AccessKind] {
    dimensions.indices.map { d in
      guard let loop = dimensionOfLoop[i].firstIndex(of: d) else { return .invariant }
      var kind = AccessKind.invariant
      for (axis, index) in indices.enumerated() {
        guard let index else { return .scattered }
        let coefficient = index[loop, default: 0]
        if coefficient == 0 { continue }
        // Sizes of 1 behind the axis do not move anything apart.
        let behind = shape[(axis + 1)...]
        guard kind == .invariant, !behind.contains(Type.dynamic), coefficient > 0 else { return .scattered }
        let stride = behind.reduce(coefficient) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
        if stride == 1 {
          kind = .contiguous
        } else if KernelBuilder.shuffledStrides.contains(stride) {
          kind = .strided(stride)
        } else {
          return .scattered
        }
      }
      return kind
    }
  }

  /// The coefficient of each dimension in an affine expression; `nil` if it is not linear.
  private func coefficients(_ expression: AffineExpression) -> [Int: Int]? {
    switch expression.kind {
    case .dimension(let d): return [d: 1]
    case .constant, .symbol: return [:]
    case .add(let x, let y):
      guard let p = coefficients(x), let q = coefficients(y) else { return nil }
      return p.merging(q, uniquingKeysWith: &+)
    case .multiply(let x, let y):
      if let c = y.asConstant { return coefficients(x)?.mapValues { $0 &* c } }
      if let c = x.asConstant { return coefficients(y)?.mapValues { $0 &* c } }
      return nil
    // Packed layouts: the tile's number does not change within a vector, the place in the tile does.
    case .floorDivide(let x, let y): return y.asConstant == nil || coefficients(x) == nil ? nil : [:]
    case .modulo(let x, let y): return y.asConstant == nil ? nil : coefficients(x)
    case .ceilDivide: return nil
    }
  }

  /// The same for an index value in a body.
  private func coefficients(ofIndex value: Value) -> [Int: Int]? {
    guard let op = value.definingOperation else { return value.type.isIndex || value.type.isInteger ? elementCoefficients(value) : nil }
    switch op.name {
    case "linalg.index": return [op.attribute("dim")!.integerValue!: 1]
    case "arith.constant", "tensor.dim": return [:]
    case "arith.addi":
      guard let p = coefficients(ofIndex: op.operand(0)), let q = coefficients(ofIndex: op.operand(1)) else { return nil }
      return p.merging(q, uniquingKeysWith: &+)
    case "arith.subi":
      guard let p = coefficients(ofIndex: op.operand(0)), let q = coefficients(ofIndex: op.operand(1)) else { return nil }
      return p.merging(q.mapValues { 0 &- $0 }, uniquingKeysWith: &+)
    case "arith.muli":
      guard let p = coefficients(ofIndex: op.operand(0)), let q = coefficients(ofIndex: op.operand(1)) else { return nil }
      if p.isEmpty && q.isEmpty { return [:] }
      if let c = op.operand(1).definingOperation?.attribute("value")?.integerValue { return p.mapValues { $0 &* c } }
      if let c = op.operand(0).definingOperation?.attribute("value")?.integerValue { return q.mapValues { $0 &* c } }
      return nil
    default:
      // Anything else: only known if it does not move at all. The first operand that moves decides: long chains of choices share their operands.
      return op.regions.isEmpty && op.operands.allSatisfy { coefficients(ofIndex: $0)?.isEmpty == true } ? [:] : nil
    }
  }

  /// An element of an operand used as an index: it stays the same along the loops that its operand does not use.
  private func elementCoefficients(_ argument: Value) -> [Int: Int]? {
    guard let block = argument.owningBlock, let generic = block.parent, let op = StructuredOp(generic) else { return [:] }
    var changing: [Int: Int] = [:]
    for loop in 0..<op.loopCount where op.maps[argument.number].results.contains(where: { $0.uses(dimension: loop) }) {
      // Not 1: neighbours may be anywhere.
      changing[loop] = 2
    }
    return changing
  }
}
