import Diagnostics
import MLIR

/// `Einsum` of one or two operands: letters are loops; those that the result lacks are summed over.
let lowerEinsum: Lowering = { node throws(Diagnostic) in
  var tensors: [Tensor] = []
  for i in 0..<max(node.inputs.count, 1) { tensors.append(try node.input(i)) }
  try node.requireSameType(tensors)
  guard tensors.count <= 2 else { throw .unsupportedForm(node, "has \(tensors.count) operands") }
  let equation = try EinsumEquation(node, tensors)
  var sizes: [Character: IndexExpression] = [:]
  for (tensor, letters) in zip(tensors, equation.operands) {
    for (size, letter) in zip(tensor.shape, letters) {
      guard let known = sizes[letter] else {
        sizes[letter] = size
        continue
      }
      guard let common = node.importer.unify(known, size, "the sizes of '\(letter)' in '\(node.label)'") else {
        throw .shapesDisagree(node, tensors[0], tensor, "they differ in the dimension '\(letter)'")
      }
      sizes[letter] = common
    }
  }
  let summed = sizes.keys.filter { !equation.result.contains($0) }.sorted()
  let loops = equation.result + summed
  let operands = zip(tensors, equation.operands).map { tensor, letters in Operand(tensor, letters.map { loops.firstIndex(of: $0) }) }
  let shape = equation.result.compactMap { sizes[$0] }
  let output = Array(equation.result.indices)
  let type = tensors[0].elementType
  if operands.count == 2 { return [node.importer.contract(operands[0], operands[1], loops: loops.count, output: output, shape: shape)] }
  if summed.isEmpty { return [node.importer.map(operands, shape: shape, type) { $1[0] }] }
  let sum = node.importer.reduce(operands, loops: loops.count, output: output, shape: shape, type.accumulator, initial: 0) {
    let scalars = Scalars($0, type.accumulator)
    return scalars.add($2, scalars.convert($1[0], from: type))
  }
  return [node.importer.convert(sum, to: type)]
}

/// The letters of an einsum; the dimensions of an ellipsis are digits.
private struct EinsumEquation {
  let operands: [[Character]]
  let result: [Character]

  init(_ node: Node, _ tensors: [Tensor]) throws(Diagnostic) {
    let text = node.string("equation", default: "").filter { $0 != " " }
    let invalid = Diagnostic.invalidAttribute(node, "equation", "'\(text)'", expected: "letters for each dimension, like 'ij,jk->ik'")
    var sides = text.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
    guard sides.count <= 2 else { throw invalid }
    if sides.count == 2 {
      guard sides[0].last == "-" else { throw invalid }
      sides[0].removeLast()
    }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard terms.count == tensors.count else { throw invalid }
    var operands: [[Character]] = []
    var ellipsis: [Character] = []
    for (term, tensor) in zip(terms, tensors) {
      guard let letters = Self.letters(term, rank: tensor.rank) else { throw invalid }
      guard Set(letters).count == letters.count else { throw .unsupportedForm(node, "takes a diagonal, in '\(text)'") }
      operands.append(letters)
      let digits = letters.filter(\.isNumber)
      if digits.count > ellipsis.count { ellipsis = digits }
    }
    for digits in operands.map({ $0.filter(\.isNumber) }) where !digits.isEmpty && digits.count != ellipsis.count {
      throw .unsupportedForm(node, "broadcasts ellipses of different ranks, in '\(text)'")
    }
    if sides.count == 2 {
      let result = Self.letters(sides[1], rank: sides[1].filter(\.isLetter).count + ellipsis.count)
      guard let result, Set(result).count == result.count, result.allSatisfy({ letter in operands.contains { $0.contains(letter) } }) else {
        throw invalid
      }
      self.result = result
    } else {  // letters that occur once, in alphabetical order
      let all = operands.flatMap { $0 }
      result = ellipsis + all.filter { letter in letter.isLetter && all.filter { $0 == letter }.count == 1 }.sorted()
    }
    self.operands = operands
  }

  /// The letters of one term for a tensor of rank `rank`, or `nil` if they do not fit.
  private static func letters(_ term: String, rank: Int) -> [Character]? {
    var letters: [Character] = []
    var rest = Substring(term)
    while let next = rest.first {
      if rest.hasPrefix("...") {
        let count = rank - term.filter(\.isLetter).count
        guard count >= 0, count <= 9, !letters.contains(where: \.isNumber) else { return nil }
        letters += (0..<count).map { Character("\($0)") }
        rest = rest.dropFirst(3)
      } else {
        guard next.isLetter else { return nil }
        letters.append(next)
        rest = rest.dropFirst()
      }
    }
    return letters.count == rank ? letters : nil
  }
}
