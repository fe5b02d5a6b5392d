import TesseraDiagnostics
import TesseraEncodings
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat
import TesseraTargetCPU

/// The machine of the compiler, for which nothing pays: no layout of its own, no rewrite of the whole model, no fusion.
struct PlainTarget: Target {
  static let kind = CPUTarget.kind
  static var host: PlainTarget? { PlainTarget(cpu: .thisMachine) }
  private let cpu: CPUTarget

  private init(cpu: CPUTarget) { self.cpu = cpu }
  init(named name: String) throws(Diagnostic) { cpu = try CPUTarget(named: name) }

  var name: String { cpu.name }
  var linkerIdentity: String { cpu.linkerIdentity }
  func identity(_ rules: KernelRules) -> String { cpu.identity(rules) }
  func sortingWords(ofKeys bits: Int) -> Int { cpu.sortingWords(ofKeys: bits) }
  func encodingResolver(_ rules: KernelRules) -> any EncodingResolver { IdentityResolver() }
  func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel { try cpu.compile(executable, in: context, rules, wantsText: wantsText) }
  func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8] { try cpu.link(kernels) }
  func variant(_ image: [UInt8]) -> ExecutableVariant { cpu.variant(image) }
  func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String] {
    try cpu.configurations(for: executable, rules)
  }
  func roofKernels() throws(Diagnostic) -> RoofKernels { try cpu.roofKernels() }
}
