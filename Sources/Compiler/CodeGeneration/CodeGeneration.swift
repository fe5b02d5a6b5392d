import Dispatch
import Synchronization
import TesseraDiagnostics
import TesseraDialects
import TesseraFiles
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

/// The machine code of all executables of a module.
struct GeneratedCode: Sendable {
  /// By the symbol of the executable function.
  var kernels: [String: KernelInfo] = [:]
  /// In the order of the functions in the module.
  var symbols: [String] = []
  /// The linked image of each device; empty for one without kernels.
  var images: [[UInt8]] = []
  /// The work of the source operators of each kernel, by the kernel's symbol.
  var operatorWork: [String: OperatorWork] = [:]
  /// Assembly by symbol, where it was asked for.
  var assembly: [String: String] = [:]
  /// The configuration of each kernel, by symbol, in the text form that the compiler reads.
  var configurations: [String: String] = [:]
  /// The number of cache hits.
  var cacheHits = 0
  /// The kernels as vector code, before they are lowered to LLVM, where it was asked for.
  var vectorIR: [String: String] = [:]
}

/// Compiles the executable functions of a module, several at a time, and links those of each device to one image.
struct CodeGeneration {
  let devices: [ProgramDevice]
  /// The rules for all kernels.
  let rules: KernelRules
  /// The cache of kernels between compilations.
  var cache: KernelCache?
  /// `true` iff readable forms are kept. The cache has none, so it is not asked then.
  var wantsText = false
  /// Called with the number of finished kernels and of all, one call after the other, on the threads that compile.
  var progress: @Sendable (Int, Int) -> Void = { _, _ in }

  func run(_ module: Module) throws(Diagnostic) -> GeneratedCode {
    let executables = module.functions.filter(\.isExecutable)
    let places = executables.map(device)
    let keys = zip(executables, places).map { key($0, devices[$1].target, module.context) }
    // Executables that simplification made equal, after equal ones were merged, share a kernel.
    let firsts = Dictionary(zip(keys, keys.indices)) { first, _ in first }
    var kernels: [CompiledKernel?] = keys.indices.map { wantsText || firsts[keys[$0]] != $0 ? nil : cache?.load(keys[$0]) }
    let missing = kernels.indices.filter { kernels[$0] == nil && firsts[keys[$0]] == $0 }
    let results = compile(
      missing.map { (source(executables[$0], symbol: symbol(keys[$0]), module.context), devices[places[$0]].target) })
    var code = GeneratedCode()
    code.cacheHits = firsts.count - missing.count
    for (i, result) in zip(missing, results) {
      let kernel = try result.mapError { error in
        // A kernel knows itself by a name that is made of what it does: users know their operators.
        var error = error
        if error.location == nil { error.location = executables[i].location.sourceNames.joined(separator: ", ") }
        return error
      }.get()
      kernels[i] = kernel
      cache?.store(kernel, keys[i])
    }
    kernels = keys.map { kernels[firsts[$0]!] }
    for (function, kernel) in zip(executables, kernels) {
      guard let kernel else { continue }
      let symbol = function.symbolName!
      code.symbols.append(symbol)
      code.kernels[symbol] = kernel.info
      code.kernels[symbol]?.sourceOperators = function.location.namesInModules
      code.operatorWork[kernel.info.symbol] = OperatorWork(function)
      code.configurations[symbol] = kernel.configuration
      code.assembly[symbol] = kernel.text?.assembly
      code.vectorIR[symbol] = kernel.text?.vectorIR
    }
    for device in devices.indices {
      var linked = Set<String>()
      let own = executables.indices.filter { places[$0] == device && linked.insert(keys[$0]).inserted }
      code.images.append(try image(own.compactMap { kernels[$0] }, own.map { keys[$0] }, devices[device].target))
    }
    return code
  }

  /// The device of an executable; the first where there is no other.
  private func device(of executable: Operation) -> Int {
    let name = executable.attribute(DeviceAttribute.placed)?.stringValue
    return devices.firstIndex { $0.name == name } ?? 0
  }

