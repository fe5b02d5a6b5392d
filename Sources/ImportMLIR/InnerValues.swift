import TesseraDiagnostics
import TesseraDialects
import TesseraFrontEnds
import TesseraMLIR
import TesseraModuleFormat

/// The tensors between the operations of functions that users call, some of which the functions return too on request.
///
/// A value is called after its function and the number of its operation there: `main:7`, or `main:7#1` for a second result. Functions of several
/// blocks, and those that others call, have none.
struct InnerValues {
  /// The operations that give values, in the order of the text.
  private(set) var operators: [SourceOperator] = []
  /// The values that a function may return, by name.
  private var values: [String: Value] = [:]
  private let module: Module
  private let functions: [Operation]

  /// What gives no value of its own, or one of which every element may be anything.
  private static let passedOver: Set<String> = [
    "arith.constant", "bufferization.alloc_tensor", "ml_program.global_load", "ml_program.global_load_const", "tensor.dim", "tensor.empty",
  ]

  /// Looks for the values.
  init(_ module: Module) {
    self.module = module
    let called = Set(module.operation.descendants.filter { $0.name == "func.call" }.compactMap { $0.attribute("callee")?.symbolName })
    functions = module.hostFunctions.filter { function in
      function.attribute("sym_visibility")?.stringValue != "private" && function.regions.first?.blocks.count == 1
        && !called.contains(function.symbolName ?? "")
    }
    for function in functions { collect(function) }
  }

  private mutating func collect(_ function: Operation) {
    let functionName = function.symbolName ?? ""
    var names: [Value: String] = [:]
    func operands(_ op: Operation) -> [String] { ([op] + op.descendants).flatMap(\.operands).compactMap { names[$0] } }
    for (number, op) in (function.body()?.operations.dropLast() ?? []).enumerated() where !Self.passedOver.contains(op.name) {
      let read = operands(op)
      let results = (0..<op.resultCount).map { "\(functionName):\(number)\($0 == 0 ? "" : "#\($0)")" }
      var returnable: [String] = []
      var byteCount = 0
      for (name, value) in zip(results, op.results) {
        names[value] = name
        guard let element = Self.returnableElement(value.type) else { continue }
        values[name] = value
        returnable.append(name)
        byteCount = byteCount.addingReportingOverflow(Self.byteCount(value.type, element)).partialValue
      }
      let place = op.location.namesInModules.joined(separator: ", ")
      operators.append(
        SourceOperator(
          function: functionName, name: place.isEmpty ? "\(functionName):\(number)" : place, operation: op.name, operands: read,
          results: results, returnable: returnable, byteCount: byteCount))
    }
    guard let end = function.body()?.terminator else { return }
    let attributes = function.attribute("res_attrs")?.arrayValue
    let outputs = (0..<end.operandCount).map {
      attributes?[$0].dictionaryEntry(SignatureAttribute.name)?.stringValue ?? "output\($0)"
    }
    operators.append(
      SourceOperator(
        function: functionName, name: functionName, operation: end.name, operands: operands(end), results: outputs, returnable: [],
        byteCount: 0))
  }

  /// The bytes of a tensor; 0 where they are not known.
  private static func byteCount(_ type: Type, _ element: ElementType) -> Int {
    if type.shape.contains(Type.dynamic) { return 0 }
    return type.shape.reduce(element.byteCount) { $0.multipliedReportingOverflow(by: $1).partialValue }
  }

  /// The type of a tensor's elements as arrays have it; `nil` where a function cannot return it.
  private static func returnableElement(_ type: Type) -> ElementType? {
    guard type.isTensor else { return nil }
    if let known = ElementType(name: "\(type.element)") { return known }
    return type.element.isIndex || (type.element.isInteger && "\(type.element)".first == "i") ? .i64 : nil
  }

  /// Lets functions return the values called `names` too. Errors: there is none of a name.
  func add(_ names: [String]) throws(Diagnostic) {
    for name in names where values[name] == nil { throw .unknownInnerValue(name) }
    for function in functions {
      let own = names.filter { values[$0]?.block == function.body() }
      guard !own.isEmpty, let end = function.body()?.terminator, let type = function.attribute("function_type")?.typeValue else { continue }
      let context = module.context
      let attributes =
        function.attribute("res_attrs")?.arrayValue ?? type.functionResults.map { _ in .dictionary([], context) }
      let added = own.compactMap { values[$0] }
      end.setOperands(end.operands + added)
      function.setAttribute("function_type", .type(.function(type.functionInputs, type.functionResults + added.map(\.type), context)))
      function.setAttribute(
        "res_attrs", .array(attributes + own.map { .dictionary([(SignatureAttribute.name, .string($0, context))], context) }, context))
    }
  }
}
