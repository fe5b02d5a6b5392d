import TesseraConstants
public import TesseraDiagnostics
import TesseraFiles
import TesseraKernels
import TesseraModuleFormat
import TesseraRuntime

extension Compilation {
  /// Everything that goes into a module file but the bytes of the constants.
  func description() throws(Diagnostic) -> (ModuleDescription, [StoredConstant]) {
    guard let scheduled else { throw Diagnostic(.compilerBug, id: "moduleOutput", "the phase 'scheduling' has not run") }
    let executables = scheduled.executables.map { executable in
      let entries = executable.kernels.map {
        KernelEntry(
          symbol: $0.symbol, name: $0.name, bindingCount: $0.bindingCount, resultCount: $0.resultCount, constantCount: $0.constantCount,
          scratch: $0.scratch)
      }
      let variant = options.devices[executable.device].target.variant(code.images[executable.device])
      return ExecutableDescription(device: executable.device, entries: entries, variants: [variant])
    }
    let codeBytes = code.images.reduce(0) { $0 + $1.count }
    let statistics = scheduled.statistics + [("code bytes", "\(codeBytes)")] + self.statistics
    let description = ModuleDescription(
      producer: "tessera \(tesseraVersion)",
      devices: options.devices.map { DeviceDescription(name: $0.name, kind: type(of: $0.target).kind) },
      functions: scheduled.functions,
      executables: executables, dispatchSites: scheduled.sites, strings: scheduled.strings, statistics: statistics)
    return (description, scheduled.constants)
  }

  /// The host program, as `tessera dump --disassemble` prints it.
  func hostProgramText() throws(Diagnostic) -> String { try description().0.disassembly }

  /// The figures of the phases that ran, where not all did.
  public var statisticsSoFar: [(name: String, value: String)] {
    statistics + seconds.map { (name: "seconds in \($0.phase)", value: Self.rounded($0.seconds)) }
  }

  /// The names of the functions that users of the module can call.
  public var exportedFunctions: [String] {
    module.hostFunctions.filter { $0.body() != nil && $0.attribute("sym_visibility")?.stringValue != "private" }.compactMap(\.symbolName)
  }

  /// Seconds with three decimals.
  static func rounded(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1000).rounded())
    let fraction = "\(milliseconds % 1000)"
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }

  /// The figures of a module that has this program alone: those that are stored in it, and those of this very compilation, which would make each
  /// module another.
  public func allStatistics() throws(Diagnostic) -> [(name: String, value: String)] {
    try description().0.statistics + [("rewrites", "\(context.rewrites.count)")] + statisticsOfRun
  }

  /// The figures of one program of several.
  public func programStatistics() throws(Diagnostic) -> [(name: String, value: String)] { try description().0.statistics + statisticsOfRun }

  /// What this compilation took.
  private var statisticsOfRun: [(name: String, value: String)] {
    (options.cache == nil ? [] : [("kernels from the cache", "\(code.cacheHits)")])
      + seconds.map { ("seconds in \($0.phase)", Self.rounded($0.seconds)) }
  }

  /// Writes the module file; on failure nothing is left at `path`.
  public func writeModule(to path: String) throws(Diagnostic) {
    let (description, constants) = try description()
    try writeModule(of: [description], constants, to: path)
  }

  /// Writes the file of a module of programs that share constants.
  func writeModule(of programs: [ModuleDescription], _ constants: [StoredConstant], to path: String) throws(Diagnostic) {
    do {
      try ConstantStream(constants).feed { try ModuleWriter(programs: programs).write(to: path, constants: $0, plan: plan) }
    } catch let error as RuntimeError {
      throw .constantEvaluationFailed(error)
    } catch let error as FileError {
      throw Diagnostic(error)
    } catch {
      throw Diagnostic(.unavailable, id: "unwritableModule", "\(error)")
    }
  }

  /// The module file as bytes.
  func moduleBytes() throws(Diagnostic) -> [UInt8] {
    let (description, constants) = try description()
    return try moduleBytes(of: [description], constants)
  }

  /// The file of a module of programs that share constants, as bytes.
  func moduleBytes(of programs: [ModuleDescription], _ constants: [StoredConstant]) throws(Diagnostic) -> [UInt8] {
    do {
      return try ModuleWriter(programs: programs).bytes(constants: constants)
    } catch {
      throw Diagnostic(.compilerBug, id: "moduleBytes", "the module cannot be encoded: \(error)")
    }
  }
}
