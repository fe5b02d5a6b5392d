import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Einsum` of any number of operands: letters are loops; those that the result lacks are summed over.
let lowerEinsum: Lowering = { node throws(Diagnostic) in
  var tensors: [GraphTensor] = []
  for i in 0..<max(node.inputs.count, 1) { tensors.append(try node.input(i)) }
  try node.requireSameType(tensors)
  var equation = try EinsumEquation(node, tensors)
  try equation.broadcastEllipses(of: &tensors, node)
  var sizes: [Character: IndexExpression] = [:]
  for (tensor, letters) in zip(tensors, equation.operands) {
    for (size, letter) in zip(tensor.shape, letters) {
      guard let known = sizes[letter] else {
        sizes[letter] = size
        continue
      }
      guard let common = node.graph.unify(known, size, "the sizes of '\(letter)' in '\(node.label)'") else {
        throw .shapesDisagree(node, tensors[0], tensor, "they differ in the dimension '\(letter)'")
      }
      sizes[letter] = common
    }
  }
  // Operands are multiplied one by one; a letter is summed over as soon as no later operand and not the result has it.
  var total = (tensor: node.diagonal(tensors[0], equation.operands[0]), letters: equation.operands[0].withoutRepetition)
  for i in tensors.indices.dropFirst() {
    let next = (tensor: node.diagonal(tensors[i], equation.operands[i]), letters: equation.operands[i].withoutRepetition)
    let needed = Set(equation.operands[(i + 1)...].joined()).union(equation.result)
    let isLast = i == tensors.count - 1
    let kept = isLast ? equation.result : (total.letters + next.letters).withoutRepetition.filter(needed.contains)
    let loops = kept + Set(total.letters + next.letters).subtracting(kept).sorted()
    let operands = [total, next].map { side in Operand(side.tensor, side.letters.map { loops.firstIndex(of: $0) }) }
    let product = node.graph.contract(
      operands[0], operands[1], loops: loops.count, output: Array(kept.indices), shape: kept.compactMap { sizes[$0] })
    total = (product, kept)
  }
  if total.letters == equation.result { return [total.tensor] }
  let type = total.tensor.elementType
  let loops = equation.result + Set(total.letters).subtracting(equation.result).sorted()
  let operand = Operand(total.tensor, total.letters.map { loops.firstIndex(of: $0) })
  let shape = equation.result.compactMap { sizes[$0] }
  if loops.count == equation.result.count { return [node.graph.map([operand], shape: shape, type) { $1[0] }] }
  let sum = node.graph.reduce(
    [operand], loops: loops.count, output: Array(equation.result.indices), shape: shape, type.accumulator, initial: 0
  ) {
    let scalars = Scalars($0, type.accumulator)
    return scalars.add($2, scalars.convert($1[0], from: type))
  }
  return [node.graph.convert(sum, to: type)]
}

extension [Character] {
  /// Each letter once, in order of its first place.
  fileprivate var withoutRepetition: [Character] { enumerated().filter { firstIndex(of: $0.element) == $0.offset }.map(\.element) }
}

extension Node {
  /// The diagonal of `x` over the dimensions that have a letter in common.
  fileprivate func diagonal(_ x: GraphTensor, _ letters: [Character]) -> GraphTensor {
    let kept = letters.withoutRepetition
    if kept.count == letters.count { return x }
    let shape = kept.compactMap { letter in letters.firstIndex(of: letter).map { x.shape[$0] } }
    return move(x, to: shape) { _, position in letters.compactMap { letter in kept.firstIndex(of: letter).map { position[$0] } } }
  }
}

/// The letters of an einsum; the dimensions of an ellipsis are digits.
private struct EinsumEquation {
  private(set) var operands: [[Character]]
  let result: [Character]

  init(_ node: Node, _ tensors: [GraphTensor]) throws(Diagnostic) {
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

  /// Makes the dimensions of ellipses alike, as other operators do by themselves: one of size 1 goes away where others are larger, and what only
  /// the run can tell is copied out.
  mutating func broadcastEllipses(of tensors: inout [GraphTensor], _ node: Node) throws(Diagnostic) {
    for digit in Set(operands.joined().filter(\.isNumber)) {
      let places = operands.indices.compactMap { i in operands[i].firstIndex(of: digit).map { (tensor: i, axis: $0) } }
      let sizes = places.map { tensors[$0.tensor].shape[$0.axis] }
      var common = sizes[0]
      for (place, size) in zip(places, sizes).dropFirst() {
        guard let merged = node.graph.broadcastSize(common, size) else {
          throw .shapesDisagree(node, tensors[0], tensors[place.tensor], "they differ in a dimension of the ellipsis")
        }
        common = merged
      }
      for (place, size) in zip(places, sizes) where size != common {
        var shape = tensors[place.tensor].shape
        if size.known == 1 {
          shape.remove(at: place.axis)
          operands[place.tensor].remove(at: place.axis)
          tensors[place.tensor] = node.graph.reshape(tensors[place.tensor], to: shape)
        } else {
          shape[place.axis] = common
          tensors[place.tensor] = node.expand(tensors[place.tensor], to: shape)
        }
      }
    }
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
