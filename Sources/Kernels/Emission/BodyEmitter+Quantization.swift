internal import TesseraDialects
internal import TesseraMLIR

/// Numbers between the operators of quantized models.
extension BodyEmitter {
  /// The float that a conversion of bytes to floats gives back, where the bytes were made of it in this kernel: between operators of a
  /// quantized model, numbers are rounded to bytes and widened again at once.
  func numberBeforeNarrowing(_ op: Operation, _ operands: [BodyValue]) -> BodyValue? {
    guard op.name == "arith.sitofp" || op.name == "arith.uitofp", operands.count == 1 else { return nil }
    let bytes: Value
    switch operands[0] {
    case .lanes(let v), .uniform(let v): bytes = v
    case .index: return nil
    }
    guard let narrowing = bytes.definingOperation, narrowing.name == "arith.trunci",
      let conversion = narrowing.operand(0).definingOperation, conversion.name == "arith.fptosi",
      conversion.attribute(NumberAttribute.whole)?.stringValue == (op.name == "arith.uitofp" ? "unsigned" : "signed")
    else { return nil }
    let number = conversion.operand(0)
    guard (number.type.isVector ? number.type.element : number.type) == op.result(0).type else { return nil }
    if case .uniform = operands[0] { return .uniform(number) }
    return .lanes(number)
  }
}
