import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension OperatorTable {
  /// Operations among devices, of which there is one: it sends to itself, or to nobody.
  static let oneDevice: [String: StructuralLowering] = [
    "stablehlo.all_gather": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.all_reduce": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.all_to_all": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.collective_broadcast": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.collective_reduce": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.reduce_scatter": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.cross-replica-sum": { (node, values) throws(Diagnostic) in try node.sendToItself(values) },
    "stablehlo.collective_permute": { (node, values) throws(Diagnostic) in try node.permute(values) },
    "stablehlo.replica_id": { (_, _) throws(Diagnostic) in [.tensor(GraphTensor(.u32, [], host: [.zero]))] },
    "stablehlo.partition_id": { (_, _) throws(Diagnostic) in [.tensor(GraphTensor(.u32, [], host: [.zero]))] },
  ]
}

extension StableHLONode {
  /// Throws if groups name more than one device.
  func requireOneDevice(_ attribute: String) throws(Diagnostic) {
    var numbers: [Int] = []
    switch source.attributes[attribute] {
    case .dense(let constant)?: numbers = constant.integers ?? []
    case .list(let groups)?: numbers = groups.flatMap { $0.integers ?? [] }
    default: break
    }
    guard numbers.allSatisfy({ $0 <= 0 }) else {
      throw diagnostic(
        .unsupported, "is for several devices (\(attribute) = \(numbers))",
        help: "lower the program for one device: jax.jit without shardings")
    }
  }

  /// What an exchange within groups of one gives.
  func sendToItself(_ values: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    try requireOneDevice("replica_groups")
    return values
  }

  /// What the device sends to itself; zeros if it sends nothing.
  func permute(_ values: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    try requireOneDevice("source_target_pairs")
    let pairs = try flatPairs()
    if !pairs.isEmpty { return values }
    return values.map { value in
      guard let tensor = value.tensor else { return value }
      return .tensor(GraphTensor(tensor.elementType, tensor.shape, value: zeros(tensor.elementType, tensor.shape).value))
    }
  }

  private func flatPairs() throws(Diagnostic) -> [Int] {
    switch source.attributes["source_target_pairs"] {
    case .dense(let constant)?: constant.integers ?? []
    case .list(let pairs)?: pairs.flatMap { $0.integers ?? [] }
    default: []
    }
  }

  /// Stops the call unless the program's assertion about sizes holds. The message names operands by their numbers: `{0}`.
  func shapeAssertion() throws(Diagnostic) -> [ProgramValue] {
    let condition = try operand(0)
    if condition.elementType == .bool, condition.host?.first?.known == 1 { return [] }
    var message = word("error_message", default: "the sizes of the arguments are not those that the program is for")
    for (i, tensor) in operands.dropFirst().enumerated() {
      if let known = tensor.host?.first?.known { message = message.replacing("{\(i)}", with: "\(known)") }
    }
    if condition.host?.first?.known == 0 { throw diagnostic(.wrongUsage, id: "shapeAssertion", "does not hold: \(message)") }
    graph.require(try flag(of: condition), message)
    return []
  }
}

extension String {
  /// The text with each `part` replaced by `other`.
  fileprivate func replacing(_ part: String, with other: String) -> String {
    split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
  }
}
