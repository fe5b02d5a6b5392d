internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Where a contraction reads a packed operand, `[columns / size, k, size]`, one panel after the other.
struct Panels {
  /// The dimension of the nest over which sums run, and how many steps it has.
  let reduction: Int
  let steps: Int
  /// The bytes that a register tile reads of the operand in a step of the reduction, and in all of them.
  let stepBytes: Int
  let byteCount: Int

  /// Looks at operand `k` of operation `i` of `nest`; `nil` unless it is an argument of the kernel, and packed in panels along the lanes of `c`.
  init?(_ nest: LoopNest, op i: Int, operand k: Int, _ c: KernelConfiguration) {
    let op = nest.ops[i], value = op.operation.operand(k), inner = nest.innerDimensions(of: i)
    guard op.hasReduction, k < op.inputCount, value.type.isTensor, value.definingOperation == nil, ByteProduct(op) == nil,
      inner.count == 1, let steps = nest.dimensions[inner[0]].size, let lane = c.lane,
      let loop = nest.dimensionOfLoop[i].firstIndex(of: lane)
    else { return nil }
    let indices = op.maps[k].results
    guard case .modulo(let column, let size)? = indices.last?.kind, column.asDimension == loop, let size = size.asConstant,
      size % c.width == 0,
      indices.dropLast().allSatisfy({ index in
        guard index.uses(dimension: loop) else { return true }
        if case .floorDivide(let column, let divisor) = index.kind { return column.asDimension == loop && divisor.asConstant == size }
        return false
      })
    else { return nil }
    let stepBytes = c.step(lane) * value.type.element.storedByteCount
    let (byteCount, isTooLarge) = steps.multipliedReportingOverflow(by: stepBytes)
    if isTooLarge { return nil }
    reduction = inner[0]
    self.steps = steps
    self.stepBytes = stepBytes
    self.byteCount = byteCount
  }
}

extension KernelConfiguration {
  /// `true` iff tiles of `nest`, which is a kernel alone, can fetch the next panel of an operand: it has panels, and it is known how many tiles
  /// read each, one after the other.
  func canFetchPanels(_ nest: LoopNest) -> Bool {
    guard let lane, let place = order.firstIndex(of: lane),
      block != nil || order[(place + 1)...].allSatisfy({ (nest.dimensions[$0].size ?? 0) > 0 })
    else { return false }
    return nest.ops.indices.contains { i in
      nest.ops[i].inputs.indices.contains { Panels(nest, op: i, operand: $0, self) != nil }
    }
  }
}
