import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraLoopNests
import TesseraMLIR
import TesseraModuleFormat

/// Evaluates computations on constants at compile time, with our own compiler and runtime.
///
/// Before: %w = ml_program.global_load_const @w ...; %t = linalg.generic ... ins(%w) ...
/// After:  %t = ml_program.global_load_const @constant_0
///
/// Each maximal computation on constants becomes a function of the globals it reads. Functions that are equal but for the globals are compiled
/// once, and called once for each set of globals, when the module is written: memory stays bounded by the largest of them. A weight that several
/// layers share is so packed and stored once.
///
/// Requires: structured operations are `linalg.generic`.
/// Ensures: what remains of computations on constants are views, fills, and results that are much larger than what they come from.
struct EvaluateConstants {
  let compilation: Compilation
  private var module: TesseraMLIR.Module { compilation.module }
  private var context: Context { compilation.context }

  /// A result is not stored if it has more than this many bytes and is larger than all that it comes from by `CompileOptions.constantGrowth`.
  private let freeByteCount = 1 << 20

  init(_ compilation: Compilation) { self.compilation = compilation }

  /// A computation to do: its result, and the loads of globals that it reads.
  private struct Job {
    let root: Value
    let operations: [Operation]
    let loads: [Operation]
    let function: String

    var globals: [String] { loads.compactMap { $0.attribute("global")?.symbolName } }
  }

  /// The computations of constants: equal ones have one result, which is stored once.
  private struct Computation: Hashable {
    let function: String
    let globals: [String]
  }

  func run() throws(Diagnostic) {
    var jobs: [Job] = []
    for function in module.hostFunctions {
      var constants = ConstantValues()
      for operation in function.descendants where operation.name == "linalg.generic" {
        for result in operation.results where constants.contains(result) {
          let isRoot = result.isUsed { use in
            !use.operation.results.contains { constants.contains($0) } && !isInsideConstant(use.operation, &constants)
          }
          if isRoot, let job = job(result), context.rewrites.allows(operation) { jobs.append(job) }
        }
      }
    }
    guard !jobs.isEmpty else { return }

    // One function for each different computation.
    let inner = TesseraMLIR.Module(context)
    var nameByText: [String: String] = [:]
    for job in jobs where nameByText[job.function] == nil {
      let name = "evaluate_\(nameByText.count)"
      nameByText[job.function] = name
      let parsed: TesseraMLIR.Module
      do throws(MLIRError) { parsed = try TesseraMLIR.Module(parsing: job.function, context) } catch {
        throw Diagnostic(.compilerBug, id: "constantEvaluation", "a constant computation cannot be read back: \(error.text)")
      }
      let function = parsed.functions[0].clone()
      function.setAttribute("sym_name", .string(name, context))
      inner.body.append(function)
    }
    var options = CompileOptions()
    options.target = Targets.host
    options.evaluatesConstants = false
    options.runsOnce = true
    options.isStrictMath = compilation.options.isStrictMath
    options.checksAccesses = compilation.options.checksAccesses
    options.cache = compilation.options.cache
    let nested = Compilation(context: context, options: options, module: inner, constants: ConstantStore())
    try nested.run(from: "dispatch-creation")
    let evaluator = try ConstantEvaluator(nested.moduleBytes())
    var symbols: [Computation: String] = [:]
    for job in jobs {
      let computation = Computation(function: nameByText[job.function]!, globals: job.globals)
      let symbol = symbols[computation] ?? define(job, by: computation.function, evaluator)
      symbols[computation] = symbol
      load(symbol, insteadOf: job.root)
    }
    compilation.count("constants evaluated", symbols.count)
    eraseUnused()
  }

  /// `true` iff `operation` stands in the body of a constant computation, or in no function's own block.
  private func isInsideConstant(_ operation: Operation, _ constants: inout ConstantValues) -> Bool {
    var current = operation.parent
    while let op = current {
      if op.name == "linalg.generic" { return op.results.contains { constants.contains($0) } }
      current = op.parent
    }
    return false
  }

  // MARK: finding

