import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraFrontEnds
import TesseraMLIR

/// The function that a graph becomes: its arguments, which users know by name, what is made of them, and its results.
package final class GraphFunction {
  /// The size of a dimension of an input.
  package enum Dimension {
    case fixed(Int)
    /// Equal names are equal sizes: what the user chose, else what only the run knows.
    case named(String)
    /// A size that is like no other: its name is made of the input's, as in `input.1`.
    case unknown
  }

  package let module: Module
  package let graph: GraphBuilder
  /// The location of what belongs to no operation of the model.
  package let location: Location
  /// The name by which users call it.
  package let name: String
  private let operation: Operation
  private let options: ImportOptions
  private var arguments: (types: [Type], attributes: [Attribute]) = ([], [])
  private var results: (values: [Value], attributes: [Attribute]) = ([], [])
  /// The names of dimensions, in order.
  private var names: [String] = []
  /// The names of all inputs, those included that are constants.
  private var inputNames: [String] = []

  private var context: Context { graph.context }

  /// Creates an empty function in a new module, which has the name of the graph as its location.
  package convenience init(_ context: Context, _ options: ImportOptions, graphName: String = "graph") {
    self.init(Module(context, location: .name(graphName, context)), GlobalTable(), options, name: options.functionName)
  }

  /// Creates an empty function behind `other`, in its module.
  package convenience init(after other: GraphFunction, name: String) {
    self.init(other.module, other.graph.globals, other.options, name: name)
  }

  private init(_ module: Module, _ globals: GlobalTable, _ options: ImportOptions, name: String) {
    let context = module.context
    (self.module, self.options) = (module, options)
    self.name = globals.newSymbol(name)
    location = .name(self.name, context)
    let region = Region.create()
    _ = region.appendBlock([], location)
    operation = Builder(context, at: module.body, location: location).create(
      "func.func",
      attributes: [("sym_name", .string(self.name, context)), ("function_type", .type(.function([], [], context)))],
      regions: [region])
    graph = GraphBuilder(context: context, globals: globals, function: operation)
  }

  // MARK: arguments

  /// Adds an argument, or returns the constant that the user put in its place. `attributes` are those that it has beside its signature.
  package func input(
    _ name: String, _ element: ElementType, _ dimensions: [Dimension], attributes: [(String, Attribute)] = []
  ) throws(Diagnostic) -> GraphTensor {
    let (sizes, labels) = resolved(
      dimensions.enumerated().map { axis, dimension in
        guard case .unknown = dimension else { return dimension }
        var own = InputDimensions.name(nil, input: name, axis: axis)
        while names.contains(own) { own += "'" }
        return .named(own)
      })
    inputNames.append(name)
    if let given = options.options(ConstantInputs.self)?[name] { return try Self.constant(given, name, element, sizes) }
    let argument = add(.tensor(sizes, element.type(context)), name, signature(name, labels, element, more: attributes))
    let shape = sizes.indices.map { axis -> IndexExpression in
      sizes[axis] == Type.dynamic
        ? graph.indices.symbol(labels[axis], tensor: argument, axis: axis) : IndexExpression(sizes[axis])
    }
    return GraphTensor(name: name, element, shape, value: argument)
  }

  /// Adds an argument that is a list of tensors (or of lists of them); `dimensions` are `nil` where not even the rank is known.
  package func listInput(
    _ name: String, _ element: ElementType, _ dimensions: [Dimension]?, containers: [String], isOptional: Bool,
    attributes: [(String, Attribute)] = []
  ) -> GraphTensor {
    let resolved = dimensions.map(resolved)
    let argument = add(.list(context), name, signature(name, resolved?.labels, element, containers, more: attributes))
    let form = ElementForm.tensor(element, sizes: resolved?.sizes.map { $0 == Type.dynamic ? nil : $0 })
    return .list(argument, of: containers.dropFirst().reduce(form) { form, _ in .list(form) }, isOptional: isOptional)
  }

  private func add(_ type: Type, _ name: String, _ signature: Attribute) -> Value {
    arguments.types.append(type)
    arguments.attributes.append(signature)
    return operation.regions[0].blocks[0].addArgument(type, .name(name, context))
  }

  /// The sizes for a type, and the labels for the signature.
  private func resolved(_ dimensions: [Dimension]) -> (sizes: [Int], labels: [String]) {
    var sizes: [Int] = [], labels: [String] = []
    for dimension in dimensions {
      switch dimension {
      case .fixed(let size):
        sizes.append(size)
        labels.append("\(size)")
      case .named(let name):
        if !names.contains(name) { names.append(name) }
        let size = options.symbols[name].flatMap { $0 >= 0 ? $0 : nil } ?? Type.dynamic
        sizes.append(size)
        labels.append(size == Type.dynamic ? name : "\(size)")
      case .unknown:
        sizes.append(Type.dynamic)
        labels.append("?")
      }
    }
    return (sizes, labels)
  }

  /// Throws where the user chose a size for a dimension, or a constant for an input, that there is not.
  package func requireChosenNames() throws(Diagnostic) { try requireChosenNames(with: []) }

  /// The same, of this function and `others`.
  package func requireChosenNames(with others: [GraphFunction]) throws(Diagnostic) {
    var known = Set<String>()
    let inputs = ([self] + others).flatMap(\.inputNames).filter { known.insert($0).inserted }
    if let given = options.options(ConstantInputs.self) {
      if let name = given.tensors.keys.filter({ !known.contains($0) }).min() { throw .unknownConstantInput(name, inputs) }
      if !given.offered.isEmpty, !given.offered.keys.contains(where: known.contains) {
        throw .unusedConstantInputs(given.offered.keys.sorted(), inputs)
      }
    }
    let names = others.reduce(names) { names, other in names + other.names.filter { !names.contains($0) } }
    if let name = options.symbols.keys.filter({ !names.contains($0) }).min() { throw .unknownDimension(name, names) }
  }

  /// The attributes that tell the runtime of an argument or result; `labels` are the names or numbers of its sizes.
  private func signature(
    _ name: String, _ labels: [String]?, _ element: ElementType, _ containers: [String] = [], more: [(String, Attribute)] = []
  ) -> Attribute {
    var entries: [(String, Attribute)] = [(SignatureAttribute.name, .string(name, context))] + more
    func add(_ key: String, _ strings: [String]) { entries.append((key, .array(strings.map { .string($0, context) }, context))) }
    if let labels { add(SignatureAttribute.shape, labels) }
    if !containers.isEmpty { add(SignatureAttribute.containers, containers) }
    // The type in the IR does not tell these.
    if element.isUnsigned || element.isSmall || element == .string || !containers.isEmpty {
      entries.append((SignatureAttribute.type, .string(element.name, context)))
    }
    return .dictionary(entries, context)
  }

  // MARK: results

  /// Adds a result.
  package func result(_ name: String, _ tensor: GraphTensor) {
    let labels = tensor.shape.map { size -> String in
      if let known = size.known { return "\(known)" }
      guard let symbol = graph.indices.symbolName(size), !symbol.hasPrefix("?") else { return "?" }
      return symbol
    }
    results.values.append(graph.value(tensor))
    results.attributes.append(signature(name, labels, tensor.elementType))
  }

  /// Adds a result that is a list of tensors of `element` (or of lists of them); `labels` are `nil` where not even the rank is known.
  package func listResult(_ name: String, _ list: GraphTensor, _ element: ElementType, labels: [String]?, containers: [String]) {
    results.values.append(graph.listValue(list))
    results.attributes.append(signature(name, labels, element, containers))
  }

  /// Ends the function.
  package func end() throws(Diagnostic) {
    graph.builder.location = location
    graph.builder.create("func.return", results.values)
    graph.requireAssumedSizes()
    operation.setAttribute("function_type", .type(.function(arguments.types, results.values.map(\.type), context)))
    operation.setAttribute("arg_attrs", .array(arguments.attributes, context))
    operation.setAttribute("res_attrs", .array(results.attributes, context))
    guard module.operation.verify() else { throw .invalidImport(context.takeErrorText(fallback: "no reason given")) }
  }

  /// Ends the function, and makes a model of it.
  package func finish(notes: [String] = [], externalFiles: [String] = []) throws(Diagnostic) -> ImportedModel {
    try end()
    return ImportedModel(module: module, constants: graph.constants, notes: notes + graph.notes, externalFiles: externalFiles)
  }
}

extension Diagnostic {
  fileprivate static func invalidImport(_ reason: String) -> Diagnostic {
    Diagnostic(.compilerBug, "the importer built IR that MLIR rejects", notes: [reason])
  }
}
