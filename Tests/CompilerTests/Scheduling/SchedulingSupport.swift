import TesseraCompiler
import TesseraConstants
import TesseraDiagnostics
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat
import TesseraTargetCPU

/// Schedules host IR whose executables are made up: every symbol that a dispatch names gets a kernel that fits its first use.
/// Those in `inPlace` and `partial` may write their first result over their first operand, and those in `partial` gain by it: they are scatters.
func scheduled(
  _ text: String, constants: ConstantStore = ConstantStore(), inPlace: Set<String> = [], partial: Set<String> = []
) throws -> (module: ScheduledModule, description: ModuleDescription) {
  let module: Module
  do {
    let host = try Module(parsing: text, Context())
    let dispatches = host.operation.descendants.filter { partial.contains($0.attribute("executable")?.symbolName ?? "") }
    module = try Module(parsing: ([text] + dispatches.map(executable)).joined(separator: "\n"), Context())
  } catch { throw Diagnostic(.invalidInput, error.text) }
  var kernels: [String: KernelInfo] = [:]
  for operation in module.operation.descendants where operation.name == "flow.dispatch" {
    let symbol = operation.attribute("executable")!.symbolName!
    let tensors = operation.operands.count { $0.type.isTensor }
    kernels[symbol] = KernelInfo(
      symbol: symbol, name: symbol, bindingCount: tensors + operation.resultCount, resultCount: operation.resultCount,
      constantCount: operation.operandCount - tensors, scratch: 0, grid: [],
      inPlace: inPlace.union(partial).contains(symbol) ? [(result: 0, operand: 0)] : [], sourceOperators: [symbol],
      flops: 0, bytes: 0)
  }
  let result = try schedule(module: module, kernels: kernels, constants: constants, devices: ["cpu"])
  let description = ModuleDescription(
    functions: result.functions,
    executables: [
      ExecutableDescription(
        entries: (result.executables.first?.kernels ?? []).map {
          KernelEntry(
            symbol: $0.symbol, name: $0.name, bindingCount: $0.bindingCount, resultCount: $0.resultCount, constantCount: $0.constantCount,
            scratch: $0.scratch)
        }, variants: [])
    ], dispatchSites: result.sites, strings: result.strings, statistics: result.statistics)
  try description.verify(constantCount: result.constants.count)
  return (result, description)
}

/// An executable with a scatter for a dispatch, whose symbol no other has.
private func executable(of dispatch: Operation) -> String {
  func list(_ values: [Value]) -> String { values.map(\.type.description).joined(separator: ", ") }
  let types = list(dispatch.results), names = dispatch.results.indices.map { "%r#\($0)" }.joined(separator: ", ")
  let arguments = dispatch.operands.enumerated().map { "%a\($0): \($1.type)" }.joined(separator: ", ")
  return """
    func.func private @\(dispatch.attribute("executable")!.symbolName!)(\(arguments)) -> (\(types)) attributes {flow.executable} {
      "rows.scatter"() : () -> ()
      %r:\(dispatch.resultCount) = builtin.unrealized_conversion_cast to \(types)
      return \(names) : \(types)
    }
    """
}
