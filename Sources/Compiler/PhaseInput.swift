import TesseraDiagnostics
import TesseraDialects
import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// IR that comes from a file may be anything: what is wrong with it is no bug of the compiler.
extension Compilation {
  /// Checks that the IR is what a stage works on that does not begin the pipeline. Within a phase only the form of it is known.
  func requireInput(of stage: Stage) throws(Diagnostic) {
    let phase = stage.phase
    guard let position = Pipeline.phases.firstIndex(where: { $0.name == phase.name }) else { return }
    do throws(Diagnostic) {
      if position > 0 || stage.steps.startIndex > 0 { try LevelVerifier.verifyStructure(module, after: "what came in") }
      guard position > 0, stage.steps.startIndex == 0 else { return }
      try LevelVerifier.verify(module, is: Pipeline.phases[position - 1].level) { op, place in
        .wrongPhaseInput(phase, "'\(op.name)' stands in \(place)", op.location.sourceNames.joined(separator: ", "))
      }
    } catch {
      throw error.category == .compilerBug ? .wrongPhaseInput(phase, error.message, error.location) : error
    }
  }

  /// Checks that the bytes of all globals are there: IR that was printed has none.
  func requireWeights() throws(Diagnostic) {
    let missing = module.globalsWithoutValue.filter { constants[$0] == nil }
    if !missing.isEmpty { throw .missingWeights(missing) }
  }
}

extension Module {
  /// The globals whose bytes are not in the IR.
  public var globalsWithoutValue: [String] {
    body.operations.filter { $0.name == "ml_program.global" && $0.attribute("value")?.description.hasPrefix("#ml_program.extern") == true }
      .compactMap(\.symbolName)
  }
}

/// Checks the operations of ours in text that a user gave.
func verifyOwnOperations(_ module: Module, path: String) throws(Diagnostic) {
  let executables = module.executables
  do throws(Diagnostic) {
    for op in module.operation.descendants {
      if let dispatch = DispatchOp(op) { try dispatch.verify(executables) }
      if let transfer = TransferOp(op) { try transfer.verify() }
      if let set = SetEncodingOp(op) { try set.verify() }
      if let unset = UnsetEncodingOp(op) { try unset.verify() }
      if let list = ListOp(op) { try list.verify() }
      if let string = StringOp(op) { try string.verify() }
    }
    for executable in executables.values { try verifyExecutable(executable) }
  } catch {
    throw Diagnostic(
      .invalidInput, id: "unreadableMLIR", "'\(path)' is not a valid MLIR module: \(error.message)", location: error.location,
      notes: error.notes)
  }
}

extension Diagnostic {
  /// IR that a phase does not work on.
  static func wrongPhaseInput(_ phase: Phase, _ reason: String, _ location: String?) -> Diagnostic {
    let names = Pipeline.phases.map(\.name)
    let before = names[..<(names.firstIndex(of: phase.name) ?? 0)]
    return Diagnostic(
      .invalidInput, "this IR is no input of the phase '\(phase.name)': \(reason)", location: location,
      help: "the phases before it are \(before.joined(separator: ", "))")
  }

  /// Printed IR of a model with weights.
  static func missingWeights(_ names: [String]) -> Diagnostic {
    let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    return Diagnostic(
      .invalidInput, "the IR lacks the weights \(shown): they are not printed with it",
      help: "compile the model itself; phases up to codegen run on the IR with 'tessera opt' or --stop-after=codegen")
  }
}
