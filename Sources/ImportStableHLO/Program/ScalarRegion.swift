import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// A region on scalars as code in the body of a structured operation: what reductions, scatters, sorts and maps do with their elements.
struct ScalarRegion {
  private let node: StableHLONode
  let region: ProgramRegion
  /// Tensors around the region that it reads.
  private var captured: [Int: GraphTensor] = [:]

  /// Creates code of `region` for elements of `types`. Errors: an operation that has no scalar form, or other types.
  init(_ node: StableHLONode, _ region: ProgramRegion, _ types: [ElementType]) throws(Diagnostic) {
    (self.node, self.region) = (node, region)
    guard region.arguments.count == types.count,
      zip(region.arguments, types).allSatisfy({ $0.type.tensor?.element.plain == $1 && $0.type.tensor?.sizes.isEmpty == true })
    else { throw .unsupportedRegion(node, "arguments that are not \(types.map { "tensor<\($0.stableHLOName)>" }.joined(separator: ", "))") }
    var known: [Int: ElementType] = [:]
    for (argument, type) in zip(region.arguments, types) { known[argument.value] = type }
    try check(region, &known, depth: 0)
    for value in region.results { try capture(value, &known) }
    for value in region.results { resultTypes.append(known[value] ?? .f32) }
  }

  /// The types of what the region gives.
  private(set) var resultTypes: [ElementType] = []

  /// Takes note of a value that the region reads.
  private mutating func capture(_ value: Int, _ known: inout [Int: ElementType]) throws(Diagnostic) {
    if known[value] != nil { return }
    guard let tensor = try node.walker.value(value).tensor, tensor.rank == 0 else {
      throw .unsupportedRegion(node, "a value from around it that is no scalar")
    }
    captured[value] = tensor
    known[value] = tensor.elementType
  }

  private mutating func check(_ region: ProgramRegion, _ known: inout [Int: ElementType], depth: Int) throws(Diagnostic) {
    guard depth < 16 else { throw .unsupportedRegion(node, "calls that nest too deep") }
    for operation in region.operations {
      for operand in operation.operands { try capture(operand, &known) }
      if ProgramWalker.isEnd(operation.name) { continue }
      var types: [ElementType] = []
      for type in operation.resultTypes {
        guard let tensor = type.tensor, tensor.sizes.isEmpty, let element = tensor.element.plain else {
          throw .unsupportedRegion(node, "the operation '\(operation.name)' on \(type.description)")
        }
        types.append(element)
      }
      let operandTypes = operation.operands.compactMap { known[$0] }
      guard let kind = ScalarRegion.kind(operation) else { throw .unsupportedRegion(node, "the operation '\(operation.name)'") }
      if case .call(let name) = kind {
        let body = try node.walker.function(name, node).body ?? ProgramRegion()
        guard body.arguments.count == operandTypes.count else { throw .unsupportedRegion(node, "a call of '\(name)' with other arguments") }
        for (argument, type) in zip(body.arguments, operandTypes) { known[argument.value] = type }
        try check(body, &known, depth: depth + 1)
        guard body.results.compactMap({ known[$0] }) == types else {
          throw .unsupportedRegion(node, "a call of '\(name)' with other results")
        }
      } else if !kind.fits(operation, operandTypes, types) {
        throw .unsupportedRegion(node, "the operation '\(operation.name)' on types that do not fit it")
      }
      for (result, type) in zip(operation.results, types) { known[result] = type }
    }
  }

  /// What an operation is for scalars.
  private enum Kind {
    case element(ElementOperation)
    case select
    case constant(DenseConstant)
    case identity
    case call(String)

    /// `true` iff `operation`, which is of this kind and no call, makes `types` of `operands`.
    func fits(_ operation: ProgramOperation, _ operands: [ElementType], _ types: [ElementType]) -> Bool {
      switch self {
      case .element(let element):
        return types.count == 1 && operation.results.count == 1 && element.resultType(operands, declared: types[0]) == types[0]
          && (operation.name != "stablehlo.bitcast_convert" || operands[0].bitCount == types[0].bitCount)
      case .select: return operands.count == 3 && operands[0] == .bool && operands[1] == operands[2] && types == [operands[1]]
      case .constant(let constant):
        return types.count == 1 && constant.type.element.plain == types[0] && constant.bytes.count >= types[0].byteCount
      case .identity: return operands == types
      case .call: return false
      }
    }
  }

  private static func kind(_ operation: ProgramOperation) -> Kind? {
    if operation.name == "func.call" { return operation.attributes["callee"]?.text.map(Kind.call) }
    guard let name = OperatorTable.shortName(operation.name) else { return nil }
    switch name {
    case "select": return .select
    case "constant": if case .dense(let constant)? = operation.attributes["value"] { return .constant(constant) } else { return nil }
    case "reshape", "broadcast_in_dim", "optimization_barrier": return .identity
    default: return ElementOperation.all[name].map(Kind.element)
    }
  }

  /// Makes the tensors that the code reads: before the operation whose body it is in.
  func prepared() -> PreparedRegion {
    PreparedRegion(
      region: region, node: node, captured: captured.mapValues { node.graph.value($0) }, types: captured.mapValues(\.elementType))
  }

  /// A region whose captured tensors are there.
  struct PreparedRegion {
    fileprivate let region: ProgramRegion
    fileprivate let node: StableHLONode
    fileprivate let captured: [Int: Value]
    fileprivate let types: [Int: ElementType]

    /// What the region gives for `arguments`.
    func apply(_ b: Builder, _ arguments: [Value], _ argumentTypes: [ElementType]) -> [Value] {
      var values: [Int: (Value, ElementType)] = [:]
      for (number, tensor) in captured.sorted(by: { $0.key < $1.key }) {
        values[number] = (b.element(tensor, []), types[number] ?? .f32)
      }
      return run(region, zip(arguments, argumentTypes).map { ($0, $1) }, b, &values).map(\.0)
    }

    private func run(
      _ region: ProgramRegion, _ arguments: [(Value, ElementType)], _ b: Builder, _ values: inout [Int: (Value, ElementType)]
    ) -> [(Value, ElementType)] {
      for (argument, value) in zip(region.arguments, arguments) { values[argument.value] = value }
      for operation in region.operations where !ProgramWalker.isEnd(operation.name) {
        let operands = operation.operands.compactMap { values[$0] }
        let types = operation.resultTypes.compactMap { $0.tensor?.element.plain }
        var made: [(Value, ElementType)] = []
        switch ScalarRegion.kind(operation) {
        case .element(let element):
          let call = ElementCall(
            builder: b, operands: operands.map(\.0), types: operands.map(\.1), result: types[0], attributes: operation.attributes)
          made = [(element.body(call), types[0])]
        case .select: made = [(b.select(operands[0].0, operands[1].0, operands[2].0), types[0])]
        case .constant(let constant): made = [(b.scalarConstant(constant.bytes, types[0]), types[0])]
        case .identity: made = operands
        case .call(let name):
          if let body = (try? node.walker.function(name, node))?.body { made = run(body, operands, b, &values) }
        case nil: break
        }
        for (result, value) in zip(operation.results, made) { values[result] = value }
      }
      return region.results.compactMap { values[$0] }
    }
  }
}
