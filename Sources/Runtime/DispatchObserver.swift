import TesseraModuleFormat

/// A dispatch with the memory that it works on.
public struct ObservedDispatch {
  /// The index in the module's `dispatchSites`.
  public let site: Int
  /// The scalar operands, as kernels get them: floats as their bits.
  public let constants: [Int64]
  /// The bytes of the tensor operands, then of the results; valid during the observation only.
  public var bindings: [UnsafeRawBufferPointer] { memory.map(\.hostBytes) }
  /// The memory of the operands and results, in host memory.
  let memory: [Reference]
}

/// An observer of every dispatch of the calls that it is given to, before and after it ran, one at a time, on the thread of the call: such calls are
/// slow.
public protocol DispatchObserver: AnyObject, Sendable {
  /// The operands are complete; the results are not there yet.
  func willRun(_ dispatch: ObservedDispatch) throws(RuntimeError)
  /// The results are complete; an operand may be gone, where a result took its place.
  func didRun(_ dispatch: ObservedDispatch) throws(RuntimeError)
}
