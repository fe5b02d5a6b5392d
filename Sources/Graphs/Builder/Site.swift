import TesseraDiagnostics
import TesseraMLIR

/// One operation of the model under import: what lowerings are written on, in whatever format the model is.
///
/// It knows where IR is made, and what the operation is called: shapes that do not fit, and kernels that stop, are reported in the user's words.
package protocol Site {
  /// What makes the IR.
  var graph: GraphBuilder { get }
  /// The name of the operation in the model.
  var label: String { get }
  /// What it does, in the format's words: `Conv`.
  var operation: String { get }
}

extension Site {
  package var context: Context { graph.context }
  package var indices: IndexTable { graph.indices }

  /// What is wrong with the operation, in words that go on after its name.
  package func diagnostic(
    _ category: Diagnostic.Category, id: String = #function, _ what: String, notes: [String] = [], help: String? = nil
  ) -> Diagnostic {
    Diagnostic(category, id: id, "the \(operation) node '\(label)' \(what)", location: label, notes: notes, help: help)
  }
}
