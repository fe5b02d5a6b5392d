public import TesseraDiagnostics
public import TesseraEncodings
public import TesseraMLIR
public import TesseraModuleFormat

/// Hardware that kernels are compiled for.
///
/// A target is one folder, whose module imports this one and never the compiler, and one line in the compiler's list of targets.
public protocol Target: Sendable {
  /// What users write before `=`: `cpu` in `--target=cpu=x86-64-v3`. It is the name of the device that runs the kernels, too.
  static var kind: String { get }
  /// The machine that the compiler runs on; `nil` where it is none of this kind.
  static var host: Self? { get }

  /// Creates the target that users call `name`. Errors: there is no such machine.
  init(named name: String) throws(Diagnostic)

  /// The targets that users call `name`: the one, or those that a name stands for. Errors: there is no such machine.
  static func machines(named name: String) throws(Diagnostic) -> [Self]

  /// The name of the machine, as users write it behind `=`.
  var name: String { get }
  /// All that the code of a kernel depends on beside the executable and the compiler.
  func identity(_ rules: KernelRules) -> String
  /// All that an image depends on beside the kernels.
  var linkerIdentity: String { get }

  /// Whether kernels compute a structured operation; another device of the program does what one cannot.
  func supports(_ operation: Operation) -> Bool
  /// About how long an operation takes here, by which a program is placed on its devices: nanoseconds.
  func nanoseconds(_ work: OperationWork) -> Double
  /// Whether a rewrite of the whole model makes it faster here.
  func pays(_ rewrite: GraphRewrite) -> Bool
  /// What may be computed in one dispatch.
  var fusionLimits: FusionLimits { get }

  /// The most elements of a row that kernels select without sorting it; 0 where they never do.
  var selectionLimit: Int { get }
  /// The memory that a kernel needs to sort rows of keys of so many bits: i64 for each element of a row.
  func sortingWords(ofKeys bits: Int) -> Int

  /// The resolver of the layouts of contractions' operands.
  func encodingResolver(_ rules: KernelRules) -> any EncodingResolver
  /// Compiles an executable function, of a context that belongs to the calling thread; `wantsText` asks for readable forms too.
  ///
  /// Errors: the executable has what the target cannot compute, or a configuration that does not fit it.
  func compile(
    _ executable: Operation, in context: Context, _ rules: KernelRules, wantsText: Bool
  ) throws(Diagnostic) -> CompiledKernel
  /// Links kernels to one image, the same for the same kernels in the same order.
  func link(_ kernels: [CompiledKernel]) throws(Diagnostic) -> [UInt8]
  /// The image as modules have it, with what a device must offer to run it.
  func variant(_ image: [UInt8]) -> ExecutableVariant

  /// The configurations that are worth a measurement, as text, the one that `compile` chooses by itself first.
  func configurations(for executable: Operation, _ rules: KernelRules) throws(Diagnostic) -> [String]
  /// The kernels by which a machine's roof is measured.
  func roofKernels() throws(Diagnostic) -> RoofKernels
}

extension Target {
  /// A name stands for one machine unless the target says otherwise.
  public static func machines(named name: String) throws(Diagnostic) -> [Self] { [try Self(named: name)] }

  /// The target as users write it.
  public var description: String { "\(Self.kind)=\(name)" }
}
