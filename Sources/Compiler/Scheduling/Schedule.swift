import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

/// The host program of a module, and what belongs to it.
public struct ScheduledModule: Sendable {
  /// The host functions.
  public var functions: [FunctionDescription]
  /// The dispatch sites of the host program, with indices into `executables` and the kernels there.
  public var sites: [DispatchSite]
  /// The kernels that are dispatched, by device.
  public var executables: [ScheduledExecutable]
  /// The strings of the model's constants, then the messages of checks.
  public var strings: [String]
  /// The constants by number.
  public var constants: [StoredConstant]
  public var counts: SchedulingCounts

  /// The statistics, as they are printed and stored.
  public var statistics: [(name: String, value: String)] {
    let dynamic = counts.dynamicArenas == 0 ? "" : " + dynamic"
    return [
      ("dispatches", "\(counts.dispatches)"),
      ("executables", "\(executables.reduce(0) { $0 + $1.kernels.count })"),
      ("constant bytes", "\(constants.reduce(0) { $0 + $1.byteCount })"),
      ("transient bytes", "\(counts.arenaBytes)\(dynamic)"),
      ("host read-backs", "\(counts.readBacks)"),
      ("values with dynamic shape", "\(counts.dynamicValues)"),
      ("waves", "\(counts.waves)"),
      ("in-place reuses", "\(counts.inPlaceReuses)"),
      ("copies", "\(counts.copies)"),
    ]
      + (counts.transfers == 0
        ? [] : [("transfers at run time", "\(counts.transfers)"), ("bytes transferred", "\(counts.transferredBytes)")])
  }
}

/// Turns the host functions of `module` into functions of the VM: orders dispatches in waves, plans memory, and lowers all else to instructions.
///
/// Before:
///
///     func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
///       %a = "flow.dispatch"(%x) {executable = @relu} : (tensor<4xf32>) -> tensor<4xf32>
///       %b = "flow.dispatch"(%a) {executable = @exp} : (tensor<4xf32>) -> tensor<4xf32>
///       return %b : tensor<4xf32>
///     }
///
/// After (`%a` is in the arena `&1`, the result in an allocation of its own):
///
///     @0  allocate to=&1 byteCount=64
///     @1  allocate to=&2 byteCount=16
///     @2  dispatch site=0:relu workgroups=1 constants=[] bindings=[&0[0 +16], &1[0 +16]]
///     @3  barrier
///     @4  dispatch site=1:exp workgroups=1 constants=[] bindings=[&1[0 +16], &2[0 +16]]
///     @5  tensor to=&3 buffer=&2 elementType=f32 shape=[4]
///     @6  returnValues integers=[] references=[&3]
///
/// Requires: the IR after dispatch creation; `kernels` has the answer of code generation for every executable by symbol. The executable functions must
/// still have their `flow.result_dims`. Ensures: `module` is unchanged; the code passes the verifier of the module format.
public func schedule(
  module: Module, kernels: [String: KernelInfo], constants: ConstantStore, devices: [String]
) throws(Diagnostic) -> ScheduledModule {
  let host = try hostModule(of: module)
  let tables = ModuleTables(
    kernels: kernels, store: constants,
    executables: module.executables, devices: devices,
    strings: (module.operation.attribute(StringOp.table)?.arrayValue ?? []).map { $0.stringValue ?? "" })
  let functions = host.functions.filter { $0.body() != nil }
  for (number, function) in functions.enumerated() {
    let isExported = function.attribute("sym_visibility")?.stringValue != "private"
    tables.functions[function.symbolName ?? ""] = (number, isExported, function)
  }
  var descriptions: [FunctionDescription] = []
  for function in functions { descriptions.append(try FunctionScheduler(function, tables).schedule()) }
  return ScheduledModule(
    functions: descriptions, sites: tables.sites, executables: tables.executableKernels, strings: tables.strings,
    constants: tables.constants,
    counts: tables.counts)
}

/// Returns a copy of the host functions, with structured control flow lowered to blocks.
private func hostModule(of module: Module) throws(Diagnostic) -> Module {
  let host = Module(module.context)
  for function in module.hostFunctions { host.body.append(function.clone()) }
  do {
    try host.run(passes: "lower-affine,convert-scf-to-cf", verify: false)
  } catch {
    throw Diagnostic(.compilerBug, "scheduling: control flow cannot be lowered: \(error.text)")
  }
  return host
}
