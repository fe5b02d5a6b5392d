import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR
import TesseraModuleFormat

/// Imports the operations of a program one after the other; calls are made in place.
final class ProgramWalker {
  /// So many operations are imported, calls and all: more is an attack.
  private static let operationLimit = 1 << 18
  /// Calls, and regions in regions, nest no deeper.
  private static let depthLimit = 100

  let graph: GraphBuilder
  private let program: Program
  private let functions: [String: ProgramFunction]
  /// The values by number. Numbers are those of one text, so a region that is imported anew gives its values anew.
  private var values: [Int: ProgramValue] = [:]
  private(set) var types: [Int: ProgramType] = [:]
  private var operationCount = 0
  private var depth = 0
  private var labelCounts: [String: Int] = [:]
  private(set) var operators: [SourceOperator] = []
  private var inner: [String: GraphTensor] = [:]
  var notes: [String] = []

  /// The name that the function of the model gets.
  private let functionName: String

  init(_ program: Program, _ graph: GraphBuilder, functionName: String) {
    (self.program, self.graph, self.functionName) = (program, graph, functionName)
    functions = Dictionary(program.functions.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The function called `name`.
  func function(_ name: String, _ node: StableHLONode) throws(Diagnostic) -> ProgramFunction {
    guard let function = functions[name], function.body != nil else { throw .unknownFunction(node, name) }
    return function
  }

  /// The results of a function for `arguments`.
  func call(_ function: ProgramFunction, _ arguments: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    guard let body = function.body else { return [] }
    // A function called twice gets its values twice: those of the first call are not looked at again.
    let results = try run(body, arguments)
    guard results.count == function.resultTypes.count else {
      throw .wrongFunctionResults(function.name, declared: function.resultTypes.count, given: results.count)
    }
    return results
  }

  /// The results of a region for `arguments`.
  func run(_ region: ProgramRegion, _ arguments: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    guard depth < Self.depthLimit else { throw .deepProgram(program.file.path, Self.depthLimit) }
    depth += 1
    defer { depth -= 1 }
    guard arguments.count == region.arguments.count else {
      throw .wrongArguments(program.file.path, expected: region.arguments.count, found: arguments.count)
    }
    for (argument, value) in zip(region.arguments, arguments) {
      values[argument.value] = value
      types[argument.value] = argument.type
    }
    for operation in region.operations.dropLast() { try lower(operation) }
    guard let end = region.operations.last else { return [] }
    if Self.isEnd(end.name) { return try end.operands.map { (value) throws(Diagnostic) in try self.value(value) } }
    try lower(end)
    return []
  }

  static func isEnd(_ name: String) -> Bool { ["func.return", "stablehlo.return", "sdy.return"].contains(name) }

  func value(_ number: Int) throws(Diagnostic) -> ProgramValue {
    guard let value = values[number] else { throw .undefinedValue(program.file.path) }
    return value
  }

  // MARK: one operation

  private func lower(_ operation: ProgramOperation) throws(Diagnostic) {
    operationCount += 1
    guard operationCount <= Self.operationLimit else { throw .longProgram(program.file.path, Self.operationLimit) }
    var given: [ProgramValue] = []
    for operand in operation.operands { given.append(try value(operand)) }
    let label = label(of: operation)
    let node = StableHLONode(
      walker: self, source: operation, label: label, operands: given.compactMap(\.tensor),
      results: operation.resultTypes.compactMap(\.tensor))
    let outer = graph.builder.location
    graph.builder.location = .name(label, graph.context)
    defer { graph.builder.location = outer }
    let operandTypes = operation.operands.compactMap { types[$0]?.tensor }
    let made: [ProgramValue]
    if let form = QuantizedForm(node, operandTypes), operandTypes.count == given.count {
      made = try form.run { (inner) throws(Diagnostic) in try results(inner, inner.operands.map { .tensor($0) }) }
    } else {
      made = try results(node, given)
    }
    guard made.count == operation.results.count else {
      throw .wrongResultCount(node, declared: operation.results.count, made: made.count)
    }
    var names: [String] = [], byteCount = 0
    for (i, (number, value)) in zip(operation.results, made).enumerated() {
      var value = value
      if case .tensor(let tensor) = value, let declared = operation.resultTypes[i].tensor {
        value = .tensor(try checked(tensor, declared, i, node))
      }
      values[number] = value
      types[number] = operation.resultTypes[i]
      if !graph.isInRegion, case .tensor(let tensor) = value {
        names.append(made.count == 1 ? label : "\(label)#\(i)")
        remember(tensor, names[names.count - 1])
        byteCount = byteCount.addingSaturated((tensor.knownCount ?? 0).multipliedSaturated(by: tensor.elementType.byteCount))
      }
    }
    // A call is what it is made of.
    if names.isEmpty || operation.name == "func.call" { return }
    operators.append(
      SourceOperator(
        function: functionName, name: label, operation: node.operation, operands: node.operands.map(\.name).filter { !$0.isEmpty },
        results: names, returnable: names, byteCount: byteCount))
  }

  private func results(_ node: StableHLONode, _ given: [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    if let lowering = OperatorTable.structural[node.source.name] { return try lowering(node, given) }
    guard let lowering = OperatorTable.lowering(node.source.name) else { throw .unsupportedOperations([node.source.name: 1], []) }
    return try lowering(node).map { .tensor($0) }
  }

  /// `tensor`, which the model says is of type `declared`; sizes that cannot be told now, the run checks.
  private func checked(_ tensor: GraphTensor, _ declared: TensorType, _ i: Int, _ node: StableHLONode) throws(Diagnostic) -> GraphTensor {
    guard declared.element.storage == tensor.elementType, declared.sizes.count == tensor.rank else {
      throw .wrongResult(node, i, declared: declared, made: tensor)
    }
    var shape = tensor.shape
    for (axis, size) in declared.sizes.enumerated() {
      guard let size else { continue }
      guard let common = graph.unify(shape[axis], IndexExpression(size), "dimension \(axis) of its result and \(size)") else {
        throw .wrongResult(node, i, declared: declared, made: tensor)
      }
      shape[axis] = common
    }
    return graph.withShape(tensor, shape)
  }

  // MARK: names

  /// The model's name of an operation, or its kind and a number.
  private func label(of operation: ProgramOperation) -> String {
    let kind = operation.name.split(separator: ".").last.map(String.init) ?? operation.name
    let base = operation.label ?? kind
    let count = labelCounts[base, default: 0]
    labelCounts[base] = count + 1
    return count == 0 ? base : "\(base)_\(count)"
  }

  /// Keeps a value that users may ask for by name.
  private func remember(_ tensor: GraphTensor, _ name: String) {
    if tensor.name.isEmpty { tensor.name = name }
    inner[name] = tensor
  }

  /// Declares those of the inner values that the function has as results of it, and returns their names.
  func declareInner(_ names: [String], _ function: GraphFunction) -> [String] {
    let known = names.filter { inner[$0] != nil }
    for name in known { if let tensor = inner[name] { function.result(name, tensor) } }
    return known
  }
}

extension Diagnostic {
  static func unknownFunction(_ node: StableHLONode, _ name: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "names the function '\(name)', which there is not")
  }

  static func wrongFunctionResults(_ name: String, declared: Int, given: Int) -> Diagnostic {
    Diagnostic(.invalidInput, "the function '\(name)' declares \(declared) results, but returns \(given)")
  }

  static func undefinedValue(_ path: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' uses a value that is not defined where it is used")
  }

  static func deepProgram(_ path: String, _ limit: Int) -> Diagnostic {
    Diagnostic(.unsupported, "'\(path)' nests calls and regions deeper than \(limit)", help: "a function may not call itself")
  }

  static func longProgram(_ path: String, _ limit: Int) -> Diagnostic {
    Diagnostic(.unsupported, "'\(path)' has more than \(limit) operations once each call is made in place")
  }

  static func wrongArguments(_ path: String, expected: Int, found: Int) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' gives \(found) values to a function or region of \(expected) arguments")
  }
}
