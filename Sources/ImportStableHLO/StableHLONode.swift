import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// One operation under import, as its lowering sees it.
struct StableHLONode: Site {
  let walker: ProgramWalker
  let source: ProgramOperation
  let label: String
  /// The operands that are tensors.
  let operands: [GraphTensor]
  /// The types that the model says its results have.
  let results: [TensorType]

  var graph: GraphBuilder { walker.graph }
  var operation: String { String(source.name.split(separator: ".").last ?? "") }

  func diagnostic(
    _ category: Diagnostic.Category, id: String = #function, _ what: String, notes: [String] = [], help: String? = nil
  ) -> Diagnostic {
    Diagnostic(category, id: id, "the \(operation) operation '\(label)' \(what)", location: label, notes: notes, help: help)
  }

  /// Operand `i`, which the operation needs.
  func operand(_ i: Int) throws(Diagnostic) -> GraphTensor {
    guard i < operands.count else { throw .missingOperand(self, i) }
    return operands[i]
  }

  /// The element type of result `i`; of a quantized one, what is stored.
  func resultElement(_ i: Int = 0) throws(Diagnostic) -> ElementType {
    guard i < results.count, let element = results[i].element.storage else { throw .missingResult(self, i) }
    return element
  }

  /// Result `i` as sizes, where all are known.
  func resultSizes(_ i: Int = 0) throws(Diagnostic) -> [Int?] {
    guard i < results.count else { throw .missingResult(self, i) }
    return results[i].sizes
  }

  // MARK: attributes

  func integer(_ name: String) -> Int? { source.attributes[name]?.integer }

  func integer(_ name: String, default value: Int) -> Int { integer(name) ?? value }

  func flag(_ name: String, default value: Bool = false) -> Bool { source.attributes[name]?.flag ?? value }

  func word(_ name: String, default value: String = "") -> String { source.attributes[name]?.text ?? value }

  /// The integers of attribute `name`, none if it is not given.
  func integers(_ name: String) throws(Diagnostic) -> [Int] {
    guard let attribute = source.attributes[name] else { return [] }
    guard let list = attribute.integers else { throw .invalidAttribute(self, name, "no list of integers", expected: "integers") }
    return list
  }

  /// As many integers as `count`, within `bounds`; all are `value` if the attribute is not given.
  func integers(_ name: String, count: Int, default value: Int, in bounds: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    let list = try integers(name)
    if list.isEmpty, source.attributes[name] == nil || count == 0 { return Array(repeating: value, count: count) }
    guard list.count == count, list.allSatisfy(bounds.contains) else {
      throw .invalidAttribute(self, name, "\(list)", expected: "\(count) numbers from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return list
  }

  /// Different dimensions of a tensor of `rank` dimensions.
  func dimensions(_ name: String, rank: Int) throws(Diagnostic) -> [Int] {
    let list = try integers(name)
    guard list.allSatisfy({ $0 >= 0 && $0 < rank }), Set(list).count == list.count else {
      throw .invalidAttribute(self, name, "\(list)", expected: "different dimensions below \(rank)")
    }
    return list
  }

  /// One dimension of a tensor of `rank` dimensions.
  func dimension(_ name: String, rank: Int) throws(Diagnostic) -> Int {
    guard let dimension = integer(name), dimension >= 0, dimension < rank else {
      throw .invalidAttribute(self, name, integer(name).map(String.init) ?? "nothing", expected: "a dimension below \(rank)")
    }
    return dimension
  }

  /// Region `i`.
  func region(_ i: Int) throws(Diagnostic) -> ProgramRegion {
    guard i < source.regions.count else { throw .missingRegion(self, i) }
    return source.regions[i]
  }
}

extension Diagnostic {
  static func missingOperand(_ node: StableHLONode, _ i: Int) -> Diagnostic { node.diagnostic(.invalidInput, "lacks its operand \(i)") }

  static func missingResult(_ node: StableHLONode, _ i: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "lacks its result \(i), or it is no tensor of plain elements")
  }

  static func missingRegion(_ node: StableHLONode, _ i: Int) -> Diagnostic { node.diagnostic(.invalidInput, "lacks its region \(i)") }

  static func wrongResult(_ node: StableHLONode, _ i: Int, declared: TensorType, made: GraphTensor) -> Diagnostic {
    node.diagnostic(.invalidInput, "declares its result \(i) as \(declared.description), but gives \(made.description)")
  }

  static func wrongResultCount(_ node: StableHLONode, declared: Int, made: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "declares \(declared) results, but gives \(made)")
  }

  static func unsupportedTypes(_ node: StableHLONode, _ types: [String]) -> Diagnostic {
    node.diagnostic(.unsupported, "has a value of the type \(types.joined(separator: ", ")), which is not supported")
  }

  static func operandTypes(_ node: StableHLONode, expected: String) -> Diagnostic {
    node.diagnostic(
      .invalidInput, "takes \(node.operands.map { "'\($0.description)'" }.joined(separator: ", ")): expected \(expected)")
  }

  static func unsupportedRegion(_ node: StableHLONode, _ what: String) -> Diagnostic {
    node.diagnostic(.unsupported, "has a region with \(what), which is not supported there")
  }
}
