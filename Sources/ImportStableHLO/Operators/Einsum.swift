import TesseraDiagnostics
import TesseraGraphs

extension StableHLONode {
  /// A sum of products by letters: `ab,bc->ac`.
  func einsum() throws(Diagnostic) -> GraphTensor {
    let (a, b, text) = (try self.operand(0), try self.operand(1), word("einsum_config"))
    let sides = text.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2, sides[0].hasSuffix("-") else { throw unfit(text) }
    let inputs = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
    let output = Array(sides[1])
    guard inputs.count == 2, inputs[0].count == a.rank, inputs[1].count == b.rank, Set(output).count == output.count,
      (inputs + [output]).allSatisfy({ Set($0).count == $0.count && $0.allSatisfy(\.isLetter) })
    else { throw unfit(text) }
    var sizes: [Character: IndexExpression] = [:]
    for (letters, tensor) in zip(inputs, [a, b]) {
      for (letter, size) in zip(letters, tensor.shape) {
        guard let known = sizes[letter] else {
          sizes[letter] = size
          continue
        }
        guard let common = graph.unify(known, size, "the sizes of '\(letter)'") else {
          throw .shapesDisagree(self, a, b, "they differ in '\(letter)'")
        }
        sizes[letter] = common
      }
    }
    guard output.allSatisfy({ sizes[$0] != nil }) else { throw unfit(text) }
    let loops = output + sizes.keys.filter { !output.contains($0) }.sorted()
    func operand(_ tensor: GraphTensor, _ letters: [Character]) -> Operand { Operand(tensor, letters.map { loops.firstIndex(of: $0) }) }
    return try product(
      operand(a, inputs[0]), operand(b, inputs[1]), loops.count, Array(output.indices), output.compactMap { sizes[$0] })
  }

  private func unfit(_ text: String) -> Diagnostic {
    .invalidAttribute(
      self, "einsum_config", "'\(text)'",
      expected: "two lists of letters for the operands' dimensions and one for the result's, as ab,bc->ac")
  }
}
