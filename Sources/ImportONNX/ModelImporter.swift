import Constants
import Diagnostics
import Dialects
import FrontEnds
import Graphs
import MLIR

/// Turns a parsed model into a module with one public function.
struct ModelImporter {
  let file: ModelFile
  private let context: Context
  let options: ImportOptions

  init(_ file: ModelFile, _ context: Context, _ options: ImportOptions) {
    self.file = file
    self.context = context
    self.options = options
  }

  /// Imports the model.
  func run() throws(Diagnostic) -> ImportedModel {
    let (proto, library) = try prepared()
    try library.check(proto)
    let (module, function, walker) = start(proto, library, CompleteImport())
    let inputs = try declareInputs(proto, function, walker)
    try walker.bindInitializers(proto, except: inputs.names)
    try walker.run(proto.nodes, prefix: "")
    let results = try finish(proto, walker)
    function.setAttribute("function_type", .type(.function(inputs.types, results.types, context)))
    function.setAttribute("arg_attrs", .array(inputs.attributes, context))
    function.setAttribute("res_attrs", .array(results.attributes, context))
    let strings = file.strings.texts
    if !strings.isEmpty { module.operation.setAttribute(StringOp.table, .array(strings.map { .string($0, context) }, context)) }
    guard module.operation.verify() else { throw .invalidImport(context.takeErrorText(fallback: "no reason given")) }
    return ImportedModel(
      module: module, constants: walker.graph.constants, notes: library.notes + walker.graph.notes,
      externalFiles: file.externalPaths)
  }

  /// The graph, and the operators that it may use.
  func prepared() throws(Diagnostic) -> (GraphProto, OperatorLibrary) {
    guard let proto = file.proto.graph else { throw .noGraph(file.path) }
    try GraphCheck.check(file.proto)
    return (proto, try OperatorLibrary(file.proto))
  }

  /// An empty function in a new module, and a walker that imports nodes into it.
  func start(_ proto: GraphProto, _ library: OperatorLibrary, _ policy: any WalkPolicy) -> (Module, Operation, GraphWalker) {
    let module = Module(context, location: .name(proto.name.isEmpty ? "graph" : proto.name, context))
    let location = Location.name(options.functionName, context)
    let region = Region.create()
    _ = region.appendBlock([], location)
    let function = Builder(context, at: module.body, location: location).create(
      "func.func",
      attributes: [("sym_name", .string(options.functionName, context)), ("function_type", .type(.function([], [], context)))],
      regions: [region])
    let graph = GraphBuilder(context: context, constants: ConstantStore(), function: function, functionName: options.functionName)
    return (module, function, GraphWalker(file: file, library: library, graph: graph, policy: policy))
  }

  // MARK: inputs

  func declareInputs(
    _ proto: GraphProto, _ function: Operation, _ walker: GraphWalker
  ) throws(Diagnostic) -> (types: [Type], attributes: [Attribute], names: Set<String>) {
    var types: [Type] = []
    var attributes: [Attribute] = []
    var known: [String] = []
    let inputs = try functionInputs(proto, walker.graph)
    var unusedSymbols = Set(options.symbols.keys)
    let symbols = Set(proto.inputs.flatMap { $0.type?.shape ?? [] }.compactMap { if case .symbol(let name) = $0 { name } else { nil } })
    for (input, initializer) in inputs {
      guard let type = input.type else { throw .untypedInput(input.name) }
      if let kind = type.otherKind { throw .notATensor(input.name, kind) }
      guard let element = ElementType(onnx: type.elementType) else {
        throw .unsupportedElementType(input.name, ElementType.onnxName(type.elementType))
      }
      guard type.containers.count <= Self.containerLimit else { throw .notATensor(input.name, "list of lists of lists") }
      guard let dimensions = type.shape ?? (type.containers.isEmpty ? nil : []) else { throw .unrankedInput(input.name) }
      guard dimensions.count <= GraphTensor.rankLimit else { throw .rankTooHigh(input.name, dimensions.count) }

      // First the sizes, for the type; then the symbols, which refer to the argument.
      var labels: [String] = []
      var sizes: [Int] = []
      for (axis, declared) in dimensions.enumerated() {
        // In lists each tensor has sizes of its own.
        let dimension = type.containers.isEmpty ? Self.named(declared, input.name, axis, among: symbols) : declared
        switch dimension {
        case .fixed(let size) where size >= 0:
          guard size <= Type.elementLimit else { throw .impossibleInput(input.name, axis, size) }
          sizes.append(Int(size))
        case .symbol(let symbol):
          unusedSymbols.remove(symbol)
          if !known.contains(symbol) { known.append(symbol) }
          if let size = options.symbols[symbol], size >= 0 { sizes.append(size) } else { sizes.append(Type.dynamic) }
        default: sizes.append(Type.dynamic)
        }
        if case .symbol(let symbol) = dimension, sizes[axis] == Type.dynamic {
          labels.append(symbol)
        } else {
          labels.append(sizes[axis] == Type.dynamic ? "?" : "\(sizes[axis])")
        }
      }
      let argumentType: Type = type.containers.isEmpty ? .tensor(sizes, element.type(context)) : .list(context)
      let argument = function.regions[0].blocks[0].addArgument(argumentType, .name(input.name, context))
      types.append(argumentType)
      let defaults = try initializer.map { proto throws(Diagnostic) in try defaultAttributes(proto, walker.graph) } ?? []
      attributes.append(signature(input.name, type.shape == nil ? nil : labels, element, type.containers, defaults))
      if !type.containers.isEmpty {
        let form = ElementForm.tensor(element, sizes: type.shape == nil ? nil : sizes.map { $0 == Type.dynamic ? nil : $0 })
        let nested = type.containers.dropFirst().reduce(form) { form, _ in .list(form) }
        let list = GraphTensor.list(argument, of: nested, isOptional: type.containers[0] == .optional)
        try walker.bind(input.name, list, by: "the input")
        continue
      }
      var shape: [IndexExpression] = []
      for (axis, size) in sizes.enumerated() {
        guard size == Type.dynamic else {
          shape.append(IndexExpression(size))
          continue
        }
        shape.append(walker.graph.indices.symbol(labels[axis], tensor: argument, axis: axis))
      }
      try walker.bind(input.name, GraphTensor(name: input.name, element, shape, value: argument), by: "the input")
    }
    if let symbol = unusedSymbols.min() { throw .unknownSymbol(symbol, known) }
    return (types, attributes, Set(inputs.map(\.input.name)))
  }

