package import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraLoopNests
package import TesseraMLIR

/// Emits the bodies of operations: what their terminators yield, for one place of the loops around them.
package struct BodyEmitter {
  let kernel: KernelBuilder
  /// The combiner of the reduction along the lanes whose body this is.
  let combiner: Combiner?

  package init(_ kernel: KernelBuilder, combiner: Combiner? = nil) { (self.kernel, self.combiner) = (kernel, combiner) }

  var b: Builder { kernel.b }
  var context: Context { kernel.context }

  /// Emits the operations of `block`, or only those of `part`, and returns what its terminator, or the part, yields. `mask` has the lanes in which
  /// the block is executed.
  package func run(
    _ block: Block, _ environment: inout [Value: BodyValue], _ loops: [LaneIndex], mask: Value?, part: BodyPart? = nil
  ) throws(Diagnostic) -> [BodyValue] {
    func read(_ value: Value) -> BodyValue {
      if let known = environment[value] { return known }
      // A product that was left for a fused multiply-add, and is needed by itself.
      if let product = value.definingOperation, product.block == block, product.name == "arith.mulf" {
        let made = elementwise(product, product.operands.map(read))
        environment[value] = made
        return made
      }
      return kernel.outside(value)
    }
    for op in block.operations where part?.operations.contains(op) ?? true {
      switch op.name {
      case "linalg.yield", "scf.yield", "scf.condition", ScatterOp.yield:
        return op.operands.map(read)
      case "linalg.index":
        environment[op.result(0)] = .index(loops[op.attribute("dim")!.integerValue!])
      case "arith.constant":
        let value = op.attribute("value")!
        environment[op.result(0)] = op.result(0).type.isIndex ? .index(.constant(value.integerValue!)) : .uniform(b.constant(value))
      case "affine.apply":
        environment[op.result(0)] = kernel.bodyValue(try kernel.applyMap(of: op, op.operands.map { kernel.tensorIndex(read($0)) }))
      case "tensor.extract":
        environment[op.result(0)] = extract(op, op.operands.dropFirst().map { kernel.tensorIndex(read($0)) }, mask: mask)
      case "tensor.dim":
        let axis = scalarConstant(read(op.operand(1)))
        let size = kernel.memory[op.operand(0)]!.shape[axis]
        environment[op.result(0)] = .index(size.asConstant.map(LaneIndex.constant) ?? LaneIndex(dynamic: size.value(b)))
      case "cf.assert": check(op, read(op.operand(0)), mask: mask)
      case "scf.if":
        let values = try runIf(op, read(op.operand(0)), &environment, loops, mask: mask)
        for (result, value) in zip(op.results, values) { environment[result] = value }
      case "scf.for", "scf.while":
        let operands = op.operands.map(read)
        let values =
          op.name == "scf.for" ? try runFor(op, operands, environment, loops) : try runWhile(op, operands, environment, loops)
        for (result, value) in zip(op.results, values) { environment[result] = value }
      case "arith.mulf" where kernel.traits.fusesProducts && isFusable(op):
        continue
      case "arith.maxnumf", "arith.minnumf":
        let partial = op.operands.first(where: isAccumulator), next = op.operands.first { !isAccumulator($0) }
        if let combiner, combiner.name == op.name, let partial, let next {
          environment[op.result(0)] = .lanes(combiner.combinePartial(kernel.lanes(read(partial)), kernel.lanes(read(next)), b))
        } else {
          environment[op.result(0)] = elementwise(op, op.operands.map(read))
        }
      case "arith.addf" where kernel.traits.fusesProducts:
        environment[op.result(0)] = fused(op, read) ?? elementwise(op, op.operands.map(read))
      default:
        let value = try ordinary(op, op.operands.map(read))
        environment[op.result(0)] = value
      }
    }
    return part?.values.map(read) ?? []
  }

  /// `true` iff `value` is the argument of a body that stands for what was combined so far.
  private func isAccumulator(_ value: Value) -> Bool {
    guard let generic = value.owningBlock?.parent, let op = StructuredOp(generic) else { return false }
    return value.number >= op.inputCount
  }

  /// The number that an index is known to be.
  private func scalarConstant(_ value: BodyValue) -> Int {
    if case .index(let i) = value, i.dynamic == nil { return i.constant }
    return 0
  }
}