  /// Collects the computation of `root`; `nil` if it is not worth its memory or has no globals (fills).
  private func job(_ root: Value) -> Job? {
    var operations: [Operation] = [], seen = Set<Operation>()
    func collect(_ op: Operation) {
      guard seen.insert(op).inserted else { return }
      var sources = op.operands
      if let structured = StructuredOp(op) { sources += structured.captures }
      for value in sources { if let source = value.definingOperation { collect(source) } }
      operations.append(op)
    }
    collect(root.definingOperation!)
    let loads = operations.filter { $0.name == "ml_program.global_load_const" }
    let dense = operations.filter { $0.name == "arith.constant" && $0.result(0).type.isTensor && !$0.attribute("value")!.isSplat }
    guard !loads.isEmpty || !dense.isEmpty else { return nil }
    for load in loads where compilation.constants[load.attribute("global")!.symbolName!] == nil { return nil }
    for value in [root] + loads.map({ $0.result(0) }) where ElementType(stored: value.type.element) == nil { return nil }
    // A constant that is seen under sizes of the run has no bytes of such a type.
    guard operations.allSatisfy({ $0.results.allSatisfy { !$0.type.isTensor || $0.type.shape.allSatisfy { $0 != Type.dynamic } } }) else {
      return nil
    }
    let inputBytes = (loads + dense).reduce(0) { $0 + byteCount($1.result(0).type) }
    let outputBytes = byteCount(root.type)
    guard outputBytes <= freeByteCount || (outputBytes - 1) / max(1, compilation.options.constantGrowth) < inputBytes else { return nil }
    return Job(root: root, operations: operations, loads: loads, function: functionText(root, operations, loads))
  }

  private func byteCount(_ type: Type) -> Int { type.shape.reduce(1, *) * max(1, (type.element.bitWidth ?? 64) / 8) }

  /// The computation as a module with one function of the globals' values, without names or locations.
  private func functionText(_ root: Value, _ operations: [Operation], _ loads: [Operation]) -> String {
    let unknown = Location.unknown(context)
    let holder = TesseraMLIR.Module(context)
    let region = Region.create()
    let block = region.appendBlock(loads.map { $0.result(0).type }, unknown)
    var map: [Value: Value] = [:]
    for (load, argument) in zip(loads, block.arguments) { map[load.result(0)] = argument }
    let b = Builder(context, at: block, location: unknown)
    for op in operations where op.name != "ml_program.global_load_const" { b.copy(op, &map) }
    b.create("func.return", [map[root]!])
    Builder(context, at: holder.body, location: unknown).create(
      "func.func",
      attributes: [
        ("sym_name", .string("evaluate", context)),
        ("function_type", .type(.function(loads.map { $0.result(0).type }, [root.type], context))),
      ], regions: [region])
    return holder.operation.text()
  }

  // MARK: evaluating

  /// The type of the elements in memory, which `job` made sure of.
  private func elementType(_ type: Type) -> ElementType { ElementType(stored: type.element)! }

  /// Makes a global that `function` computes as `job` says, and returns its symbol.
  private func define(_ job: Job, by function: String, _ evaluator: ConstantEvaluator) -> String {
    // A constant of the model may be called so.
    var symbol: String
    repeat { symbol = "constant_\(compilation.nextConstant())" } while compilation.constants[symbol] != nil
    let inputs = job.loads.map { load in
      let type = load.result(0).type
      return (constant: compilation.constants[load.attribute("global")!.symbolName!]!, elementType: elementType(type), shape: type.shape)
    }
    compilation.constants.set(
      symbol,
      computedBy: EvaluatedConstant(
        evaluator: evaluator, function: function, text: job.function, inputs: inputs,
        byteCount: job.root.type.shape.reduce(elementType(job.root.type).byteCount, *)))
    module.addGlobal(symbol, job.root.type)
    return symbol
  }

  /// Reads the global `symbol` wherever `root` is read.
  private func load(_ symbol: String, insteadOf root: Value) {
    guard let definition = root.definingOperation else { return }
    root.replaceAllUses(with: Builder(context, before: definition).loadGlobal(symbol, root.type))
  }

  /// Erases unused computations and globals.
  private func eraseUnused() {
    for function in module.hostFunctions {
      for op in function.descendants.reversed()
      where ["linalg.generic", "tensor.empty", "tensor.expand_shape", "tensor.collapse_shape", "ml_program.global_load_const"].contains(
        op.name)
      {
        if op.results.allSatisfy({ !$0.hasUses }) { op.erase() }
      }
    }
    var used = Set<String>()
    for function in module.functions {
      for op in function.descendants { if let name = op.attribute("global")?.symbolName { used.insert(name) } }
      // What stands for an argument that a call leaves out.
      for argument in function.attribute("arg_attrs")?.arrayValue ?? [] {
        if let name = argument.dictionaryEntry(SignatureAttribute.defaultValue)?.symbolName { used.insert(name) }
      }
    }
    for op in module.body.operations where op.name == "ml_program.global" {
      guard let name = op.symbolName, !used.contains(name) else { continue }
      compilation.constants.remove(name)
      op.erase()
    }
  }
}
