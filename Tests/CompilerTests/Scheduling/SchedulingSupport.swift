import TesseraCompiler
import TesseraConstants
import TesseraDiagnostics
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat
import TesseraTargetCPU

/// Schedules host IR whose executables are made up: every symbol that a dispatch names gets a kernel that fits its first use.
func scheduled(
  _ text: String, constants: ConstantStore = ConstantStore(), inPlace: Set<String> = []
) throws -> (module: ScheduledModule, description: ModuleDescription) {
  let module: Module
  do { module = try Module(parsing: text, Context()) } catch { throw Diagnostic(.invalidInput, error.text) }
  var kernels: [String: KernelInfo] = [:]
  for operation in module.operation.descendants where operation.name == "flow.dispatch" {
    let symbol = operation.attribute("executable")!.symbolName!
    let tensors = operation.operands.count { $0.type.isTensor }
    kernels[symbol] = KernelInfo(
      symbol: symbol, name: symbol, bindingCount: tensors + operation.resultCount, resultCount: operation.resultCount,
      constantCount: operation.operandCount - tensors, scratch: 0, grid: [],
      inPlace: inPlace.contains(symbol) ? [(result: 0, operand: 0)] : [], sourceOperators: [symbol],
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
