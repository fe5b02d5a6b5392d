public import TesseraDiagnostics
public import TesseraFiles
public import TesseraFrontEnds
public import TesseraMLIR

/// StableHLO programs: text that JAX, PyTorch/XLA and TensorFlow print, and portable artifacts.
public struct StableHLOFrontEnd: FrontEnd {
  public let name = "StableHLO"
  public let suffixes = [".mlirbc", ".jaxexport"]

  public var ownOptions: [any FormatOptions.Type] { [ConstantInputs.self] }

  public init() {}

  public func recognizes(_ file: FileBytes) -> Bool {
    defer { withExtendedLifetime(file) {} }
    return ProgramForm.of(file) != nil
  }

  public func load(_ file: FileBytes, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel {
    try ProgramImporter(try ProgramForm.read(file), context, options).run()
  }

  public func survey(_ file: FileBytes, options: ImportOptions) throws(Diagnostic) -> ModelSurvey? {
    try ProgramImporter(try ProgramForm.read(file), Context(), options).survey()
  }
}
