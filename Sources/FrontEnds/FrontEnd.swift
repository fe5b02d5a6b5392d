public import TesseraDiagnostics
public import TesseraFiles
public import TesseraMLIR

/// A format of models that users bring.
///
/// A front end is one folder, whose module imports this one and never the compiler, and one line in the compiler's list of front ends.
public protocol FrontEnd: Sendable {
  /// The name of the format, as users know it: `ONNX`.
  var name: String { get }
  /// The suffixes of its files' names. They decide only if the bytes do not tell: a damaged file gets this front end's message.
  var suffixes: [String] { get }

  /// The kinds of options that it understands beside those of all front ends.
  var ownOptions: [any FormatOptions.Type] { get }

  /// `true` iff the file's first bytes are those of the format. Reads a few bytes only.
  func recognizes(_ file: FileBytes) -> Bool
  /// Reads a file. Errors: it is damaged, holds what is not supported, or the options name what it does not have.
  func load(_ file: FileBytes, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel
  /// Looks at all of a file and compiles nothing; `nil` where the front end cannot do that.
  func survey(_ file: FileBytes, options: ImportOptions) throws(Diagnostic) -> ModelSurvey?
}

extension FrontEnd {
  public var ownOptions: [any FormatOptions.Type] { [] }

  public func survey(_ file: FileBytes, options: ImportOptions) throws(Diagnostic) -> ModelSurvey? { nil }
}
