import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraGraphs
import TesseraMLIR

import struct TesseraModuleFormat.Pattern
import struct TesseraModuleFormat.PatternError

// Operators on tensors of strings. What moves elements, and `Equal`, needs nothing of its own: strings are numbers in the IR.

extension GraphBuilder {
  /// The results of an operation on strings, of the shape of its first operand and more dimensions of open size.
  fileprivate func strings(
    _ kind: StringOp.Kind, _ operands: [GraphTensor], _ types: [(type: ElementType, newDimensions: Int)], numberType: String? = nil,
    limit: Int? = nil
  ) -> [GraphTensor] {
    let shape = operands[0].shape
    let values = operands.map { cast(value($0), $0.shape, $0.elementType) }
    let results = types.map { type, count in
      Type.tensor(operands[0].sizes + Array(repeating: Type.dynamic, count: count), type.type(context))
    }
    let made = StringOp.create(kind, values, results: results, numberType: numberType, limit: limit, builder)
    return zip(made, types).map { value, type in
      let added = (0..<type.newDimensions).map { indices.opaque(builder.dimension(value, shape.count + $0), least: 0) }
      return GraphTensor(type.type, shape + added, value: value)
    }
  }

  /// The one result of an operation on strings, of the shape of its first operand.
  fileprivate func string(_ kind: StringOp.Kind, _ operands: [GraphTensor], _ type: ElementType, numberType: String? = nil) -> GraphTensor {
    strings(kind, operands, [(type, 0)], numberType: numberType)[0]
  }

  /// The last place of each element of `x` in `keys`, which are strings; -1 where it is not there.
  func find(_ x: GraphTensor, in keys: GraphTensor) -> GraphTensor { string(.find, [x, keys], .i64) }

  /// How many different strings of `x` come before each of its elements.
  func rank(_ x: GraphTensor) -> GraphTensor { string(.rank, [x], .i64) }

  /// `x` as tensor of strings or of numbers, one of which it is.
  func castString(_ x: GraphTensor, to type: ElementType) -> GraphTensor {
    type == .string
      ? string(.format, [x], .string, numberType: x.elementType.name) : string(.parse, [x], type, numberType: type.name)
  }
}

extension Node {
  /// The constant list of `texts`.
  func table(_ texts: [String]) -> GraphTensor {
    let tensor = GraphTensor(.string, [IndexExpression(texts.count)], constant: .owned(walker.file.strings.bytes(texts)))
    tensor.name = label + "/table"
    return tensor
  }

  /// The constant `text`.
  func scalar(_ text: String) -> GraphTensor { graph.reshape(table([text]), to: []) }

  /// The strings of attribute `name`, which are elements or are compared with them.
  func texts(_ name: String) throws(Diagnostic) -> [String]? {
    guard let list = strings(name) else { return nil }
    for text in list { try requireText(text, name) }
    return list
  }

  /// The string of attribute `name`.
  func text(_ name: String, default value: String) throws(Diagnostic) -> String {
    let text = string(name, default: value)
    try requireText(text, name)
    return text
  }

  /// Throws if bytes of the file were no UTF-8.
  private func requireText(_ text: String, _ name: String) throws(Diagnostic) {
    guard !text.unicodeScalars.contains("\u{FFFD}") else {
      throw .invalidAttribute(self, name, "a string that is not UTF-8", expected: "strings of UTF-8")
    }
  }

  /// Input `i`, a tensor of strings.
  fileprivate func stringInput(_ i: Int, ranks: ClosedRange<Int> = 0...GraphTensor.rankLimit) throws(Diagnostic) -> GraphTensor {
    let tensor = try input(i, ranks: ranks)
    guard tensor.elementType == .string else { throw .wrongType(self, tensor, expected: "strings") }
    return tensor
  }
}

/// `StringConcat`
let lowerStringConcat: Lowering = { node throws(Diagnostic) in
  let operands = [try node.stringInput(0), try node.stringInput(1)]
  let shape = try node.graph.broadcast(operands)
  return [node.graph.string(.concatenate, operands.map { node.expand($0, to: shape) }, .string)]
}

/// `StringSplit`: the parts in a new dimension, as long as the most parts, and how many there are of each element.
let lowerStringSplit: Lowering = { node throws(Diagnostic) in
  let x = try node.stringInput(0)
  let limit = node.integer("maxsplit", default: -1)
  let delimiter = node.scalar(try node.text("delimiter", default: ""))
  return node.graph.strings(.split, [x, delimiter], [(.string, 1), (.i64, 0)], limit: max(limit, -1))
}

/// `RegexFullMatch`
let lowerRegexFullMatch: Lowering = { node throws(Diagnostic) in
  let x = try node.stringInput(0)
  let pattern = try node.text("pattern", default: "")
  do throws(PatternError) { _ = try Pattern(pattern) } catch { throw .unsupportedPattern(node, pattern, error.reason) }
  return [node.graph.string(.match, [x, node.scalar(pattern)], .bool)]
}

/// `StringNormalizer`: without the stop words, in lower or in upper case; one empty string where nothing is left.
let lowerStringNormalizer: Lowering = { node throws(Diagnostic) in
  let x = try node.stringInput(0, ranks: 1...2)
  let graph = node.graph
  if x.rank == 2, graph.unify(x.shape[0], .one, "the rows of '\(x.name)'") == nil { throw .wrongShape(node, x, "one row") }
  let locale = node.string("locale", default: "en_US").lowercased()
  // These languages have other cases of the letter i.
  for language in ["tr", "az", "lt"] where locale.hasPrefix(language) {
    throw .unsupportedAttribute(node, "locale", "'\(locale)'", supported: "all but those of Turkish, Azerbaijani and Lithuanian")
  }
  var result = graph.reshape(x, to: [x.shape[x.rank - 1]])
  if let words = try node.texts("stopwords"), !words.isEmpty {
    let isSensitive = node.flag("is_case_sensitive")
    let compared = isSensitive ? result : graph.string(.lower, [result], .string)
    let place = graph.find(compared, in: node.table(isSensitive ? words : words.map { $0.lowercased() }))
    let isKept = try graph.elementwise([place], .bool) { $0.compare(.less, $1[0], $0.constant64(0)) }
    result = graph.gather(result, try graph.truePositions(isKept), axis: 0)
  }
  let count = node.indices.maximum(.one, result.shape[0])
  result = graph.pad(result, begins: [.zero], shape: [count]) { $0.constant64(0) }
  switch node.string("case_change_action", default: "NONE") {
  case "NONE": break
  case "LOWER": result = graph.string(.lower, [result], .string)
  case "UPPER": result = graph.string(.upper, [result], .string)
  case let other: throw .invalidAttribute(node, "case_change_action", "'\(other)'", expected: "LOWER, UPPER or NONE")
  }
  return [x.rank == 2 ? graph.reshape(result, to: [.one, count]) : result]
}
