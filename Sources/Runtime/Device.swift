import TesseraModuleFormat

/// Something that runs kernels: the hardware abstraction layer's root.
///
/// All of it may be used by any number of threads at once. Memory is known by its 64-bit address on the device: a pointer of a CPU, a CUDA
/// pointer, a buffer device address of Vulkan. An address inside a buffer is that of its start plus an offset in bytes.
public protocol Device: AnyObject, Sendable {
  /// The kind of device, as in a module's device table.
  var name: String { get }
  /// The threads of asynchronous calls of sessions on the device.
  var callThreads: CallThreads { get }

  /// Allocates memory with arbitrary content, which begins at a multiple of 64 and is given back with the last reference to it. It may be
  /// of no bytes. Errors: `RESOURCE_EXHAUSTED`.
  func allocate(byteCount: Int) throws(RuntimeError) -> Storage
  /// Returns memory of the device with the bytes of memory of the host, which nobody changes while either lives: the same memory where
  /// kernels can read it in place (then it begins at a multiple of 64), else a copy.
  func place(_ memory: Storage) throws(RuntimeError) -> Storage
  /// Returns `true` iff commands of this device can use memory that another device, or the host, allocated, at its address there.
  func reaches(_ memory: Storage) -> Bool
  /// Copies from memory of the device to the host; all commands that write it have run.
  func read(_ address: UInt64, into bytes: UnsafeMutableRawBufferPointer) throws(RuntimeError)
  /// Copies from the host to memory of the device; all commands that use it have run.
  func write(_ bytes: UnsafeRawBufferPointer, to address: UInt64) throws(RuntimeError)

  /// Returns `true` iff an executable has a variant for this device.
  func fits(_ executable: ExecutableDescription) -> Bool
  /// Makes the kernels of an executable ready. Errors: no variant fits the device, or the code cannot be loaded.
  func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable
  /// Makes an empty command list for the dispatch sites of a module; `executables` came from `load`, in order, `nil` for those of other devices. What
  /// the list runs ends where `interruption` asks for it, at the next place that the device can end it, with `RuntimeError.interrupted`.
  /// `isConcurrent` is `true` iff other devices have work of the same call: `submit` then does not wait for what it runs.
  func makeCommandList(
    module: ModuleDescription, executables: [(any Executable)?], interruption: Interruption, isConcurrent: Bool
  ) throws(RuntimeError) -> any CommandList
}

extension Device {
  /// A device runs all that is for its kind unless it says otherwise.
  public func fits(_ executable: ExecutableDescription) -> Bool { true }

  /// A device has memory of its own unless it says otherwise.
  public func reaches(_ memory: Storage) -> Bool { false }

  /// Copies the memory.
  public func place(_ memory: Storage) throws(RuntimeError) -> Storage {
    let placed = try allocate(byteCount: memory.byteCount)
    try write(UnsafeRawBufferPointer(start: memory.hostPointer, count: memory.byteCount), to: placed.address)
    return placed
  }
}

/// Kernels that a device has loaded.
public protocol Executable: AnyObject, Sendable {}

/// Commands that are recorded, then run together. One thread at a time uses a list; lists of one device run at the same time.
///
/// Commands between two barriers are independent: they run in any order, or at the same time. The caller checks bounds, keeps the memory
/// that commands use until the timepoint of their submission is reached, and submits only one list at a time that writes memory that others
/// use, unless a timepoint orders them.
public protocol CommandList: AnyObject {
  /// Adds the duration of each dispatch to `timing` from now on; `nil` stops that. Dispatches that are timed run one after the
  /// other.
  func setTiming(_ timing: DispatchTiming?)
  /// Adds what runs to a trace from now on; `nil` stops that.
  func setTrace(_ lane: TraceLane?)
  /// Records a run of the kernel of a dispatch site, with at least 1 and at most `workgroups` workgroups; `workgroups` is more than 0.
  /// Constants and bindings are copied; their numbers are those of the kernel's entry. The binding at an address has as many bytes as
  /// `byteCounts` has at its place, and may be written where it is one of the entry's results. Errors: no scratch memory.
  func dispatch(
    site: Int, workgroups: Int, constants: UnsafeBufferPointer<Int64>, bindings: UnsafeBufferPointer<UInt64>,
    byteCounts: UnsafeBufferPointer<Int>
  ) throws(RuntimeError)
  /// Records a copy of more than 0 bytes; the two ranges do not overlap.
  func copy(from: UInt64, to: UInt64, byteCount: Int)
  /// Records filling more than 0 bytes with the low `patternByteCount` bytes of `pattern`: 1, 2, 4 or 8, of which `byteCount` is a
  /// multiple.
  func fill(_ to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int)
  /// Separates commands that depend on earlier ones.
  func barrier()
  /// Runs what was recorded, if anything, once `points` are reached, and forgets it: the list may be recorded anew at once. What was
  /// submitted before on this list has run, or failed, before it begins. Errors: that of one of `points`; and what a kernel reported, where
  /// the device knows it already: else whoever waits for the timepoint gets it.
  func submit(after points: [Timepoint]) throws(RuntimeError) -> Timepoint
  /// Ends a call: forgets what was recorded, and may give back memory that calls do not need. Everything submitted has run.
  func endCall()
}

extension CommandList {
  /// A list tells nothing of what it runs unless it says otherwise.
  public func setTrace(_ lane: TraceLane?) {}
}
