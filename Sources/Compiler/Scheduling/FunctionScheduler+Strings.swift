import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR
import TesseraModuleFormat

/// Operations on strings. Each ends the segment: it waits for the commands that make its operands, and gives tensors with memory of their own.
extension FunctionScheduler {
  /// Lowers an operation on strings.
  func lower(_ string: StringOp) throws(Diagnostic) {
    let operation = string.operation
    guard let kind = StringOperation.allCases.first(where: { $0.name == string.kind.rawValue }) else {
      throw .schedulingBug(operation, "does what the runtime cannot")
    }
    var operands: [TensorValue] = []
    for (i, operand) in operation.operands.enumerated() {
      var tensor = try tensor(operand, in: operation)
      tensor.elementType = kind == .format && i == 0 ? try elementType(named: string.numberType ?? "", operand.type) : .string
      // A reference that is there may be of numbers.
      tensor.register = nil
      operands.append(tensor)
    }
    let results = operation.results.map { _ in code.referenceRegister() }
    var type = ElementType.string
    if let known = kind.resultType {
      type = known
    } else {
      type = try elementType(named: string.numberType ?? "", operation.result(0).type)
    }
    current.segment.strings = StringSite(
      operation: kind, results: results, operands: operands, elementType: type,
      values: kind == .split ? [.immediate(Int64(string.limit))] : [])
    endSegment()
    for (register, result) in zip(results, operation.results) {
      var value = try received(in: register, result.type)
      // The reference has the type that users know.
      value.register = nil
      tensors[result] = value
    }
  }

  /// Writes the operation on strings that ends a segment, for which pending commands are completed.
  func emit(_ site: StringSite) {
    code.append(
      .strings(
        site.operation, to: site.results, from: site.operands.map { reference($0) }, elementType: site.elementType, values: site.values))
    current.pendingDevices = []
  }
}
