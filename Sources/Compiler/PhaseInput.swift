import Diagnostics
import Dialects
import Kernels
import LoopNests
import MLIR

/// IR that comes from a file may be anything: what is wrong with it is no bug of the compiler.
extension Compilation {
  /// Checks that the IR is what a phase works on that is not the first of the pipeline.
  func requireInput(of phase: Phase) throws(Diagnostic) {
    let phases = Pipeline.phases.map(\.name)
    guard let position = phases.firstIndex(of: phase.name), position > 0 else { return }
    do throws(Diagnostic) { try BoundaryVerifier.verify(module, after: phases[position - 1]) } catch {
      throw .wrongPhaseInput(phase, error.message, error.location)
    }
    let isDispatched = position > phases.firstIndex(of: "dispatch-creation") ?? 0
    let isUniform = position > phases.firstIndex(of: "global-optimization") ?? 0
    for function in module.hostFunctions {
      for op in function.descendants {
        if isDispatched, op.isStructured {
          throw .wrongPhaseInput(phase, "'\(op.name)' stands outside of a dispatch", op.location.sourceNames.joined(separator: ", "))
        }
        if isUniform, op.name.hasPrefix("linalg."), !op.isStructured, !["linalg.fill", "linalg.yield", "linalg.index"].contains(op.name) {
          throw .wrongPhaseInput(
            phase, "'\(op.name)' is not a linalg.generic, which the phase 'input' makes of it",
            op.location.sourceNames.joined(separator: ", "))
        }
      }
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
