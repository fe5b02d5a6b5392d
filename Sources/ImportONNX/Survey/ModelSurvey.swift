public import TesseraDiagnostics
public import TesseraFrontEnds
import TesseraMLIR

/// Looks at every node of the ONNX model at `path`, and compiles nothing. Throws where the file itself cannot be read.
public func surveyONNX(path: String, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ModelSurvey {
  try ModelImporter(ModelFile(path: path), Context(), options).survey()
}

/// The operators that there are, with the oldest operator set of each and what its operands must be (`any` where it depends on the operand).
public func supportedOperators() -> [(name: String, domain: String, since: Int, operands: String)] {
  OperatorTable.rows.map { ($0.name, $0.domain.isEmpty ? "ai.onnx" : $0.domain, $0.since, $0.signature?.operands?.rawValue ?? "any") }
}
