extension InstructionTable {
  /// The instruction set as a table in Markdown: the part of `docs/VM.md` between its two marks.
  public static var documentation: String {
    var text = "| code | instruction | operands | what it does |\n|---|---|---|---|\n"
    for row in rows {
      let operands = row.operands.map { "`\($0.name)`: \($0.kind.documentation)" }.joined(separator: "<br>")
      text += "| \(row.opcode.rawValue) | `\(row.name)` | \(operands) | \(row.summary) |\n"
    }
    func names<Variant: InstructionVariant>(_: Variant.Type) -> String { Variant.allCases.map { "`\($0.name)`" }.joined(separator: " ") }
    text += "\n| operation | variants, in the order of their numbers |\n|---|---|\n"
    text += "| integer operation | \(names(IntegerOperation.self)) |\n| integer predicate | \(names(IntegerPredicate.self)) |\n"
    text += "| float operation | \(names(FloatOperation.self)) |\n| float predicate | \(names(FloatPredicate.self)) |\n"
    text += "| float unary operation | \(names(FloatUnaryOperation.self)) |\n| conversion | \(names(Conversion.self)) |\n"
    text += "| string operation | \(names(StringOperation.self)) |\n"
    text += "| element type | \(ElementType.allCases.map { "`\($0.name)`" }.joined(separator: " ")) |\n"
    return text
  }
}

extension OperandKind {
  /// The name of the kind in the documentation.
  var documentation: String {
    switch self {
    case .integerResult: "integer register, written"
    case .referenceResult: "reference register, written"
    case .reference: "reference register"
    case .value: "value"
    case .target: "instruction"
    case .function: "function"
    case .message: "string"
    case .constant: "constant"
    case .site: "dispatch site"
    case .device: "device"
    case .number(let range): "\(range.lowerBound)...\(range.upperBound)"
    case .integerOperation: "integer operation"
    case .integerPredicate: "integer predicate"
    case .floatOperation: "float operation"
    case .floatPredicate: "float predicate"
    case .floatUnaryOperation: "float unary operation"
    case .conversion: "conversion"
    case .stringOperation: "string operation"
    case .elementType: "element type"
    case .integerResults: "integer registers, written"
    case .referenceResults: "reference registers, written"
    case .references: "reference registers"
    case .values: "values"
    case .numbers: "numbers"
    case .bindings: "bindings"
    }
  }
}
