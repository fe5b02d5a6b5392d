import ModuleFormat

/// Something that runs kernels: the hardware abstraction layer's root.
public protocol Device: AnyObject, Sendable {
  /// The kind of device, as in a module's device table.
  var name: String { get }
  /// Makes the kernels of an executable ready. Errors: no variant fits the device, or the code cannot be loaded.
  func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable
  /// Makes an empty command list for the dispatch sites of a module; `executables` came from `load`, in order.
  func makeCommandList(
    module: ModuleDescription, executables: [any Executable]
  ) throws(RuntimeError) -> any CommandList
}

/// Kernels that a device has loaded.
public protocol Executable: AnyObject, Sendable {}

/// Commands that are recorded, then run together.
///
/// Commands between two barriers are independent. Pointers must stay valid until `submit` returns. The caller checks bounds.
public protocol CommandList: AnyObject {
  /// Tells where the time of each dispatch goes, from now on; `nil` where nobody wants it. Dispatches that are timed run one after the other.
  func setTiming(_ timing: DispatchTiming?)
  /// Records a run of the kernel of a dispatch site, with at most `workgroups` workgroups.
  func dispatch(
    site: Int, workgroups: Int, constants: UnsafeBufferPointer<Int64>, bindings: UnsafeBufferPointer<UnsafeRawPointer?>
  ) throws(RuntimeError)
  /// Records a copy of bytes.
  func copy(from: UnsafeRawPointer, to: UnsafeMutableRawPointer, byteCount: Int)
  /// Records filling bytes with the low `patternByteCount` bytes of `pattern`.
  func fill(_ to: UnsafeMutableRawPointer, pattern: UInt64, patternByteCount: Int, byteCount: Int)
  /// Separates commands that depend on earlier ones.
  func barrier()
  /// Runs what was recorded, if anything, waits, and forgets it. Errors: what a kernel reported.
  func submit() throws(RuntimeError)
  /// Ends a call: forgets what was recorded, and may give back memory that calls do not need.
  func endCall()
}

/// How long the dispatches of each site took.
public final class DispatchTiming: @unchecked Sendable {
  /// Nanoseconds at each site, in all runs.
  public private(set) var nanoseconds: [UInt64]
  /// Runs of each site.
  public private(set) var runs: [UInt64]
  /// Floating-point operations of each site in all runs; 0 where they are not known.
  public private(set) var flops: [Double]
  /// Bytes that each site had to read and write in all runs; 0 where they are not known.
  public private(set) var bytes: [Double]

  /// Creates a timing of no runs.
  public init(siteCount: Int) {
    nanoseconds = [UInt64](repeating: 0, count: siteCount)
    runs = nanoseconds
    flops = [Double](repeating: 0, count: siteCount)
    bytes = flops
  }

  /// Adds a run of a site. Called from the thread that submits.
  public func add(site: Int, nanoseconds time: UInt64) {
    nanoseconds[site] += time
    runs[site] += 1
  }

  /// Adds the work of a run of a site. Called from the thread that records.
  public func addWork(site: Int, flops: Double, bytes: Double) {
    self.flops[site] += flops
    self.bytes[site] += bytes
  }
}
