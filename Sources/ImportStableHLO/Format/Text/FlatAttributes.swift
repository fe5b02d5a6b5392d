import TesseraDiagnostics

extension TextReader {
  /// Gives the attributes of an operation that was read the names and the form that VHLO has for them.
  func flattenAttributes(of operation: ProgramOperation) throws(Diagnostic) {
    let name = operation.name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? operation.name
    var given = operation.attributes
    let words = (given.removeValue(forKey: "words")?.list ?? []).compactMap(\.text)
    func rename(_ old: String, _ new: String) {
      if let value = given.removeValue(forKey: old), given[new] == nil { given[new] = value }
    }
    // `dims = [...]` and the like mean another attribute with each operation.
    if let key = Self.clauseNames["\(name) dims"] { rename("dims", key) }
    rename("dim", Self.clauseNames["\(name) dim"] ?? "dimension")
    for (old, new) in Self.commonClauses { rename(old, new) }
    if name == "fft" {
      rename("type", "fft_type")
      rename("length", "fft_length")
    }
    for (clause, parts) in Self.pairs {
      guard let value = given.removeValue(forKey: clause) else { continue }
      guard let lists = value.list, lists.count == 2 else { throw cursor.failure("'\(clause)' as two lists before this") }
      (given[parts.0], given[parts.1]) = (lists[0], lists[1])
    }
    for key in ["dimension_numbers", "scatter_dimension_numbers", "dot_dimension_numbers", "dim_numbers"] {
      guard let entries = given[key]?.dictionary else { continue }
      given[key] = nil
      for (name, value) in entries { given[name] = value }
    }
    if let window = given.removeValue(forKey: "window")?.dictionary {
      for (name, value) in window { given[Self.windowNames[name] ?? name] = value }
    }
    switch name {
    case "compare":
      for word in words { given[Self.directions.contains(word) ? "comparison_direction" : "compare_type"] = .word(word) }
    case "reduce_precision":
      if let format = given.removeValue(forKey: "format")?.text { try setPrecision(format, &given) }
    case "get_tuple_element": if let index = given.removeValue(forKey: "list")?.list?.first { given["index"] = index }
    case "custom_call": rename("symbol", "call_target_name")
    case "call": rename("symbol", "callee")
    default: break
    }
    operation.attributes = given
  }

  /// `e5m10`
  private func setPrecision(_ format: String, _ given: inout [String: ProgramAttribute]) throws(Diagnostic) {
    let parts = format.dropFirst().split(separator: "m")
    guard format.hasPrefix("e"), parts.count == 2, let exponent = Int(parts[0]), let mantissa = Int(parts[1]) else {
      throw cursor.failure("a format such as e5m10 before this")
    }
    given["exponent_bits"] = .integer(exponent)
    given["mantissa_bits"] = .integer(mantissa)
  }

  private static let directions: Set<String> = ["EQ", "NE", "GE", "GT", "LE", "LT"]

  private static let clauseNames = [
    "broadcast_in_dim dims": "broadcast_dimensions", "dynamic_broadcast_in_dim dims": "broadcast_dimensions",
    "transpose dims": "permutation", "reverse dims": "dimensions", "map dims": "dimensions", "broadcast dims": "broadcast_sizes",
    "iota dim": "iota_dimension", "dynamic_iota dim": "iota_dimension",
  ]

  private static let commonClauses = [
    ("sizes", "slice_sizes"), ("low", "edge_padding_low"), ("high", "edge_padding_high"), ("interior", "interior_padding"),
    ("distribution", "rng_distribution"),
    ("config", "einsum_config"), ("precision", "precision_config"), ("algorithm", "rng_algorithm"),
  ]

  private static let pairs = [
    "contracting_dims": ("lhs_contracting_dimensions", "rhs_contracting_dimensions"),
    "batching_dims": ("lhs_batching_dimensions", "rhs_batching_dimensions"),
  ]

  private static let windowNames = [
    "stride": "window_strides", "pad": "padding", "lhs_dilate": "lhs_dilation", "rhs_dilate": "rhs_dilation", "reverse": "window_reversal",
  ]
}
