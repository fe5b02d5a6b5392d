public import TesseraDiagnostics
import TesseraDialects
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

extension Compilation {
  /// Writes every executable to a file of its own in `folder`, which is made if it is not there; returns the paths.
  ///
  /// Each file compiles and runs alone: a function `main` with the tensors of the dispatch as inputs, and the executable as the compiler made it,
  /// so that code generation makes the same kernel of it.
  @discardableResult
  public func writeDispatches(to folder: String) throws(Diagnostic) -> [String] {
    var sites: [String: [DispatchOp]] = [:]
    for function in module.hostFunctions {
      for dispatch in function.descendants.compactMap(DispatchOp.init) { sites[dispatch.executable, default: []].append(dispatch) }
    }
    let executables = module.executables
    var files: [(name: String, text: String)] = []
    for executable in module.functions.filter(\.isExecutable) {
      let symbol = executable.symbolName ?? ""
      let file = DispatchFile(
        executable: executable, sites: sites[symbol] ?? [], info: code.kernels[symbol],
        configuration: code.configurations[symbol], executables: executables, context: context)
      files.append(("\(file.name).mlir", file.text))
    }
    return try writeTexts(files, to: folder)
  }
}

/// An executable as a program of its own.
///
///     func.func @main(%x0: tensor<?x128xf32> {tessera.shape = ["s0", "128"]}, %x1: tensor<128x512xf32>) -> tensor<?x512xf32> {
///       %d0 = arith.constant 0 : index
///       %s0 = tensor.dim %x0, %d0 : tensor<?x128xf32>
///       %r:1 = "flow.dispatch"(%s0, %x0, %x1) {executable = @dispatch_3} : (...) -> tensor<?x512xf32>
///       return %r#0 : tensor<?x512xf32>
///     }
///     func.func private @dispatch_3(...) attributes {flow.executable, ...} { ... }
///
/// Scalars that are the size of an input at every site come from `tensor.dim`; the others are inputs of the function.
struct DispatchFile {
  let executable: Operation
  /// The dispatches of the executable in the model.
  let sites: [DispatchOp]
  /// The facts of its kernel, if code generation has run.
  let info: KernelInfo?
  /// The configuration of its kernel, if code generation has run.
  let configuration: String?
  /// All executables of the model by symbol.
  let executables: [String: Operation]
  let context: Context

  private var symbol: String { executable.symbolName ?? "" }
  private var readableName: String { executable.attribute(ExecutableAttribute.readableName)?.stringValue ?? "" }

  /// The name of the file without the suffix: the symbol, which has the number, and the readable name.
  var name: String { [symbol, readableName].filter { !$0.isEmpty }.joined(separator: "_").map { $0 == "/" ? "_" : "\($0)" }.joined() }

  /// The whole file.
  var text: String { header + "\n" + host + "\n" + executable.text(local: true) + "\n" }

  /// The summary for people, as comments.
  private var header: String {
    var lines = [
      "\(readableName.isEmpty ? symbol : readableName): executable '\(symbol)', dispatched at \(sites.count) site\(sites.count == 1 ? "" : "s")"
    ]
    if let info {
      func known(_ amount: Int) -> String { amount > 0 ? "\(amount)" : "unknown (dynamic sizes)" }
      lines.append("flops: \(known(info.flops))")
      lines.append("bytes: \(known(info.bytes))")
    }
    if let configuration { lines.append("configuration: \(configuration)") }
    if let info { lines.append("kernel: \(info.symbol)") }
    lines += ports
    for (number, site) in sites.enumerated() {
      lines.append("operators at site \(number): \(site.operation.location.sourceNames.joined(separator: ", "))")
    }
    lines.append("'tessera bench FILE' measures it; 'tessera compile FILE --dump-kernels=FOLDER' shows its code")
    return lines.map { "// " + $0.map { $0.isNewline ? " " : $0 } + "\n" }.joined()
  }

  /// The origin of a scalar: the size of a dispatch's result is the scalar that the dispatch was given for it.
  private func origin(_ value: Value) -> Value {
    guard let size = value.definingOperation, size.name == "tensor.dim", let made = size.operand(0).definingOperation,
      let dispatch = DispatchOp(made), let axis = size.operand(1).definingOperation?.attribute("value")?.integerValue,
      let executable = executables[dispatch.executable],
      let scalar = DynamicSizes(resultsOf: executable).scalar(size.operand(0).number, axis), dispatch.scalars.indices.contains(scalar)
    else { return value }
    return origin(dispatch.scalars[scalar])
  }

