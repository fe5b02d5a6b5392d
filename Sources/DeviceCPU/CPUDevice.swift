import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime
import TesseraWorkgroups

/// The processors of this machine: threads that run the workgroups of kernels.
///
/// Calls run on the threads of their callers, each on its own. Where fewer callers than `threadCount` compute, threads of the device help
/// them.
public final class CPUDevice: Device {
  /// The kind of device.
  public let name = "cpu"
  /// The threads that compute at the same time, callers included, unless more callers than this compute.
  public var threadCount: Int { pool.threadCount }
  /// The threads of asynchronous calls.
  public let callThreads: CallThreads
  /// The threads that help.
  private let pool: WorkerPool
  /// The features of the processor.
  private let features: CPUFeatures

  /// Creates a device of `threads` threads; as many as the process may use processors when `nil`.
  ///
  /// `asynchronousCalls` is how many of them run at once, 1 to 2048; twice as many as there are threads when `nil`, so that short calls pass
  /// long ones. A server whose other work shall find a processor free gives fewer than there are processors.
  public convenience init(threads: Int? = nil, asynchronousCalls: Int? = nil) {
    self.init(threads: threads, asynchronousCalls: asynchronousCalls, features: .host)
  }

  /// Creates a device with features of its own, for tests.
  package init(threads: Int?, asynchronousCalls: Int? = nil, features: CPUFeatures) {
    pool = WorkerPool(threadCount: min(max(threads ?? ProcessorCount.available, 1), 1024))
    callThreads = CallThreads(limit: min(max(asynchronousCalls ?? 2 * pool.threadCount, 1), 2048))
    self.features = features
  }

  /// Allocates memory of the host, which kernels use in place.
  public func allocate(byteCount: Int) throws(RuntimeError) -> Storage { try Storage(byteCount: byteCount) }

  /// Returns the memory itself, unless kernels cannot take where it begins.
  public func place(_ memory: Storage) throws(RuntimeError) -> Storage {
    if memory.address & 63 == 0 { return memory }
    let copy = try Storage(byteCount: memory.byteCount)
    try write(UnsafeRawBufferPointer(start: memory.hostPointer, count: memory.byteCount), to: copy.address)
    return copy
  }

  /// All memory that the host reaches.
  public func reaches(_ memory: Storage) -> Bool { memory.hostPointer != nil }

  /// Copies from memory that kernels wrote.
  public func read(_ address: UInt64, into bytes: UnsafeMutableRawBufferPointer) throws(RuntimeError) {
    bytes.copyMemory(from: UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(address)), count: bytes.count))
  }

  /// Copies to memory that kernels read.
  public func write(_ bytes: UnsafeRawBufferPointer, to address: UInt64) throws(RuntimeError) {
    UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(bitPattern: UInt(address)), count: bytes.count).copyMemory(from: bytes)
  }

  /// Returns `true` iff the processor has all features of one of the variants.
  public func fits(_ executable: ExecutableDescription) -> Bool { executable.entries.isEmpty || variant(of: executable) != nil }

  /// Loads the first variant that fits this processor.
  public func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable {
    if executable.entries.isEmpty { return CPUExecutable(library: nil, functions: []) }
    guard let variant = variant(of: executable) else { throw .unsuitableProcessor(executable.variants, features) }
    let library = try NativeLibrary(variant.image)
    var functions: [HostKernel.Function] = []
    for entry in executable.entries {
      guard let symbol = library.symbol(entry.symbol) else { throw .cannotLoad("kernel '\(entry.name)' has no symbol '\(entry.symbol)'") }
      functions.append(unsafeBitCast(symbol, to: HostKernel.Function.self))
    }
    return CPUExecutable(library: library, functions: functions)
  }

  /// The first variant that fits this processor.
  private func variant(of executable: ExecutableDescription) -> ExecutableVariant? {
    executable.variants.first { $0.target == features.architecture && features.missing($0.requiredFeatures).isEmpty }
  }

  /// Makes an empty command list.
  public func makeCommandList(
    module: ModuleDescription, executables: [(any Executable)?], interruption: Interruption, isConcurrent: Bool
  ) throws(RuntimeError) -> any CommandList {
    var kernels: [HostKernel?] = []
    for site in module.dispatchSites {
      guard let given = executables[site.executable] else {
        kernels.append(nil)
        continue
      }
      guard let executable = given as? CPUExecutable else {
        throw RuntimeError(.internalError, "an executable of another device", id: "makeCommandList")
      }
      let scratch = module.executables[site.executable].entries[site.entry].scratch
      kernels.append(HostKernel(function: executable.functions[site.entry], scratch: scratch))
    }
    let make = { [pool, kernels] () throws(RuntimeError) in
      try HostCommandList(
        module: module, kernels: kernels, owner: executables, recordsByteCounts: false, interruption: interruption, pool: pool)
    }
    return isConcurrent ? try ConcurrentCommandList(make) : try make()
  }
}

/// The kernels of a loaded image.
final class CPUExecutable: Executable {
  /// Keeps the code in memory.
  let library: NativeLibrary?
  /// The functions, at the indices of the entries.
  let functions: [HostKernel.Function]

  /// Creates an executable.
  init(library: NativeLibrary?, functions: [HostKernel.Function]) {
    self.library = library
    self.functions = functions
  }
}
