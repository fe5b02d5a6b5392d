internal import TesseraDiagnostics
package import TesseraMLIR

/// Index arithmetic: it stays affine in the lane where it can, so that a load is one of neighbours.
extension KernelBuilder {
  /// The index that an `affine.apply` gives.
  func applyMap(of op: Operation, _ operands: [TensorIndex]) throws(Diagnostic) -> TensorIndex {
    let map = op.attribute("map")!.affineMapValue!
    guard map.symbolCount == 0 || map.dimensionCount == 0 else {
      throw malformed("an affine.apply with both dimensions and symbols")
    }
    return apply(map.results[0], operands)
  }

  /// Evaluates an affine expression.
  package func apply(_ expression: AffineExpression, _ loops: [TensorIndex]) -> TensorIndex {
    func vector(_ i: TensorIndex) -> Value {
      switch i {
      case .affine(let a): a.vector(width: width, b)
      case .scattered(let v): v
      }
    }
    func general(_ name: String, _ x: TensorIndex, _ y: TensorIndex) -> TensorIndex {
      if case .affine(let p) = x, case .affine(let q) = y, p.isUniform, q.isUniform {
        return .affine(LaneIndex(dynamic: b.binary(name, p.base(b), q.base(b))))
      }
      return .scattered(b.binary(name, vector(x), vector(y)))
    }
    switch expression.kind {
    case .dimension(let d): return loops[d]
    case .symbol(let s): return loops[s]
    case .constant(let c): return .affine(.constant(c))
    case .add(let x, let y):
      let p = apply(x, loops), q = apply(y, loops)
      if case .affine(let a) = p, case .affine(let c) = q { return .affine(a.adding(c, b)) }
      return general("arith.addi", p, q)
    case .multiply(let x, let y):
      let p = apply(x, loops), q = apply(y, loops)
      if case .affine(let a) = p, case .affine(let c) = q {
        if c.dynamic == nil && c.isUniform { return .affine(a.multiplied(by: c.constant, b)) }
        if a.dynamic == nil && a.isUniform { return .affine(c.multiplied(by: a.constant, b)) }
      }
      return general("arith.muli", p, q)
    case .floorDivide(let x, let y): return divide(apply(x, loops), apply(y, loops), remainder: false, general)
    case .modulo(let x, let y): return divide(apply(x, loops), apply(y, loops), remainder: true, general)
    case .ceilDivide(let x, let y): return general("arith.ceildivsi", apply(x, loops), apply(y, loops))
    }
  }

  /// Division of an index (never negative here) by a constant: all lanes stay in one tile where the vector is aligned and narrow enough.
  private func divide(
    _ x: TensorIndex, _ y: TensorIndex, remainder: Bool, _ general: (String, TensorIndex, TensorIndex) -> TensorIndex
  ) -> TensorIndex {
    if case .affine(let a) = x, case .affine(let c) = y, c.dynamic == nil, c.isUniform, c.constant > 0 {
      let by = c.constant
      if a.dynamic == nil, a.isUniform { return .affine(.constant(remainder ? a.constant % by : a.constant / by)) }
      if a.isUniform || (a.stride == 1 && by % width == 0 && a.isMultiple(of: width)) {
        if a.dynamic == nil || a.divisor % by == 0 {
          let quotient = a.dynamic.map { b.binary("arith.divui", $0, b.index(by)) }
          if remainder { return .affine(LaneIndex(dynamic: nil, constant: a.constant % by, stride: a.stride)) }
          return .affine(LaneIndex(dynamic: quotient, constant: a.constant / by, divisor: max(1, a.divisor / by)))
        }
        let base = a.base(b)
        if remainder {
          let alignment = a.stride == 1 ? width : 1
          return .affine(LaneIndex(dynamic: b.binary("arith.remui", base, b.index(by)), stride: a.stride, divisor: alignment))
        }
        return .affine(LaneIndex(dynamic: b.binary("arith.divui", base, b.index(by))))
      }
    }
    return general(remainder ? "arith.remui" : "arith.divui", x, y)
  }

  /// Sums, differences and products of indices that stay affine in the lane.
  func indexArithmetic(_ op: Operation, _ operands: [BodyValue]) -> LaneIndex? {
    guard operands.count == 2, case .affine(let x) = tensorIndex(operands[0]), case .affine(let y) = tensorIndex(operands[1]) else {
      return nil
    }
    switch op.name {
    case "arith.addi": return x.adding(y, b)
    case "arith.subi":
      if y.dynamic == nil && y.isUniform { return x.adding(0 &- y.constant) }
      return x.adding(y.multiplied(by: -1, b), b)
    case "arith.muli":
      if y.dynamic == nil && y.isUniform { return x.multiplied(by: y.constant, b) }
      if x.dynamic == nil && x.isUniform { return y.multiplied(by: x.constant, b) }
      return nil
    default: return nil
    }
  }

  /// The value as an index into a tensor.
  package func tensorIndex(_ value: BodyValue) -> TensorIndex {
    switch value {
    case .index(let i): .affine(i)
    case .uniform(let v): .affine(LaneIndex(dynamic: v))
    case .lanes(let v): .scattered(v)
    }
  }

  /// The index as a value of a body.
  package func bodyValue(_ index: TensorIndex) -> BodyValue {
    switch index {
    case .affine(let i): .index(i)
    case .scattered(let v): .lanes(v)
    }
  }
}
