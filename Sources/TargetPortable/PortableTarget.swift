public import TesseraDiagnostics
public import TesseraKernels
public import TesseraMLIR
public import TesseraModuleFormat
internal import TesseraVectorKernels

/// The portable machine: it interprets instructions on rows of 64 elements, on any processor.
public struct PortableTarget: Target {
  public static let kind = "portable"
  /// The one machine there is.
  private static let machine = "any"
  /// No compiler runs on it.
  public static var host: PortableTarget? { nil }

  public init(named name: String) throws(Diagnostic) {
    guard name == Self.machine else { throw .unknownPortableMachine(name) }
  }

  public var name: String { Self.machine }
  public var linkerIdentity: String { "" }
  public func identity(_ rules: KernelRules) -> String { "\(Self.kind)\n\(rules)" }

  /// The rows as vectors: sixteen of them are a register tile, as many as one instruction contracts.
  func vectorUnit(_ rules: KernelRules) -> VectorUnit {
    var unit = VectorUnit(vectorByteCount: PortableInstruction.rowByteCount, registerCount: 32, hasFMA: false)
    unit.isStrict = rules.isStrictMath
    unit.checksAccesses = rules.checksAccesses
    return unit
  }

  public func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel {
    let output = Module(context), unit = vectorUnit(rules)
    let traits = MachineTraits(
      hasFMA: false, isStrict: rules.isStrictMath, checksAccesses: rules.checksAccesses, maskedLoadByteCount: 1)
    let machine = PortableMachine(traits, context)
    let form = MachineForm(addressType: machine.addressType) { _ in machine }
    let emitted = try emitKernel(executable, unit: unit, form: form, into: output)
    guard output.operation.verify() else {
      throw Diagnostic(
        .compilerBug, id: "kernelVerifier",
        "the kernel '\(emitted.info.name)' does not verify: \(context.takeErrorText(fallback: "no reason given"))",
        location: emitted.info.sourceOperators.joined(separator: ", "))
    }
    let vectorIR = wantsText ? output.operation.text() : nil
    try PortableLowering.run(on: output)
    let kernel = try Translator(output.functions[0], context).kernel(
      symbol: emitted.info.symbol, temporaryByteCount: machine.temporaryByteCount)
    let text = vectorIR.map { CompiledKernel.Text(assembly: kernel.text, vectorIR: $0) }
    return CompiledKernel(info: emitted.info, configuration: emitted.configuration, object: PortableImage.encode([kernel]), text: text)
  }

  /// Verifies all kernels, and puts them together.
  public func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8] {
    var all: [PortableKernel] = []
    for kernel in kernels {
      do throws(FormatError) { all += try PortableImage.decode(kernel.object) } catch {
        throw Diagnostic(.compilerBug, id: "portableCode", "the portable code of '\(kernel.info.name)' is wrong: \(error)")
      }
    }
    return PortableImage.encode(all)
  }

  public func variant(_ image: [UInt8]) -> ExecutableVariant {
    ExecutableVariant(target: PortableImage.target, cpu: PortableImage.cpu, requiredFeatures: [], image: image)
  }

  public func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String] {
    try candidateConfigurations(executable, unit: vectorUnit(rules))
  }

  public func roofKernels() throws(Diagnostic) -> RoofKernels {
    throw Diagnostic(.unsupported, id: "portableRoof", "the target 'portable' has no roof of its own: it runs on any processor")
  }
}

extension Diagnostic {
  /// `--target=portable=NAME` names a machine that there is not.
  static func unknownPortableMachine(_ name: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "unknown machine '\(name)' in target 'portable=\(name)'", notes: ["known: any"],
      help: "use portable=any, whose code runs on every processor")
  }
}
