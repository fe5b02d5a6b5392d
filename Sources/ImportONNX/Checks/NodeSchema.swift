import TesseraDiagnostics
import TesseraGraphs

/// What a version of an operator lets a node have: numbers of inputs and outputs, and attributes.
///
/// A lowering reads what it needs and looks at nothing else, so a misspelt attribute or a sixth input would be passed over. ONNX Runtime refuses
/// such nodes too.
struct NodeSchema {
  /// An attribute: its type, and whether a node must have it.
  private struct Attribute {
    let kind: Character
    let isRequired: Bool
  }

  /// The operator set from which on this holds.
  private let since: Int
  private let leastInputs: Int
  /// `nil` if there may be any number.
  private let mostInputs: Int?
  private let mostOutputs: Int?
  private let attributes: [String: Attribute]

  /// Reads a version: numbers, then attributes.
  private init?(_ text: some StringProtocol) {
    let words = text.split(separator: " ")
    guard words.count >= 4, let since = Int(words[0]), let least = Int(words[1]) else { return nil }
    (self.since, leastInputs, mostInputs, mostOutputs) = (since, least, Int(words[2]), Int(words[3]))
    attributes = Dictionary(
      words.dropFirst(4).compactMap { word in
        let parts = word.split(separator: ":")
        guard parts.count == 2, let kind = parts[1].first else { return nil }
        return (String(parts[0]), Attribute(kind: kind, isRequired: parts[1].hasSuffix("!")))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The versions of each operator, the oldest first.
  private static let byOperator: [String: [NodeSchema]] = [aToF, gToQ, rToZ, otherDomains].reduce(into: [:]) { all, table in
    for (name, text) in table { all[name] = text.split(separator: ";").compactMap { NodeSchema($0) } }
  }

  /// Throws unless `node`, an operator of `row`, has what its version allows.
  static func check(_ node: Node, _ row: OperatorRow) throws(Diagnostic) {
    guard let schema = byOperator["\(row.domain):\(row.name)"]?.last(where: { $0.since <= node.opset }) else { return }
    let (inputs, outputs) = (node.inputs.count, node.outputCount)
    if let most = schema.mostInputs, inputs > most { throw .tooMany(node, "inputs", inputs, most) }
    if inputs < schema.leastInputs { throw .missingInput(node, inputs) }
    if let most = schema.mostOutputs, outputs > most { throw .tooMany(node, "outputs", outputs, most) }
    var names: Set<String> = []
    for attribute in node.proto.attributes {
      guard names.insert(attribute.name).inserted else { throw .repeatedAttribute(node, attribute.name) }
      // Names that begin so are for the tools that wrote them.
      if attribute.name.hasPrefix("__") { continue }
      guard let known = schema.attributes[attribute.name] else {
        throw .unknownAttribute(node, attribute.name, known: schema.attributes.keys.sorted(), isStandard: row.domain.isEmpty)
      }
      if let kind = attribute.letter, kind != known.kind { throw .wrongAttributeKind(node, attribute.name) }
    }
    for (name, attribute) in schema.attributes.sorted(by: { $0.key < $1.key }) where attribute.isRequired && !names.contains(name) {
      throw .missingAttribute(node, name)
    }
  }
}

extension AttributeProto {
  /// The type as the tables of schemas write it; `nil` if the file does not say.
  fileprivate var letter: Character? {
    let letters = Array("fistgFISTGpPyY")
    return kind >= 1 && kind <= letters.count ? letters[Int(kind) - 1] : nil
  }
}

extension Diagnostic {
  fileprivate static func tooMany(_ node: Node, _ what: String, _ count: Int, _ most: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "has \(count) \(what), but the operator has at most \(most)")
  }

  fileprivate static func repeatedAttribute(_ node: Node, _ name: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "has the attribute '\(name)' twice")
  }

  fileprivate static func wrongAttributeKind(_ node: Node, _ name: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "has the attribute '\(name)' in another type than the operator's")
  }

  fileprivate static func missingAttribute(_ node: Node, _ name: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "lacks the attribute '\(name)'")
  }

  /// An attribute that the operator does not have; operators of other domains get new ones without a new version.
  fileprivate static func unknownAttribute(_ node: Node, _ name: String, known: [String], isStandard: Bool) -> Diagnostic {
    let list = known.isEmpty ? "none" : known.joined(separator: ", ")
    return node.diagnostic(
      isStandard ? .invalidInput : .unsupported,
      "has the attribute '\(name)', which the operator does not have in operator set \(node.opset)",
      notes: ["its attributes are: \(list)"])
  }
}
