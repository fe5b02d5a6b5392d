internal import TesseraDiagnostics
internal import TesseraMLIR

/// The operations of bodies that work element by element: on scalars where all lanes have the same, else on vectors.
extension BodyEmitter {
  /// Emits an operation that `run` has no rule for: index arithmetic, mathematical functions, and whatever works element by element.
  func ordinary(_ op: Operation, _ operands: [BodyValue]) throws(Diagnostic) -> BodyValue {
    if op.resultCount != 1 || !op.regions.isEmpty {
      throw .unsupportedInBody(op)
    }
    if op.result(0).type.isIndex, let index = kernel.indexArithmetic(op, operands) { return .index(index) }
    if let number = numberBeforeNarrowing(op, operands) { return number }
    if op.name == "arith.index_cast" || op.name == "arith.index_castui", op.result(0).type.isIndex, case .uniform(let v) = operands[0] {
      return .index(LaneIndex(dynamic: b.value(op.name, [v], type: .index(context))))
    }
    if op.name.hasPrefix("math.") {
      let uniform = operands.allSatisfy(kernel.isUniform)
      let values = operands.map(uniform ? kernel.scalar : kernel.lanes)
      if let expanded = emitMath(
        op.name, values, b, kernel.traits, mayApproximate: op.mayApproximate && !kernel.traits.isStrict)
      {
        return uniform ? .uniform(expanded) : .lanes(expanded)
      }
    }
    if op.name == "arith.divf", !kernel.traits.isStrict, !isRounded(op), let product = multiplyByReciprocal(operands) { return product }
    return elementwise(op, operands)
  }

  /// Copies an operation that works element by element, on scalars where all operands are uniform, else on vectors.
  func elementwise(_ op: Operation, _ operands: [BodyValue]) -> BodyValue {
    let uniform = operands.allSatisfy(kernel.isUniform)
    var values = operands.map(uniform ? kernel.scalar : kernel.lanes)
    let type = uniform || !kernel.hasLanes ? op.result(0).type : .vector([kernel.width], op.result(0).type)
    if Self.integerDivisions.contains(op.name) { values[1] = divisor(of: op, values) }
    if op.name == "arith.truncf", op.operand(0).type.bitWidth == 64, op.result(0).type.bitWidth == 16 {
      values[0] = roundedToOdd(values[0])
    }
    let made =
      op.name == "arith.select"
      ? kernel.select(values[0], values[1], values[2]) : b.value(op.name, values, type: type, attributes: op.attributes)
    return uniform ? .uniform(made) : .lanes(made)
  }

  // MARK: fused multiply-adds

  /// `true` iff the product is only used by one addition in the same block, which then becomes a fused multiply-add.
  func isFusable(_ op: Operation) -> Bool {
    let uses = op.result(0).uses
    return uses.count == 1 && uses[0].operation.name == "arith.addf" && uses[0].operation.block == op.block
      && (op.result(0).type.bitWidth ?? 0) >= 32
  }

  /// The fused multiply-add for an addition of which an operand is a product that was left for it.
  func fused(_ op: Operation, _ read: (Value) -> BodyValue) -> BodyValue? {
    for (k, operand) in op.operands.enumerated() {
      guard let product = operand.definingOperation, product.name == "arith.mulf", product.block == op.block, isFusable(product) else {
        continue
      }
      let parts = [read(product.operand(0)), read(product.operand(1)), read(op.operand(1 - k))]
      if parts.allSatisfy(kernel.isUniform) { return .uniform(b.value("math.fma", parts.map(kernel.scalar), type: op.result(0).type)) }
      let values = parts.map(kernel.lanes)
      return .lanes(b.value("math.fma", values, type: values[0].type))
    }
    return nil
  }

  // MARK: divisions

  /// A division of all lanes by one number becomes a multiplication by its reciprocal, which is computed once: at most 1 ulp more error. Not with
  /// strict math.
  private func multiplyByReciprocal(_ operands: [BodyValue]) -> BodyValue? {
    guard case .lanes(let dividend) = operands[0], case .uniform(let divisor) = operands[1],
      divisor.definingOperation?.name != "arith.constant"
    else { return nil }
    let reciprocal = b.binary("arith.divf", b.scalar(1, divisor.type), divisor)
    return .lanes(b.binary("arith.mulf", dividend, kernel.lanes(.uniform(reciprocal))))
  }

  /// `true` iff the result of `op` is rounded to an integer (a quantized value): there an error of 1 ulp may become one of 1.
  private func isRounded(_ op: Operation) -> Bool {
    op.result(0).isUsed { use in
      ["math.roundeven", "math.round", "math.floor", "math.ceil", "math.trunc", "arith.fptosi", "arith.fptoui"].contains(use.operation.name)
    }
  }
}

extension Diagnostic {
  /// An operation that the body of a structured operation has, and that kernels do not know.
  static func unsupportedInBody(_ op: Operation) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(op.name)' is not supported in the body of a structured operation",
      location: op.location.sourceNames.joined(separator: ", "))
  }
}
