public import TesseraDiagnostics
public import TesseraEncodings
import TesseraFiles
public import TesseraKernels
public import TesseraMLIR
public import TesseraModuleFormat
public import TesseraVectorKernels

extension CPUTarget: Target {
  public static var kind: String { "cpu" }
  public static var host: CPUTarget? { thisMachine }

  /// The levels of this machine's architecture are `any`: one of them is every machine's.
  public static func machines(named name: String) throws(Diagnostic) -> [CPUTarget] {
    guard name == "any" else { return [try CPUTarget(named: name)] }
    var levels: [CPUTarget] = []
    for level in thisMachine.architecture == .x86 ? ["x86-64-v4", "x86-64-v3", "x86-64-v2"] : ["aarch64"] {
      levels.append(try CPUTarget(named: level))
    }
    return levels
  }

  public var name: String { cpu }

  /// The vector registers, without what the rules forbid.
  public func vectorUnit(_ rules: KernelRules) -> VectorUnit {
    var unit = vectorUnit
    if rules.isStrictMath {
      unit.hasFMA = false
      unit.isStrict = true
    }
    unit.checksAccesses = rules.checksAccesses
    return unit
  }

  public func identity(_ rules: KernelRules) -> String { "\(self)\n\(vectorUnit(rules))\(rules.runsOnce ? "\nonce" : "")" }

  public var linkerIdentity: String { fileIdentity(linkerPath) }

  public func encodingResolver(_ rules: KernelRules) -> any EncodingResolver { encodingResolver(unit: vectorUnit(rules)) }

  public func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel {
    let output = Module(context)
    let emitted = try emitKernel(executable, unit: vectorUnit(rules), into: output)
    guard output.operation.verify() else {
      throw Diagnostic(
        .compilerBug, id: "kernelVerifier",
        "the kernel '\(emitted.info.name)' does not verify: \(context.takeErrorText(fallback: "no reason given"))",
        location: emitted.info.sourceOperators.joined(separator: ", "))
    }
    let vectorIR = wantsText ? output.operation.text() : nil
    try lowerKernels(output, for: self)
    let object = try emitObject(
      module: output, target: self, passes: rules.runsOnce ? KernelOptimization.briefPipeline : KernelOptimization.pipeline,
      wantsAssembly: wantsText)
    let text = vectorIR.map { CompiledKernel.Text(assembly: object.assembly ?? "", vectorIR: $0) }
    return CompiledKernel(info: emitted.info, configuration: emitted.configuration, object: object.object, text: text)
  }

  public func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8] {
    try linkSharedObject(kernels.map(\.object), exporting: kernels.map(\.info.symbol), target: self)
  }

  public func variant(_ image: [UInt8]) -> ExecutableVariant {
    ExecutableVariant(target: architecture.rawValue, cpu: cpu, requiredFeatures: requiredFeatures, image: image)
  }

  public func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String] {
    try candidateConfigurations(executable, unit: vectorUnit(rules))
  }

  public func roofKernels() throws(Diagnostic) -> RoofKernels { try RoofText(self).compiled() }
}
