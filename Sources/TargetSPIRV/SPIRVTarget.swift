public import TesseraDiagnostics
public import TesseraKernels
public import TesseraMLIR
public import TesseraModuleFormat
internal import TesseraTargetGPU
internal import TesseraVectorKernels

/// Devices with a Vulkan driver: kernels in SPIR-V.
public struct SPIRVTarget: Target {
  public static let kind = "vulkan"
  /// The compiler runs on processors.
  public static var host: SPIRVTarget? { nil }

  /// What kernels may use.
  let gpu: KnownGPU
  public let name: String

  public init(named name: String) throws(Diagnostic) {
    guard let gpu = KnownGPU.named(name) else { throw .unknownVulkanDevice(name) }
    (self.gpu, self.name) = (gpu, name)
  }

  public var linkerIdentity: String { "" }
  public func identity(_ rules: KernelRules) -> String { "\(Self.kind)\n\(gpu.name)\n\(rules)" }

  /// The invocations of a workgroup: two or more subgroups everywhere, and no more than the least that devices must have.
  static let workgroupSize = 64

  /// A vector of one element: an invocation computes alone.
  private func unit(_ rules: KernelRules) -> VectorUnit {
    var unit = VectorUnit(vectorByteCount: 4, registerCount: 64, hasFMA: false)
    unit.isStrict = rules.isStrictMath
    unit.checksAccesses = rules.checksAccesses
    return unit
  }

  public func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel {
    context.load(dialects: ["gpu", "spirv"])
    for op in executable.descendants where op.isStructured && !supports(op) { throw .notOnVulkan(op) }
    let module = Module(context), unit = unit(rules)
    // Multiply-adds of Vulkan may round the product: functions that need it exact have forms without.
    var bounds = IndexBounds()
    let indexBits = bounds.sufficeFor32Bits(executable) && !rules.checksAccesses ? 32 : 64
    let machine = SPIRVMachine(
      MachineTraits(
        hasFMA: false, fusesProducts: !rules.isStrictMath, isStrict: rules.isStrictMath, checksAccesses: rules.checksAccesses,
        indexBits: indexBits), context)
    let form = MachineForm(addressType: machine.addressType) { _ in machine }
    var emitted = try emitKernel(executable, unit: unit, form: form, into: module) { $0.threadConfigurations(unit) }
    let vectorIR = wantsText ? module.operation.text() : nil
    let entry = EntryPoint(module, workgroupSize: Self.workgroupSize, temporaryByteCount: machine.temporaryByteCount)
    emitted.info.scratch.byteCount += (machine.temporaryByteCount + 63) / 64 * 64
    entry.make(of: module.functions[0])
    try SPIRVLowering.simplify(module)
    IndexLowering(context, bits: indexBits).run(on: module.operation)
    entry.checkTurns()
    SignExtension(context).run(on: module.operation)
    let capabilities = SPIRVCapabilities(module.operation)
    entry.makeEntry(floatWidths: capabilities.floatWidths.sorted())
    try SPIRVLowering.convert(module, capabilities)
    let (words, text) = try SPIRVLowering.serialize(module, capabilities)
    let kernel = SPIRVKernel(symbol: emitted.info.symbol, workgroupSize: Self.workgroupSize, words: words)
    return CompiledKernel(
      info: emitted.info, configuration: emitted.configuration, object: SPIRVImage.encode([kernel]),
      text: vectorIR.map { CompiledKernel.Text(assembly: text, vectorIR: $0) })
  }

  /// Puts all kernels together.
  public func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8] {
    var all: [SPIRVKernel] = []
    for kernel in kernels {
      do throws(FormatError) { all += try SPIRVImage.decode(kernel.object) } catch {
        throw Diagnostic(.compilerBug, id: "spirvImage", "the SPIR-V of '\(kernel.info.name)' is wrong: \(error)")
      }
    }
    return SPIRVImage.encode(all)
  }

  /// What the kernels of an image ask for is what a device must have.
  public func variant(_ image: [UInt8]) -> ExecutableVariant {
    let kernels = image.isEmpty ? [] : (try? SPIRVImage.decode(image)) ?? []
    let needs = Set(kernels.flatMap(\.requiredFeatures))
    return ExecutableVariant(target: SPIRVImage.target, cpu: name, requiredFeatures: needs.sorted(), image: image)
  }

  public func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String] {
    try [KernelConfiguration.text(KernelSource(executable).threadConfigurations(unit(rules)))]
  }

  public func roofKernels() throws(Diagnostic) -> RoofKernels {
    throw Diagnostic(.unsupported, id: "vulkanRoof", "the roof of a device of the kind 'vulkan' is not measured yet")
  }
}

extension Diagnostic {
  /// An operation that `SPIRVTarget.supports` does not have.
  static func notOnVulkan(_ op: Operation) -> Diagnostic {
    Diagnostic(
      .unsupported, "the target 'vulkan' cannot compute '\(op.name)' on its types",
      location: op.location.sourceNames.joined(separator: ", "),
      help: "name a processor beside it, which then does: '--device gpu=vulkan --device cpu=cpu'")
  }

  /// `--target=vulkan=NAME` names a device that is not known.
  static func unknownVulkanDevice(_ name: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "unknown device '\(name)' in target 'vulkan=\(name)'",
      notes: ["known: \(KnownGPU.all.map(\.name).joined(separator: ", "))"],
      help: "use vulkan=any, whose code runs on every device that has the types of the model")
  }
}