  /// Links the kernels with `keys`, unless the cache has what comes out: the linker takes longer to start than to link.
  private func image(_ kernels: [CompiledKernel], _ keys: [String], _ target: any Target) throws(Diagnostic) -> [UInt8] {
    guard !kernels.isEmpty else { return [] }
    // Not the keys of the kernels alone: they say what the kernels were made of, not that they were made at the same time.
    let keys = zip(keys, kernels).map { key, kernel in "\(key) \(kernel.object.withUnsafeBytes { Checksum.of($0) })" }
    let identity = [target.linkerIdentity] + keys
    if !wantsText, let image = cache?.loadImage(identity) { return image }
    let image = try target.link(kernels)
    if !wantsText {
      // A new kernel makes a new image: there is something to trim here, or nowhere.
      cache?.storeImage(image, identity)
      cache?.trim()
    }
    return image
  }

  /// All that the kernel of an executable depends on, as text.
  private func key(_ executable: Operation, _ target: any Target, _ context: Context) -> String {
    "\(KernelCache.buildIdentity)\n\(target.identity(rules))\n" + source(executable, symbol: "kernel", context, locations: false)
  }

  /// The symbol of a kernel: the same wherever the kernel is used, and short, as every module has it twice.
  private func symbol(_ key: String) -> String {
    // 46 bits: of ten thousand kernels two have the same symbol once in a million models, which is an error of the linker.
    "k" + String(UInt64(KernelCache.hash(key).prefix(16), radix: 16)!, radix: 36).suffix(9)
  }

  /// The text of an executable function under the name `symbol`.
  private func source(_ executable: Operation, symbol: String, _ context: Context, locations: Bool = true) -> String {
    let clone = executable.clone()
    defer { clone.erase() }
    clone.setAttribute("sym_name", .string(symbol, context))
    // A kernel is the same whatever its device is called.
    clone.removeAttribute(DeviceAttribute.placed)
    return clone.text(locations: locations, local: true)
  }

  /// Compiles each function on one of the machine's processors, those of the longest texts first: one of them at the end would keep the others
  /// waiting. Each thread has an MLIR context of its own.
  private func compile(_ sources: [(text: String, target: any Target)]) -> [Result<CompiledKernel, Diagnostic>] {
    let order = sources.indices.sorted { (sources[$1].text.utf8.count, $0) < (sources[$0].text.utf8.count, $1) }
    let state = Mutex<(next: Int, done: Int, results: [Result<CompiledKernel, Diagnostic>?])>(
      (0, 0, Array(repeating: nil, count: sources.count)))
    let threads = min(max(1, sources.count), ProcessorCount.available)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      let context = Context()
      while true {
        let next = state.withLock { state -> Int in
          defer { state.next += 1 }
          return state.next
        }
        guard next < order.count else { return }
        let i = order[next]
        let result = compileOne(sources[i], context)
        state.withLock { state in
          state.results[i] = result
          state.done += 1
          // In the lock, so that the counts come in order.
          progress(state.done, sources.count)
        }
      }
    }
    return state.withLock { $0.results.map { $0! } }
  }

  private func compileOne(_ source: (text: String, target: any Target), _ context: Context) -> Result<CompiledKernel, Diagnostic> {
    do throws(Diagnostic) {
      return .success(try compileKernel(source, context))
    } catch {
      return .failure(error)
    }
  }

  private func compileKernel(_ source: (text: String, target: any Target), _ context: Context) throws(Diagnostic) -> CompiledKernel {
    let input: Module
    do throws(MLIRError) {
      input = try Module(parsing: source.text, context)
    } catch {
      throw Diagnostic(.compilerBug, id: "executableText", "an executable cannot be read back: \(error)")
    }
    return try source.target.compile(input.functions[0], in: context, rules, wantsText: wantsText)
  }
}
