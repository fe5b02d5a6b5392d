import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraModuleFormat

/// Values between nodes, which a function may return on request.
extension GraphWalker {
  /// A node that was imported, as those know it who look at values between operators.
  func sourceOperator(_ proto: NodeProto, _ label: String, in function: String) -> SourceOperator {
    let results = proto.outputs.filter { !$0.isEmpty && value($0) != nil }
    let returnable = results.filter { value($0)?.isReturnable == true }
    return SourceOperator(
      function: function, name: label, operation: proto.operation, operands: proto.allInputs.filter { !$0.isEmpty },
      results: results, returnable: returnable,
      byteCount: returnable.reduce(0) { $0 + (value($1)?.knownByteCount ?? 0) })
  }
}

extension ModelImporter {
  /// Adds results of the function for the inner values that were asked for and are none yet.
  func declareInnerValues(_ proto: GraphProto, _ function: GraphFunction, _ walker: GraphWalker) throws(Diagnostic) {
    let known = Set(walker.operators.flatMap(\.returnable))
    var declared = Set(proto.outputs.map(\.name))
    for name in options.addedOutputs where declared.insert(name).inserted {
      guard known.contains(name), let tensor = walker.value(name) else { throw .unknownInnerValue(name) }
      try declareResult(name, tensor, nil, function)
    }
  }
}

extension GraphTensor {
  /// `true` iff a function may return it without a declaration: a tensor of a known rank, or a list of tensors.
  fileprivate var isReturnable: Bool {
    guard isContainer else { return !mayBeScalar }
    if case .tensor = elementForm { return true }
    return false
  }

  /// The bytes, if all sizes are known.
  fileprivate var knownByteCount: Int? {
    guard !isContainer, let count = knownCount else { return nil }
    return count.multipliedReportingOverflow(by: elementType.byteCount).partialValue
  }
}
