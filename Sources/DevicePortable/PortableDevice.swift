import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime
import TesseraWorkgroups

/// An interpreter of portable code, on threads of the host: what it runs touches no memory but its operands, whatever its bytes.
///
/// A module all of whose executables are portable can be run without trust in whoever made it.
public final class PortableDevice: Device {
  /// The kind of device.
  public let name = "portable"
  /// The threads that compute at the same time, callers included, unless more callers than this compute.
  public var threadCount: Int { pool.threadCount }
  /// The threads of asynchronous calls.
  public let callThreads: CallThreads
  /// The threads that help.
  private let pool: WorkerPool
  /// The most steps of a workgroup.
  private let stepLimit: Int

  /// Creates a device of `threads` threads; as many as the process may use processors when `nil`.
  ///
  /// A workgroup that takes more than `stepLimit` instructions, as many as there are lanes counted as one, fails with `RESOURCE_EXHAUSTED`;
  /// without a limit, it ends where its call is interrupted. `asynchronousCalls` is how many of them run at once, as for `CPUDevice`.
  public init(threads: Int? = nil, asynchronousCalls: Int? = nil, stepLimit: Int? = nil) {
    pool = WorkerPool(threadCount: min(max(threads ?? ProcessorCount.available, 1), 1024))
    callThreads = CallThreads(limit: min(max(asynchronousCalls ?? 2 * pool.threadCount, 1), 2048))
    self.stepLimit = min(max(stepLimit ?? .max, 1), Int.max / 2)
  }

  /// Allocates memory of the host. It is zero, so that code which reads what it has not written learns nothing of this process.
  public func allocate(byteCount: Int) throws(RuntimeError) -> Storage {
    let storage = try Storage(byteCount: byteCount)
    if let pointer = storage.hostPointer { memset(pointer, 0, byteCount) }
    return storage
  }

  /// Returns the memory itself: portable code reads from anywhere. What begins elsewhere than the others expect is copied.
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

  /// Returns `true` iff there is portable code.
  public func fits(_ executable: ExecutableDescription) -> Bool {
    executable.entries.isEmpty || executable.variants.contains { $0.target == PortableImage.target }
  }

  /// Verifies and translates the portable variant. Errors: there is none, or its code breaks a rule.
  public func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable {
    if executable.entries.isEmpty { return PortableExecutable(programs: []) }
    guard let variant = executable.variants.first(where: { $0.target == PortableImage.target }) else {
      let targets = executable.variants.map { "'\($0.target)'" }.joined(separator: ", ")
      throw RuntimeError(
        .failedPrecondition, "the module has no portable code; it has code for \(targets.isEmpty ? "nothing" : targets)",
        id: "noPortableCode")
    }
    let kernels: [PortableKernel]
    do throws(FormatError) { kernels = try PortableImage.decode(variant.image) } catch { throw RuntimeError(error) }
    let bySymbol = Dictionary(kernels.map { ($0.symbol, $0) }) { first, _ in first }
    var programs: [PortableProgram] = []
    for entry in executable.entries {
      guard let kernel = bySymbol[entry.symbol] else {
        throw RuntimeError(.dataLoss, "kernel '\(entry.name)' has no portable code '\(entry.symbol)'", id: "noPortableCode")
      }
      programs.append(PortableProgram(kernel, entry: entry))
    }
    return PortableExecutable(programs: programs)
  }

  /// Makes an empty command list.
  public func makeCommandList(
    module: ModuleDescription, executables: [(any Executable)?], interruption: Interruption, isConcurrent: Bool
  ) throws(RuntimeError) -> any CommandList {
    var programs: [PortableProgram?] = []
    for site in module.dispatchSites {
      guard let given = executables[site.executable] else {
        programs.append(nil)
        continue
      }
      guard let executable = given as? PortableExecutable else {
        throw RuntimeError(.internalError, "an executable of another device", id: "makeCommandList")
      }
      programs.append(executable.programs[site.entry])
    }
    let contexts = SiteContexts(programs, interruption: interruption, stepLimit: stepLimit)
    let make = { [pool] () throws(RuntimeError) in
      try HostCommandList(
        module: module, kernels: contexts.kernels, owner: contexts, recordsByteCounts: true, interruption: interruption, pool: pool)
    }
    return isConcurrent ? try ConcurrentCommandList(make) : try make()
  }
}

/// The kernels of an executable.
final class PortableExecutable: Executable {
  /// The programs, at the indices of the entries.
  let programs: [PortableProgram]

  init(programs: [PortableProgram]) { self.programs = programs }
}
