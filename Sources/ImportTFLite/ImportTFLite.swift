public import TesseraDiagnostics
public import TesseraFiles
public import TesseraFrontEnds
public import TesseraMLIR

/// TFLite models.
public struct TFLiteFrontEnd: FrontEnd {
  public let name = "TFLite"
  public let suffixes = [".tflite"]

  public var ownOptions: [any FormatOptions.Type] { [ConstantInputs.self] }

  public init() {}

  public func recognizes(_ file: FileBytes) -> Bool {
    defer { withExtendedLifetime(file) {} }
    return FormatBytes(file.bytes).has(ModelFile.identifier, at: 4)
  }

  public func load(_ file: FileBytes, context: Context, options: ImportOptions) throws(Diagnostic) -> ImportedModel {
    try ModelImporter(ModelFile(file), context, options).run()
  }

  public func survey(_ file: FileBytes, options: ImportOptions) throws(Diagnostic) -> ModelSurvey? {
    try ModelImporter(ModelFile(file), Context(), options).survey()
  }
}
