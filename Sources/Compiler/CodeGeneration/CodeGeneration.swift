import DeviceCPU
import Diagnostics
import Dialects
import Dispatch
import MLIR
import ModuleFormat
import Synchronization
import TargetCPU

/// The machine code of all executables of a module.
struct GeneratedCode: Sendable {
  /// By the symbol of the executable function.
  var kernels: [String: KernelInfo] = [:]
  /// In the order of the functions in the module.
  var symbols: [String] = []
  /// The linked ELF image.
  var image: [UInt8] = []
  /// Assembly by symbol, where it was asked for.
  var assembly: [String: String] = [:]
  /// The kernels as vector code, before they are lowered to LLVM, where it was asked for.
  var vectorIR: [String: String] = [:]
}

/// Compiles the executable functions of a module, several at a time, and links them to one image.
struct CodeGeneration {
  let target: CPUTarget
  /// Whether to keep readable forms.
  var wantsText = false
  /// Called with the number of finished kernels and of all.
  var progress: @Sendable (Int, Int) -> Void = { _, _ in }

  func run(_ module: Module) throws(Diagnostic) -> GeneratedCode {
    let executables = module.functions.filter(\.isExecutable)
    let sources = executables.map { $0.text(locations: true, local: true) }
    let results = compile(sources)
    var code = GeneratedCode()
    var objects: [[UInt8]] = []
    for (function, result) in zip(executables, results) {
      let kernel = try result.get()
      let symbol = function.symbolName!
      code.symbols.append(symbol)
      code.kernels[symbol] = kernel.info
      code.assembly[symbol] = kernel.object.assembly
      code.vectorIR[symbol] = kernel.vectorIR
      objects.append(kernel.object.object)
    }
    if !objects.isEmpty { code.image = try linkSharedObject(objects, exporting: code.symbols, target: target) }
    return code
  }

  private struct Kernel: Sendable {
    var info: KernelInfo
    var object: EmittedObject
    var vectorIR: String?
  }

  /// Compiles each function on one of the machine's processors. Each thread has an MLIR context of its own.
  private func compile(_ sources: [String]) -> [Result<Kernel, Diagnostic>] {
    let state = Mutex<(next: Int, done: Int, results: [Result<Kernel, Diagnostic>?])>((0, 0, Array(repeating: nil, count: sources.count)))
    let threads = min(max(1, sources.count), ProcessorCount.available)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      let context = Context()
      while true {
        let i = state.withLock { state -> Int in
          defer { state.next += 1 }
          return state.next
        }
        guard i < sources.count else { return }
        let result = compileOne(sources[i], context)
        let done = state.withLock { state -> Int in
          state.results[i] = result
          state.done += 1
          return state.done
        }
        progress(done, sources.count)
      }
    }
    return state.withLock { $0.results.map { $0! } }
  }

  private func compileOne(_ source: String, _ context: Context) -> Result<Kernel, Diagnostic> {
    do throws(Diagnostic) {
      return .success(try compileKernel(source, context))
    } catch {
      return .failure(error)
    }
  }

  private func compileKernel(_ source: String, _ context: Context) throws(Diagnostic) -> Kernel {
    let input: Module
    do throws(MLIRError) {
      input = try Module(parsing: source, context)
    } catch {
      throw Diagnostic(.compilerBug, id: "executableText", "an executable cannot be read back: \(error)")
    }
    let output = Module(context)
    let emitted = try emitKernel(input.functions[0], unit: target.vectorUnit, into: output)
    guard output.operation.verify() else {
      throw Diagnostic(
        .compilerBug, id: "kernelVerifier",
        "the kernel '\(emitted.info.name)' does not verify: \(context.takeErrorText(fallback: "no reason given"))",
        location: emitted.info.sourceOperators.joined(separator: ", "))
    }
    let vectorIR = wantsText ? output.operation.text() : nil
    try lowerKernels(output)
    return Kernel(info: emitted.info, object: try emitObject(module: output, target: target, wantsAssembly: wantsText), vectorIR: vectorIR)
  }
}
