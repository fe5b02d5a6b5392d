/// The table of all supported operators. A new operator is one row in the table of its family (`OperatorTable+...`) and one function.
enum OperatorTable {
  private static let rowsByName: [String: OperatorRow] = Dictionary(
    rows.map { ("\($0.domain):\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })

  /// The row for `node` in version `version` of its domain.
  static func row(_ node: NodeProto, _ version: Int) -> OperatorRow? {
    guard let row = rowsByName["\(node.canonicalDomain):\(node.operation)"], version >= row.since else { return nil }
    return row
  }

  /// The oldest operator set in which the operator is supported; `nil` if it is in none.
  static func oldestVersion(_ name: String, _ domain: String) -> Int? { rowsByName["\(domain):\(name)"]?.since }

  static let rows: [OperatorRow] =
    elementwise + activations + contractions + shapes + movement + reductions + sequential + ordering + quantized + contributed + variants
    + machineLearning + strings + losses + training + signals + linearAttention
}