  /// The attributes of an argument that a call may leave out: the global that stands for it then, and its sizes.
  private func defaultAttributes(_ proto: TensorProto, _ graph: GraphBuilder) throws(Diagnostic) -> [(String, Attribute)] {
    let sizes = proto.dimensions.map { Attribute.i64(Int($0), context) }
    let symbol = graph.global(for: try file.tensor(proto, name: proto.name), try file.bytes(of: proto))
    return [("tessera.default", .symbol(symbol, context)), ("tessera.default_shape", .array(sizes, context))]
  }

  /// What exporters write for a dimension of which they know nothing: each is one of its own, though they read alike.
  private static func isNoName(_ symbol: String) -> Bool { ["", "?", "None", "none"].contains(symbol) || Int(symbol) != nil }

  /// The dimension of an input with a name: `input.1`, where the file has neither a size nor a name. No other has the same name.
  private static func named(_ dimension: TypeProto.Dimension, _ input: String, _ axis: Int, among symbols: Set<String>)
    -> TypeProto.Dimension
  {
    if case .symbol(let name) = dimension, !isNoName(name) { return dimension }
    if case .fixed(let size) = dimension, size >= 0 { return dimension }
    var name = "\(input).\(axis)"
    while symbols.contains(name) { name += "'" }
    return .symbol(name)
  }

  /// ONNX needs two: an optional sequence.
  private static let containerLimit = 4

  /// The attributes of an argument or result.
  private func signature(
    _ name: String, _ labels: [String]?, _ element: ElementType, _ containers: [TypeProto.Container] = [],
    _ more: [(String, Attribute)] = []
  ) -> Attribute {
    var entries: [(String, Attribute)] = [("tessera.name", .string(name, context))] + more
    func add(_ key: String, _ strings: [String]) { entries.append((key, .array(strings.map { .string($0, context) }, context))) }
    if let labels { add("tessera.shape", labels) }
    if !containers.isEmpty { add("tessera.containers", containers.map(\.rawValue)) }
    if element.isUnsigned || element.isSmall || element == .string || !containers.isEmpty {
      entries.append(("tessera.type", .string(element.name, context)))
    }
    return .dictionary(entries, context)
  }

  // MARK: results

  func finish(_ proto: GraphProto, _ walker: GraphWalker) throws(Diagnostic) -> (types: [Type], attributes: [Attribute]) {
    let graph = walker.graph
    graph.builder.location = .name(options.functionName, context)
    var values: [Value] = []
    var attributes: [Attribute] = []
    for output in proto.outputs {
      guard let tensor = walker.value(output.name) else { throw .undefinedOutput(output.name) }
      if tensor.mayBeScalar { throw .openRankResult(output.name) }
      // A tensor stands for a list of maps.
      let isList = output.type?.containers.isEmpty == false && output.type?.otherKind == nil
      if tensor.isContainer || isList {
        let list = try listResult(tensor, output, graph)
        values.append(list.value)
        attributes.append(list.signature)
        continue
      }
      values.append(graph.value(tensor))
      let labels = tensor.shape.map { size -> String in
        if let known = size.known { return "\(known)" }
        guard let symbol = graph.indices.symbolName(size), !symbol.hasPrefix("?") else { return "?" }
        return symbol
      }
      attributes.append(signature(output.name, labels, tensor.elementType))
    }
    graph.builder.create("func.return", values)
    graph.requireAssumedSizes()
    return (values.map(\.type), attributes)
  }

  /// A result that is a sequence or an optional, as the graph declares it.
  private func listResult(
    _ tensor: GraphTensor, _ output: ValueInfoProto, _ graph: GraphBuilder
  ) throws(Diagnostic) -> (value: Value, signature: Attribute) {
    var declared = output.type?.containers ?? []
    if declared.isEmpty { declared = [tensor.isOptional ? .optional : .sequence] }
    // What is there may stand for an optional of it, and the other way around.
    var result: GraphTensor? = tensor
    if declared[0] == .optional, !tensor.isOptional { result = .sequence([tensor], isOptional: true) }
    if declared[0] == .sequence, tensor.isOptional { result = tensor.sequence?.isEmpty == true ? nil : graph.element(.zero, of: tensor) }
    guard let list = result, list.isContainer else { throw .listResult(output.name, declared[0].rawValue) }
    var form = list.elementForm
    while case .list(let inner) = form { form = inner }
    if form == .mixed { throw .listResult(output.name, declared[0].rawValue) }
    var element = ElementType(onnx: output.type?.elementType ?? 0) ?? .f32
    var labels: [String]?
    if case .tensor(let type, let sizes) = form {
      element = type
      labels = sizes?.map { $0.map(String.init) ?? "?" }
    }
    return (graph.listValue(list), signature(output.name, labels, element, declared))
  }
}
