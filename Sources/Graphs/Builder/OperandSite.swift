import TesseraDiagnostics

/// An operation whose inputs stand in a list, where a format may leave some out: a node of a graph of operators.
package protocol OperandSite: Site {
  /// The inputs in order; `nil` where an optional one is left out.
  var inputs: [GraphTensor?] { get }
}

extension OperandSite {
  /// Input `i`, which the operator needs.
  package func input(_ i: Int) throws(Diagnostic) -> GraphTensor {
    guard let tensor = optionalInput(i) else { throw .missingInput(self, i) }
    return tensor
  }

  /// Input `i`, or `nil` if it is left out.
  package func optionalInput(_ i: Int) -> GraphTensor? { i < inputs.count ? inputs[i] : nil }

  /// Input `i` of a rank within `ranks`.
  package func input(_ i: Int, ranks: ClosedRange<Int>) throws(Diagnostic) -> GraphTensor {
    let tensor = try input(i)
    guard ranks.contains(tensor.rank) else { throw .wrongRank(self, tensor, expected: ranks) }
    return tensor
  }

  /// The elements of integer input `i` on the host: known, computed from shapes, or read back from a tensor of at most rank 1.
  package func hostInput(_ i: Int) throws(Diagnostic) -> [IndexExpression] { try hostElements(try input(i)) }

  /// The elements of integer input `i`, which must be constant.
  package func knownIntegers(_ i: Int) throws(Diagnostic) -> [Int] {
    let tensor = try input(i)
    if tensor.knownCount == 0 { return [] }
    guard let known = tensor.host?.known else { throw .mustBeConstant(self, tensor) }
    return known
  }
}

extension Diagnostic {
  package static func missingInput(_ site: some Site, _ i: Int) -> Diagnostic { site.diagnostic(.invalidInput, "lacks its input \(i)") }
}
