import ModuleFormat

/// Something that runs kernels: the hardware abstraction layer's root.
public protocol Device: AnyObject, Sendable {
  /// The kind of device, as in a module's device table.
  var name: String { get }
  /// Makes the kernels of an executable ready. Errors: no variant fits the device, or the code cannot be loaded.
  func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable
  /// Where asynchronous calls of sessions on the device run.
  var callThreads: CallThreads { get }
  /// Makes an empty command list for the dispatch sites of a module; `executables` came from `load`, in order. What the list runs ends where
  /// `interruption` asks for it, at the next place that the device can end it, with `RuntimeError.interrupted`.
  func makeCommandList(
    module: ModuleDescription, executables: [any Executable], interruption: Interruption
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
