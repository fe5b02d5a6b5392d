extension PortableTable {
  /// The instructions as a table in Markdown: the part of `docs/Portable.md` between its two marks.
  public static var documentation: String {
    var text = "| code | instruction | types | d | a, b, c | variant | immediate | what it does |\n|---|---|---|---|---|---|---|---|\n"
    for row in rows {
      let operands = row.operands.map(\.documentation)
      let others = operands[1...].filter { !$0.isEmpty }.joined(separator: "<br>")
      let form =
        switch row.form {
        case .scalar: ", scalars"
        case .row: ", rows"
        case .both: ""
        }
      text += "| \(row.opcode.rawValue) | `\(row.name)`\(form) | \(typesText(row.types)) | \(operands[0]) | \(others) | "
      text += "\(row.variant.documentation) | \(row.immediate.documentation) | \(row.summary) |\n"
    }
    text += "\n| variant | in the order of their numbers |\n|---|---|\n"
    let named: [PortableVariant] = [.integerPredicate, .floatPredicate, .function, .reduction, .source([])]
    for variant in named {
      text += "| \(variant.documentation) | \(variant.names.map { "`\($0)`" }.joined(separator: " ")) |\n"
    }
    return text + "| types of `contract` | \(ContractedType.allCases.map { "`\($0)`" }.joined(separator: " ")) |\n"
  }

  private static func typesText(_ types: [PortableType]) -> String {
    types == PortableType.allCases ? "all" : types.map(\.name).joined(separator: " ")
  }
}

extension PortableOperand {
  /// The operand in the documentation.
  fileprivate var documentation: String {
    let kindText =
      switch kind {
      case .unused: ""
      case .scalar: count == 1 ? ": scalar" : ": \(count) scalars"
      case .row: ": row"
      case .value: ""
      case .number: ": number"
      }
    let useText =
      switch use {
      case .read: ""
      case .written: ", written"
      case .updated: ", read and written"
      }
    return kind == .unused ? "" : "`\(name)`\(kindText)\(useText)" + (flag == 0 ? "" : ", if variant has \(flag)")
  }
}

extension PortableVariant {
  /// The variant in the documentation.
  fileprivate var documentation: String {
    switch self {
    case .unused: ""
    case .number(let range): "\(range.lowerBound)...\(range.upperBound)"
    case .flags(let bits): bits == 3 ? "1: index, 2: mask" : bits == 1 ? "1: index" : "2: mask"
    case .source(let types): types.isEmpty ? "source type" : "source type: \(types.map(\.name).joined(separator: " "))"
    case .integerPredicate: "integer predicate"
    case .floatPredicate: "float predicate"
    case .function: "function"
    case .reduction: "reduction"
    }
  }
}

extension PortableImmediate {
  /// The immediate in the documentation.
  fileprivate var documentation: String {
    switch self {
    case .unused: ""
    case .number: "number"
    case .target: "instruction"
    case .poolWord: "word of the pool"
    case .poolLanes: "8 words of the pool"
    case .contractedTypes: "types: `a` + 256 * `b`"
    }
  }
}
