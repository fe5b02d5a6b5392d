import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

/// Lowers what upstream's dialects say about tensors, beside TOSA, to those that the compiler knows: index, shape, affine, scf.forall,
/// the transformations of winograd.
///
/// Errors: an operation that has no lowering, with its name and place.
func lowerDialects(of module: Module, path: String) throws(Diagnostic) {
  func contains(_ isWanted: (Operation) -> Bool) -> Bool { module.operation.descendants.contains(where: isWanted) }
  if contains({ $0.name.hasPrefix("shape.") }) {
    try run("func.func(shape-to-shape-lowering,convert-shape-constraints)", on: module, path)
    AssumingRegions(module).run()
    try run("convert-shape-to-std", on: module, path)
    if let left = module.operation.descendants.first(where: { $0.name.hasPrefix("shape.") }) {
      throw .unsupportedOperation(left, "shapes are supported as tensors of index (tensor<?xindex>), not as values of !shape.shape")
    }
  }
  if contains({ $0.name.hasPrefix("affine.") && !isKnownToKernels($0) }) {
    try run("func.func(lower-affine)", on: module, path)
  }
  if contains({ $0.name.hasPrefix("index.") }) { IndexToArith(module).run() }
  if contains({ WinogradTransforms.names.contains($0.name) }) { try WinogradTransforms(module).run() }
  if contains({ $0.name == "scf.forall" }) { ForallToFor(module).run() }
  if contains(SwitchToIf.fits) { SwitchToIf(module).run() }
}

/// `true` iff the operation is better left, since kernels know what is affine: it stands in a body, and has dimensions or symbols only.
private func isKnownToKernels(_ op: Operation) -> Bool {
  guard op.name == "affine.apply", op.parent?.name == "linalg.generic", let map = op.attribute("map")?.affineMapValue else { return false }
  return map.dimensionCount == 0 || map.symbolCount == 0
}

/// Runs upstream's passes, some of which fold whatever stands in the function. Errors: an operation that they cannot lower.
private func run(_ passes: String, on module: Module, _ path: String) throws(Diagnostic) {
  let hidden = HiddenFromFolds(context: module.context)
  hidden.hide(in: module)
  defer { HiddenOp.reveal(in: module) }
  do throws(MLIRError) { try module.run(passes: passes) } catch {
    throw Diagnostic(.unsupported, id: "unsupportedShape", "'\(path)' has an operation that cannot be lowered: \(error.text)")
  }
}

extension Diagnostic {
  /// An operation without a lowering.
  static func unsupportedOperation(_ op: Operation, _ reason: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "operation '\(op.name)' is not supported: \(reason)", location: op.location.sourceNames.joined(separator: ", "))
  }
}
