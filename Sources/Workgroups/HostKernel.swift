import TesseraModuleFormat

/// A kernel as threads of the host run it.
package struct HostKernel {
  /// Runs one workgroup: the addresses of bindings, and behind them, where the list records them, their byte counts; constants; the number of
  /// the workgroup and the count of all; scratch memory; the context. Returns 0 or an error.
  package typealias Function =
    @convention(c) (
      UnsafePointer<UInt64>?, UnsafePointer<Int64>?, UnsafePointer<UInt32>?, UnsafeMutableRawPointer?, UnsafeRawPointer?
    ) -> Int32

  /// The function. Native kernels do not know of the context, which is the last argument.
  package let function: Function
  /// What the function is given besides; who makes the list keeps it.
  package let context: UnsafeRawPointer?
  /// The scratch memory that a workgroup needs, which begins with the record of a failure.
  package let scratch: ScratchSize

  package init(function: Function, context: UnsafeRawPointer? = nil, scratch: ScratchSize) {
    (self.function, self.context, self.scratch) = (function, context, scratch)
  }
}
