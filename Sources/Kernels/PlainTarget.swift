public import TesseraDiagnostics
public import TesseraEncodings
public import TesseraMLIR
public import TesseraModuleFormat

/// A target whose kernels are those of another one, and for which nothing pays: no fusion, no layout, no rewrite.
///
/// What it computes tells whether what another program computes is right.
public struct PlainTarget<Base: Target>: Target {
  private let base: Base

  public static var kind: String { Base.kind }
  public static var host: PlainTarget? { Base.host.map(PlainTarget.init) }

  init(_ base: Base) { self.base = base }

  public init(named name: String) throws(Diagnostic) { base = try Base(named: name) }

  public var name: String { base.name }
  public func identity(_ rules: KernelRules) -> String { base.identity(rules) }
  public var linkerIdentity: String { base.linkerIdentity }
  // What the kernels can and need, whether or not it pays.
  public func supports(_ operation: Operation) -> Bool { base.supports(operation) }
  public func sortingWords(ofKeys bits: Int) -> Int { base.sortingWords(ofKeys: bits) }

  public func encodingResolver(_ rules: KernelRules) -> any EncodingResolver { IdentityResolver() }

  public func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel {
    try base.compile(executable, in: context, rules, wantsText: wantsText)
  }

  public func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8] { try base.link(kernels) }
  public func variant(_ image: [UInt8]) -> ExecutableVariant { base.variant(image) }

  public func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String] {
    try base.configurations(for: executable, rules)
  }

  public func roofKernels() throws(Diagnostic) -> RoofKernels { try base.roofKernels() }
}

extension Target {
  /// The same target as one for which nothing pays.
  public var plain: any Target { PlainTarget(self) }
}
