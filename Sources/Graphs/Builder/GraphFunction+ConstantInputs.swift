import TesseraConstants
import TesseraDiagnostics
import TesseraFrontEnds
import TesseraMLIR

extension GraphFunction {
  /// A constant in the place of an input, whose type and sizes it must have.
  static func constant(_ given: ConstantInputs.Tensor, _ name: String, _ element: ElementType, _ sizes: [Int]) throws(Diagnostic)
    -> GraphTensor
  {
    let fits = given.shape.count == sizes.count && zip(given.shape, sizes).allSatisfy { $0 == $1 || $1 == Type.dynamic }
    guard "\(given.elementType)" == element.name, fits else { throw .unfitConstantInput(given, name, element, sizes) }
    let shape = given.shape.map { IndexExpression($0) }, count = given.shape.reduce(1, *)
    guard element.isInteger || element == .bool, count <= GraphTensor.hostElementLimit else {
      return GraphTensor(name: name, element, shape, constant: given.bytes)
    }
    let host = given.bytes.withBytes { bytes in (0..<count).map { IndexExpression(element.integer(in: bytes, at: $0)) } }
    return GraphTensor(name: name, element, shape, host: host)
  }
}

extension Diagnostic {
  private static func described(_ sizes: [Int], _ element: String) -> String {
    (sizes.map { $0 == Type.dynamic ? "?" : "\($0)" } + [element]).joined(separator: "x")
  }

  fileprivate static func unfitConstantInput(_ given: ConstantInputs.Tensor, _ name: String, _ element: ElementType, _ sizes: [Int])
    -> Diagnostic
  {
    Diagnostic(
      .wrongUsage,
      "flag '--constant-input' gives '\(name)' as \(described(given.shape, "\(given.elementType)")), but the model has \(described(sizes, element.name))"
    )
  }

  /// A constant for an input that no function has.
  static func unknownConstantInput(_ name: String, _ inputs: [String]) -> Diagnostic {
    let shown = inputs.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (inputs.count > 8 ? " and \(inputs.count - 8) more" : "")
    return Diagnostic(
      .wrongUsage, "flag '--constant-input' names '\(name)', which is no input of the model",
      notes: inputs.isEmpty ? [] : ["inputs are \(shown)"])
  }

  /// A file of which nothing counts.
  static func unusedConstantInputs(_ names: [String], _ inputs: [String]) -> Diagnostic {
    let shown = { (names: [String]) in
      names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
    return Diagnostic(
      .wrongUsage, "flag '--constant-input' names a file in which no tensor is called as an input is",
      notes: ["tensors are \(shown(names))", "inputs are \(shown(inputs))"], help: "name the input: '--constant-input=NAME=@FILE'")
  }
}
