/// The code of one kernel, as a target made it.
public struct CompiledKernel: Sendable {
  /// The facts for scheduling.
  public var info: KernelInfo
  /// The configuration, in the text form of the executable's attribute.
  public var configuration: String
  /// The code before it is linked, which exports `info.symbol`; the target alone knows its form.
  public var object: [UInt8]
  /// Readable forms, where they were asked for.
  public var text: Text?

  /// A kernel for readers.
  public struct Text: Sendable {
    /// The code of the machine.
    public var assembly: String
    /// The IR before it is lowered for LLVM or another generator of code.
    public var vectorIR: String

    public init(assembly: String, vectorIR: String) { (self.assembly, self.vectorIR) = (assembly, vectorIR) }
  }

  public init(info: KernelInfo, configuration: String, object: [UInt8], text: Text? = nil) {
    (self.info, self.configuration, self.object, self.text) = (info, configuration, object, text)
  }
}

/// The kernels `roof_fma`, `roof_read`, `roof_read4` and `roof_copy`, which do as much as the machine can: `RoofModule` says what each gets and does.
public struct RoofKernels: Sendable {
  /// The kernels, in this order.
  public var kernels: [CompiledKernel]
  /// The floating-point operations of a workgroup of `roof_fma` in each repetition.
  public var flops: Int

  public init(kernels: [CompiledKernel], flops: Int) { (self.kernels, self.flops) = (kernels, flops) }
}
