import TesseraDiagnostics

/// The operator sets and functions of a model.
struct OperatorLibrary {
  /// Functions call each other at most this deep: more would not fit on the stack.
  static let callLimit = 256
  /// The newest operator set that the table was written for.
  static let newestVersion = 28

  /// Versions by domain; the default domain is "".
  let opsets: [String: Int]
  private let functions: [Key: FunctionProto]

  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  init(_ model: ModelProto) throws(Diagnostic) {
    opsets = Self.versions(model.opsets)
    functions = Dictionary(
      model.functions.map { (Key(domain: $0.domain == "ai.onnx" ? "" : $0.domain, name: $0.name, overload: $0.overload), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Versions by domain.
  static func versions(_ list: [OperatorSetProto]) -> [String: Int] {
    Dictionary(
      list.map { ($0.domain == "ai.onnx" ? "" : $0.domain, Int(truncatingIfNeeded: $0.version)) }, uniquingKeysWith: { max($0, $1) })
  }

  /// The function that `node` calls, if it is one of the model's.
  func function(_ node: NodeProto) -> FunctionProto? {
    functions.isEmpty ? nil : functions[Key(domain: node.canonicalDomain, name: node.operation, overload: node.overload)]
  }

  /// What the user should know about the model's versions.
  var notes: [String] {
    guard let version = opsets[""], version > Self.newestVersion else { return [] }
    return ["the model uses operator set \(version), which is newer than \(Self.newestVersion), the newest that is known here"]
  }

  /// Throws one diagnostic that lists all operators of `graph`, and of the functions and subgraphs that it uses, that are not in the table.
  func check(_ graph: GraphProto) throws(Diagnostic) {
    let unknown = try unknownOperators(graph)
    if !unknown.isEmpty { throw .unknownOperators(unknown) }
  }

  /// All operators of `graph`, and of the functions and subgraphs that it uses, that are not in the table. Throws if functions call themselves,
  /// which ONNX forbids.
  func unknownOperators(_ graph: GraphProto) throws(Diagnostic) -> [UnknownOperator] {
    var search = Search(library: self)
    try search.visit(graph.nodes, opsets, prefix: "", depth: 0)
    return search.found
  }

  /// The walk that collects unknown operators; every function is visited once.
  private struct Search {
    let library: OperatorLibrary
    var found: [UnknownOperator] = []
    private var visited: Set<Key> = []
    /// The functions that the walk is in, the outermost first.
    private var calls: [Key] = []

    init(library: OperatorLibrary) { self.library = library }

    mutating func visit(_ nodes: [NodeProto], _ opsets: [String: Int], prefix: String, depth: Int) throws(Diagnostic) {
      // Deeper than this, the import itself stops with a diagnostic.
      if depth > callLimit + WireReader.depthLimit { return }
      var ordinals: [String: Int] = [:]
      for node in nodes {
        let ordinal = ordinals[node.operation, default: 0]
        ordinals[node.operation] = ordinal + 1
        let label = prefix + (node.name.isEmpty ? "\(node.operation)_\(ordinal)" : node.name)
        if let function = library.function(node) {
          let key = Key(domain: node.canonicalDomain, name: node.operation, overload: node.overload)
          if let start = calls.firstIndex(of: key) { throw .recursiveFunctions((calls[start...] + [key]).map(\.name)) }
          if visited.insert(key).inserted {
            calls.append(key)
            try visit(
              function.nodes, OperatorLibrary.versions(function.opsets).merging(opsets) { own, _ in own }, prefix: label + "/",
              depth: depth + 1)
            calls.removeLast()
          }
          continue
        }
        let version = opsets[node.canonicalDomain]
        if version.flatMap({ OperatorTable.row(node, $0) }) == nil { add(node, version, label) }
        for attribute in node.attributes {
          for graph in attribute.graph { try visit(graph.nodes, opsets, prefix: label + "/", depth: depth + 1) }
        }
      }
    }

    private mutating func add(_ node: NodeProto, _ version: Int?, _ label: String) {
      if let i = found.firstIndex(where: { $0.operation == node.operation && $0.domain == node.canonicalDomain && $0.version == version }) {
        found[i].nodes.append(label)
      } else {
        found.append(UnknownOperator(operation: node.operation, domain: node.canonicalDomain, version: version, nodes: [label]))
      }
    }
  }
}

/// An operator that the table does not have, and the nodes that use it.
struct UnknownOperator {
  let operation: String
  let domain: String
  /// `nil` if the model does not import the domain.
  let version: Int?
  var nodes: [String]
}
