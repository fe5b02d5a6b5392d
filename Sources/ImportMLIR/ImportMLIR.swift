public import Constants
public import Diagnostics
import Dialects
import Glibc
public import MLIR

/// Reads MLIR text or bytecode in upstream tensor dialects, and lowers TOSA to linalg.
///
/// Requires: functions on ranked tensors in the dialects func, linalg, tensor, arith, math, scf, complex, tosa.
/// Ensures: no operation of TOSA remains; the values of globals stand in the store that is returned.
public func importMLIR(path: String, context: Context) throws(Diagnostic) -> (module: Module, constants: ConstantStore) {
  let module = try readMLIR(path: path, context: context)
  for operation in module.operation.descendants {
    let arguments = operation.regions.flatMap(\.blocks).flatMap(\.arguments)
    if let value = (operation.results + arguments).first(where: { $0.type.isTensor && !$0.type.hasPossibleShape }) {
      throw .impossibleTensor(value.type, operation)
    }
  }
  return (module, try storeGlobals(of: module, path: path))
}

/// Reads the file and lowers TOSA.
private func readMLIR(path: String, context: Context) throws(Diagnostic) -> Module {
  guard access(path, R_OK) == 0 else { throw .missingMLIR(path, String(cString: strerror(errno))) }
  let module: Module
  do throws(MLIRError) {
    module = try Module(file: path, context)
    guard module.operation.verify() else { throw MLIRError(context.takeErrorText(fallback: "the module does not verify")) }
  } catch {
    throw .unreadableMLIR(path, error.text)
  }
  for operation in module.operation.descendants {
    do throws(Diagnostic) { try RowOps.verify(operation) } catch { throw .unreadableMLIR(path, error.message) }
  }
  guard module.operation.descendants.contains(where: { $0.name.hasPrefix("tosa.") }) else { return module }
  do throws(MLIRError) {
    try module.run(passes: tosaPipeline)
  } catch {
    throw .unsupportedTOSA(path, error.text)
  }
  if let left = module.operation.descendants.first(where: { $0.name.hasPrefix("tosa.") }) {
    throw .unsupportedTOSA(path, "'\(left.name)' has no lowering for these types", left.location)
  }
  return module
}

/// Upstream's way from TOSA to linalg, tensor, arith and scf.
private let tosaPipeline =
  "func.func(tosa-optional-decompositions),canonicalize,func.func(tosa-infer-shapes,tosa-make-broadcastable,tosa-to-linalg-named),canonicalize,"
  + "func.func(tosa-layerwise-constant-fold,tosa-make-broadcastable),func.func(tosa-to-linalg),func.func(tosa-to-arith{include-apply-rescale=true},"
  + "tosa-to-tensor,tosa-to-scf),canonicalize,cse"

extension Diagnostic {
  static func missingMLIR(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.unreadable(reason), "cannot read '\(path)': \(reason)")
  }

  static func unreadableMLIR(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' is not a valid MLIR module: \(reason)")
  }

  static func impossibleTensor(_ type: Type, _ operation: Operation) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(operation.name)' has a tensor of the impossible type \(type)",
      location: operation.location.sourceNames.joined(separator: ", "))
  }

  static func unsupportedTOSA(_ path: String, _ reason: String, _ location: Location? = nil) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(path)' has a TOSA operation that cannot be lowered to linalg: \(reason)",
      location: location?.sourceNames.joined(separator: ", "))
  }
}
