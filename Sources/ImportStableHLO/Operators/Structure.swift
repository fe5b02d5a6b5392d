import TesseraDiagnostics
import TesseraGraphs

extension OperatorTable {
  /// Operations on values of any kind.
  static let structural: [String: StructuralLowering] = general.merging(oneDevice) { first, _ in first }

  private static let general: [String: StructuralLowering] = [
    "func.call": { (node, values) throws(Diagnostic) in try node.call("callee", values) },
    "stablehlo.composite": { (node, values) throws(Diagnostic) in try node.composite(values) },
    "stablehlo.tuple": { (_, values) throws(Diagnostic) in [.tuple(values)] },
    "stablehlo.get_tuple_element": { (node, values) throws(Diagnostic) in [try node.tupleElement(values)] },
    "stablehlo.optimization_barrier": { (_, values) throws(Diagnostic) in values },
    "stablehlo.if": { (node, _) throws(Diagnostic) in try node.branch() },
    "stablehlo.case": { (node, _) throws(Diagnostic) in try node.branches() },
    "stablehlo.while": { (node, values) throws(Diagnostic) in try node.loop(values) },
    "stablehlo.after_all": { (_, _) throws(Diagnostic) in [.token] },
    "stablehlo.create_token": { (_, _) throws(Diagnostic) in [.token] },
    "stablehlo.custom_call": { (node, values) throws(Diagnostic) in try node.customCall(values) },
    "builtin.unrealized_conversion_cast": { (_, values) throws(Diagnostic) in values },
    "sdy.sharding_constraint": { (_, values) throws(Diagnostic) in values },
  ]
}

extension StableHLONode {
  /// The results of the function that an attribute names.
  func call(_ attribute: String, _ values: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    try walker.call(try walker.function(word(attribute), self), values)
  }

  /// A composite by its name where that is better, else by what it is made of.
  func composite(_ values: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    let name = word("name")
    if let short = OperatorTable.shortName(name), ElementOperation.all[short] != nil, operands.count == values.count,
      let lowering = OperatorTable.lowering(name)
    {
      return try lowering(self).map { .tensor($0) }
    }
    return try call("decomposition", values)
  }

  func tupleElement(_ values: [ProgramValue]) throws(Diagnostic) -> ProgramValue {
    guard case .tuple(let elements)? = values.first, let index = integer("index"), elements.indices.contains(index) else {
      throw .invalidAttribute(
        self, "index", integer("index").map(String.init) ?? "nothing", expected: "the number of an element of a tuple")
    }
    return elements[index]
  }

  func customCall(_ values: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    let target = word("call_target_name")
    if Self.identities.contains(target) { return values }
    guard let lowering = Self.calls[target] ?? Self.lapackCalls[target] else {
      throw .unsupportedOperations(["custom_call @\(target)": 1], [label])
    }
    return try lowering(self)
  }

  /// `true` iff the target of a custom call is known.
  static func knowsCall(_ target: String) -> Bool { identities.contains(target) || calls[target] != nil || lapackCalls[target] != nil }

  /// Calls that compute something, by their targets.
  private static let calls: [String: @Sendable (StableHLONode) throws(Diagnostic) -> [ProgramValue]] = [
    "shape_assertion": { (node) throws(Diagnostic) in try node.shapeAssertion() },
    "stablehlo.dynamic_reduce_window": { (node) throws(Diagnostic) in try node.dynamicReduceWindow().map { .tensor($0) } },
  ]

  /// Calls that say on which device what they are given shall be.
  private static let identities: Set<String> = [
    "Sharding", "SPMDFullToShardShape", "SPMDShardToFullShape", "annotate_device_placement",
  ]
}
