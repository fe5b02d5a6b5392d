import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraGraphs
import TesseraMLIR

/// A variable of the model, which keeps its value from call to call.
///
/// A function has no state: the variable is an argument, and its new value a result that the caller hands to the next call. A call that leaves it
/// out begins with the value that the model sets at first.
struct VariableRecord {
  let key: String
  let name: String
  /// What is stored in it first, or read from it: its type and sizes.
  let tensor: TensorRecord
  /// The constant that it is set to before all calls; `nil` if there is none.
  let initial: TensorRecord?
  /// The number of the tensor that it is; `nil` if it is a resource.
  var number: Int?

  /// More bytes than this are no state.
  private static let byteLimit = 1 << 28

  /// The key of a variable that is a tensor of the subgraph.
  static func key(ofTensor i: Int) -> String { "tensor \(i)" }

  /// What it is before all calls; `nil` if the model does not say.
  func start(_ file: ModelFile) throws(Diagnostic) -> (tensor: GraphTensor, bytes: ConstantBytes)? {
    if let initial { return try file.constantBytes(initial) }
    guard number != nil, let type = tensor.type.element else { return nil }
    let count = try file.elementCount(tensor).multipliedSaturated(by: type.byteCount)
    guard count <= Self.byteLimit else { throw .impossibleTensor(tensor) }
    // Zeros, as the elements of the type stand for them.
    let zero = tensor.rule?.zeros.first ?? 0
    let element = withUnsafeBytes(of: zero.littleEndian) { Array($0.prefix(type.byteCount)) }
    let bytes = (0..<count).map { element[$0 % element.count] }
    return (GraphTensor(type, tensor.shape.map { IndexExpression($0) }, constant: .owned(bytes)), .owned(bytes))
  }
}

extension ModelFile {
  /// The variables of a subgraph and of those that it calls, in the order in which they are named.
  func variables(of number: Int) throws(Diagnostic) -> [VariableRecord] {
    var search = VariableSearch(file: self)
    try search.visit(number)
    var variables: [VariableRecord] = []
    for key in search.keys {
      let initial = search.initial[key]
      guard let tensor = search.tensors[key] ?? initial else { continue }
      variables.append(VariableRecord(key: key, name: search.names[key] ?? key, tensor: tensor, initial: initial))
    }
    for (i, tensor) in subgraphs[number].tensors.enumerated() where tensor.isVariable {
      let name = tensor.name.isEmpty ? "state_\(i)" : tensor.name
      variables.append(VariableRecord(key: VariableRecord.key(ofTensor: i), name: name, tensor: tensor, initial: nil, number: i))
    }
    return variables
  }
}

/// The key of a variable: its container and its name.
private func key(_ options: OperatorOptions) throws(Diagnostic) -> (key: String, name: String) {
  let name = try options.text("shared_name") ?? ""
  return ("\(try options.text("container") ?? "")/\(name)", name)
}

/// A search for variables, through the subgraphs that operators name.
private struct VariableSearch {
  let file: ModelFile
  private(set) var keys: [String] = []
  private(set) var names: [String: String] = [:]
  private(set) var tensors: [String: TensorRecord] = [:]
  private(set) var initial: [String: TensorRecord] = [:]
  private var visited: Set<Int> = []

  init(file: ModelFile) { self.file = file }

  /// The fields of options that name subgraphs.
  private static let subgraphFields = [
    "WHILE": ["cond_subgraph_index", "body_subgraph_index"], "IF": ["then_subgraph_index", "else_subgraph_index"], "CALL": ["subgraph"],
    "STABLEHLO_COMPOSITE": ["decomposition_subgraph_index"],
  ]

  /// Looks at subgraph `number`; `isInitializer`: it sets variables before all calls.
  mutating func visit(_ number: Int, isInitializer: Bool = false) throws(Diagnostic) {
    guard file.subgraphs.indices.contains(number), visited.insert(number).inserted else { return }
    let subgraph = file.subgraphs[number]
    var handles: [Int: String] = [:]
    for record in subgraph.operators {
      guard let row = OperatorTable.row(record.code) else { continue }
      let options = OperatorOptions(record.options?.table, row.options), first = record.inputs.first ?? -1
      switch row.name {
      case "VAR_HANDLE":
        let (key, name) = try key(options)
        if let output = record.outputs.first { handles[output] = key }
        if names.updateValue(name, forKey: key) == nil { keys.append(key) }
      case "READ_VARIABLE":
        if let key = handles[first], let output = record.outputs.first, tensors[key] == nil { tensors[key] = subgraph.tensors[output] }
      case "ASSIGN_VARIABLE" where record.inputs.count == 2 && record.inputs[1] >= 0:
        let value = subgraph.tensors[record.inputs[1]]
        guard let key = handles[first] else { break }
        if isInitializer, file.isConstant(value) { initial[key] = value } else if tensors[key] == nil { tensors[key] = value }
      case "CALL_ONCE": try visit(options.integer("init_subgraph_index"), isInitializer: true)
      default: for field in Self.subgraphFields[row.name] ?? [] { try visit(options.integer(field), isInitializer: isInitializer) }
      }
    }
  }
}

// MARK: operators

/// `VAR_HANDLE`: a name of a variable.
let lowerVarHandle: Lowering = { node throws(Diagnostic) in
  guard let output = node.record.outputs.first else { throw .missingOutput(node, 0) }
  node.walker.name(output, variable: try key(node.options).key)
  return []
}

extension Node {
  /// The variable that input 0 names.
  private func variable() throws(Diagnostic) -> String {
    guard let first = record.inputs.first, first >= 0, let key = walker.variable(first) else { throw .missingInput(self, 0) }
    return key
  }

  /// The value of the variable that input 0 names.
  fileprivate func variableValue() throws(Diagnostic) -> GraphTensor {
    guard let value = walker.variables[try variable()] else { throw .undefinedTensor(label, node: label, operation: operation) }
    return value
  }

  fileprivate func assign(_ value: GraphTensor) throws(Diagnostic) {
    let key = try variable()
    guard !graph.isInRegion else { throw .unsupportedForm(self, "sets a variable in a branch or loop") }
    if let old = walker.variables[key] {
      guard old.elementType == value.elementType else { throw .differentTypes(self, old, value) }
      try requireShape(value, old.shape)
    }
    walker.variables[key] = value
    walker.assigned.insert(key)
  }
}

/// `READ_VARIABLE`
let lowerReadVariable: Lowering = { node throws(Diagnostic) in [try node.variableValue()] }

/// `ASSIGN_VARIABLE`
let lowerAssignVariable: Lowering = { node throws(Diagnostic) in
  try node.assign(try node.input(1))
  return []
}

/// `CALL_ONCE`: what it sets is what arguments are by default.
let lowerCallOnce: Lowering = { node throws(Diagnostic) in
  let number = try node.integer("init_subgraph_index")
  guard node.walker.file.subgraphs.indices.contains(number) else {
    throw node.diagnostic(.invalidInput, "names the subgraph \(number) of \(node.walker.file.subgraphs.count)")
  }
  for record in node.walker.file.subgraphs[number].operators where record.code.name == "ASSIGN_VARIABLE" {
    let subgraph = node.walker.file.subgraphs[number]
    guard record.inputs.count == 2, record.inputs[1] >= 0, node.walker.file.isConstant(subgraph.tensors[record.inputs[1]]) else {
      throw .unsupportedForm(node, "sets a variable to what is no constant")
    }
  }
  return []
}
