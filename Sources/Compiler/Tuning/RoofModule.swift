import TesseraConstants
public import TesseraDiagnostics
public import TesseraKernels
import TesseraMLIR

/// A module that measures what a machine can do at most: multiply-adds in registers, and bytes from and to each level of the memory.
///
/// Its kernels are the target's own, written down by hand, because no heuristic may come between the machine and its roof. Functions:
///
///     fma(repetitions: i64, workgroups: index) -> [workgroups x 16]         `fma flops` operations a repetition and workgroup
///     read(x: [n], passes: i64, workgroups: index) -> [workgroups x 16]     reads x
///     read4(x: [n], passes: i64, workgroups: index) -> [workgroups x 16]    reads x in four streams
///     copy(x: [n], passes: i64, workgroups: index) -> [n]                   reads x and writes as much
///
/// Each workgroup has its own part of `x`, of which what is no multiple of 512 elements is left out.
public struct RoofModule {
  let target: any Target

  public init(target: any Target) { self.target = target }

  /// Writes the module file.
  public func write(to path: String) throws(Diagnostic) {
    var options = CompileOptions()
    options.target = target
    let context = Context()
    let host: Module
    do throws(MLIRError) { host = try Module(parsing: hostText, context) } catch {
      throw Diagnostic(.compilerBug, id: "roofModule", "the module of the roof does not parse: \(error)")
    }
    let compilation = Compilation(context: context, options: options, module: host, constants: ConstantStore())
    let roof = try target.roofKernels()
    for kernel in roof.kernels {
      compilation.code.kernels[kernel.info.symbol] = kernel.info
      compilation.code.symbols.append(kernel.info.symbol)
    }
    compilation.code.images = [try target.link(roof.kernels)]
    compilation.count("fma flops", roof.flops)
    compilation.statistics.append((type(of: target).kind, target.name))
    try compilation.run(from: "scheduling")
    try compilation.writeModule(to: path)
  }

  private var hostText: String {
    let sums = "tensor<?x16xf32>", x = "tensor<?xf32>"
    func reading(_ name: String, _ result: String, _ resultDim: Int) -> String {
      """
      func.func @\(name)(%x: \(x) {tessera.name = "x"}, %passes: i64 {tessera.name = "passes"}, %groups: index {tessera.name = "workgroups"}) -> \(result) {
        %zero = arith.constant 0 : index
        %n = tensor.dim %x, %zero : \(x)
        %r = "flow.dispatch"(%groups, %passes, %n, %x) {executable = @roof_\(name)} : (index, i64, index, \(x)) -> \(result)
        return %r : \(result)
      }
      func.func private @roof_\(name)(index, i64, index, \(x)) -> \(result)
        attributes {flow.executable, flow.operand_dims = array<i64: 2>, flow.result_dims = array<i64: \(resultDim)>}

      """
    }
    return """
      func.func @fma(%repetitions: i64 {tessera.name = "repetitions"}, %groups: index {tessera.name = "workgroups"}) -> \(sums) {
        %r = "flow.dispatch"(%groups, %repetitions) {executable = @roof_fma} : (index, i64) -> \(sums)
        return %r : \(sums)
      }
      func.func private @roof_fma(index, i64) -> \(sums)
        attributes {flow.executable, flow.operand_dims = array<i64>, flow.result_dims = array<i64: 0>}

      """ + reading("read", sums, 0) + reading("read4", sums, 0) + reading("copy", x, 2)
  }
}
