internal import TesseraDialects
public import TesseraEncodings
public import TesseraKernels
internal import TesseraLoopNests
public import TesseraMLIR
internal import TesseraTargetGPU

extension SPIRVTarget {
  /// Rows are sorted, selected from and walked in vectors, and SPIR-V has only the functions of f32: both are for a processor.
  public func supports(_ operation: Operation) -> Bool {
    if RowOps.names.contains(operation.name) { return false }
    if let op = StructuredOp(operation), op.hasReduction, Self.turns(op) > ThreadTurns.most { return false }
    return ([operation] + operation.descendants).allSatisfy(hasInstructions)
  }

  /// The elements of each result of a reduction, as far as they are known.
  private static func turns(_ op: StructuredOp) -> Int {
    let most = ThreadTurns.most + 1
    return zip(op.iterators, op.staticLoopSizes).reduce(1) { turns, loop in
      loop.0 == .reduction ? min(most, turns * min(most, loop.1 ?? 1)) : turns
    }
  }

  /// Functions that SPIR-V computes in all types of floats.
  private static let everywhere: Set<String> = [
    "math.absf", "math.ceil", "math.copysign", "math.floor", "math.round", "math.roundeven", "math.sqrt", "math.fma",
  ]
  /// Functions of integers that it does not have.
  private static let missing: Set<String> = ["math.ctpop", "math.cttz", "math.ctlz"]

  /// Functions of f32 that compute in f64.
  private static let wide: Set<String> = ["math.sin", "math.cos", "math.tan", "math.powf", "math.fpowi", "math.cbrt"]

  private func hasInstructions(_ op: Operation) -> Bool {
    if Self.missing.contains(op.name) || !gpu.types.contains(.float64) && Self.wide.contains(op.name) { return false }
    let types = (op.operands + op.results).map { $0.type.isShaped ? $0.type.element : $0.type }
    if op.name.hasPrefix("math."), !Self.everywhere.contains(op.name), types.contains(where: { $0.isFloat && $0.bitWidth == 64 }) {
      return false
    }
    return types.allSatisfy(isStored)
  }

  private func isStored(_ type: Type) -> Bool {
    if type.isComplex { return false }
    switch (type.isFloat, type.bitWidth) {
    // bf16 is computed in f32, and moved as an integer.
    case (true, 16): return gpu.types.contains("\(type)" == "bf16" ? .int16 : .float16)
    case (true, 32), (false, 32), (false, 64), (false, nil): return true
    case (true, 64): return gpu.types.contains(.float64)
    case (false, 1), (false, 8): return gpu.types.contains(.int8)
    case (false, 16): return gpu.types.contains(.int16)
    default: return false
    }
  }

  /// A microsecond to begin, and what a small graphics card does.
  public func nanoseconds(_ work: OperationWork) -> Double {
    5000 + max(work.operations / (work.reusesInputs ? 1000 : 500), work.bytes / 100)
  }

  public func pays(_ rewrite: GraphRewrite) -> Bool {
    switch rewrite {
    case .channelsLast, .foldedTranspositions: true
    case .positionsInnermost, .minimalFiltering: false
    }
  }

  public var fusionLimits: FusionLimits {
    // An invocation has a result: few rows leave the device idle, and nests that run one after the other on a row have no more than rows.
    FusionLimits(operations: 32, tensors: 14, rows: 64, elements: 64, rowBytes: 0, rowSize: 512, collapsedRow: 1 << 20)
  }

  public func encodingResolver(_ rules: KernelRules) -> any EncodingResolver { IdentityResolver() }
}