  /// The operands of the executable, scalars first, and its results.
  var scalars: [Value] { (executable.body()?.arguments ?? []).filter { !$0.type.isTensor } }
  var tensors: [Value] { (executable.body()?.arguments ?? []).filter { $0.type.isTensor } }
  private var results: [Type] { executable.attribute("function_type")?.typeValue?.functionResults ?? [] }
  /// The sizes of the operands as text: a number, or `s0` for what scalar 0 says; likewise those of the results.
  private var shapes: [[String]] { texts(of: DynamicSizes(operandsOf: executable), count: tensors.count) }
  private var resultShapes: [[String]] { texts(of: DynamicSizes(resultsOf: executable), count: results.count) }

  private func texts(of sizes: DynamicSizes, count: Int) -> [[String]] {
    (0..<count).map { tensor in
      sizes.sizes(tensor).map { size in
        switch size {
        case .fixed(let number): "\(number)"
        case .scalar(let scalar): "s\(scalar)"
        case nil: "?"
        }
      }
    }
  }

  /// The tensor and axis whose size a scalar is, by the number of the scalar; other scalars are inputs.
  private var places: [Int: (tensor: Int, axis: Int)] {
    var places: [Int: (tensor: Int, axis: Int)] = [:]
    for (t, shape) in shapes.enumerated() {
      for (axis, size) in shape.enumerated() {
        if size.hasPrefix("s"), let scalar = Int(size.dropFirst()), places[scalar] == nil { places[scalar] = (t, axis) }
      }
    }
    // A scalar that has the value of a size wherever the model dispatches the executable is that size.
    for s in scalars.indices where places[s] == nil && !sites.isEmpty {
      let equal = places.keys.sorted().first { other in sites.allSatisfy { origin($0.scalars[s]) == origin($0.scalars[other]) } }
      if let equal { places[s] = places[equal] }
    }
    return places
  }

  /// The operands and results of a dispatch that the inputs and outputs of the file's function are; `tessera run --record-dispatches` reads these lines.
  private var ports: [String] {
    func type(_ type: Type, _ shape: [String]) -> String {
      let element = type.isTensor ? type.element : type
      let name = element.isIndex ? ElementType.i64.name : ElementType(name: element.description)?.name ?? element.description
      return "\(name)[\(shape.joined(separator: ", "))]"
    }
    let (shapes, places) = (shapes, places)
    var inputs = tensors.enumerated().map { "tensor \($0) \(type($1.type, shapes[$0]))" }
    for (s, scalar) in scalars.enumerated() where places[s] == nil { inputs.append("scalar \(s) \(type(scalar.type, []))") }
    let outputs = zip(results, resultShapes).enumerated().map { "tensor \(tensors.count + $0) \(type($1.0, $1.1))" }
    return inputs.enumerated().map { "input \($0): \($1)" } + outputs.enumerated().map { "output \($0): \($1)" }
  }

  /// The function that dispatches the executable once.
  private var host: String {
    let (tensors, scalars, results, places) = (tensors, scalars, results, places)
    var inputs = zip(tensors, shapes).enumerated().map { t, pair in
      let shape = pair.1.map { "\"\($0)\"" }.joined(separator: ", ")
      return "%x\(t): \(pair.0.type) {tessera.name = \"x\(t)\", tessera.shape = [\(shape)]}"
    }
    var body: [String] = []
    for (s, scalar) in scalars.enumerated() {
      if let place = places[s] {
        body.append("%d\(s) = arith.constant \(place.axis) : index")
        body.append("%s\(s) = tensor.dim %x\(place.tensor), %d\(s) : \(tensors[place.tensor].type)")
      } else {
        inputs.append("%s\(s): \(scalar.type) {tessera.name = \"s\(s)\"}")
      }
    }
    body += sizeChecks
    let operands = scalars.indices.map { "%s\($0)" } + tensors.indices.map { "%x\($0)" }
    let resultTypes = "(" + results.map(\.description).joined(separator: ", ") + ")"
    let location =
      sites.first.map { Location.fused($0.operation.location.sourceNames.map { .name($0, context) }, context).description } ?? ""
    let returned = results.indices.map { "%r#\($0)" }.joined(separator: ", ")
    body.append(
      "\(results.isEmpty ? "" : "%r:\(results.count) = ")\"\(DispatchOp.name)\"(\(operands.joined(separator: ", "))) {executable = @\(symbol)} : "
        + "(\((scalars + tensors).map(\.type.description).joined(separator: ", "))) -> \(resultTypes) \(location)")
    body.append("return" + (results.isEmpty ? "" : " \(returned) : \(results.map(\.description).joined(separator: ", "))"))
    return "func.func @main(\(inputs.joined(separator: ", "))) -> \(resultTypes) {\n" + body.map { "  \($0)\n" }.joined() + "}\n"
  }
}
