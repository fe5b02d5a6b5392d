import TesseraDiagnostics
import TesseraEncodings
import TesseraKernels
import TesseraMLIR
import TesseraModuleFormat

/// A machine whose code of a kernel is one line of text: the number of its nests, its tensors and its scalars.
struct TallyTarget: Target {
  static let kind = "tally"
  static let names = ["any"]
  /// No compiler runs on it.
  static var host: TallyTarget? { nil }

  init(named name: String) throws(Diagnostic) {
    guard Self.names.contains(name) else {
      throw Diagnostic(.invalidInput, id: "unknownTally", "unknown machine '\(name)' in target 'tally=\(name)'", notes: ["known: any"])
    }
  }

  var name: String { "any" }
  var linkerIdentity: String { "" }
  /// The rules are part of it as far as they change the code: strict arithmetic changes nothing in a count.
  func identity(_ rules: KernelRules) -> String { "tally" }
  func encodingResolver(_ rules: KernelRules) -> any EncodingResolver { IdentityResolver() }

  func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel {
    let source = try KernelSource(executable)
    // One workgroup for each element of the outermost loop.
    let rows = source.parts[0].dimensions.first?.size ?? 1
    let info = KernelInfo(source, grid: [GridTerm(extent: .fixed(rows), tile: 1)])
    let line = "\(info.symbol): \(source.parts.count) nests, \(info.bindingCount) tensors, \(info.constantCount) scalars\n"
    return CompiledKernel(
      info: info, configuration: "", object: Array(line.utf8), text: wantsText ? .init(assembly: line, vectorIR: "") : nil)
  }

  func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8] { kernels.flatMap(\.object) }

  func variant(_ image: [UInt8]) -> ExecutableVariant {
    ExecutableVariant(target: Self.kind, cpu: name, requiredFeatures: [], image: image)
  }

  func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String] { [""] }

  func roofKernels() throws(Diagnostic) -> RoofKernels {
    throw Diagnostic(.unsupported, id: "tallyRoof", "the target 'tally' has no roof: it computes nothing")
  }
}
