import TesseraConstants
import TesseraDiagnostics
import TesseraMLIR

/// Moves the values of globals from the IR to the constant store.
///
/// Before: ml_program.global private @w(dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<2xf32>
/// After:  ml_program.global private @w(#ml_program.extern : tensor<2xf32>) : tensor<2xf32>, the bytes in the store under `w`
///
/// `resources` are the bytes of globals whose values do not stand in the IR.
func storeGlobals(
  of module: Module, resources: [(name: String, bytes: [UInt8])], path: String
) throws(Diagnostic) -> ConstantStore {
  let store = ConstantStore()
  for resource in resources { store.set(resource.name, .owned(resource.bytes)) }
  for op in module.body.operations where op.name == "ml_program.global" {
    let name = op.symbolName ?? ""
    guard op.attribute("is_mutable") == nil else {
      throw .unsupportedGlobal(path, name, "it is mutable, and only constant globals are supported")
    }
    // A dump of ours: the phases that need no bytes can go on with it.
    if op.attribute("value")?.description.hasPrefix("#ml_program.extern") == true { continue }
    guard let type = op.attribute("type")?.typeValue, type.isTensor, type.hasStaticShape else {
      throw .unsupportedGlobal(path, name, "only tensors of a fixed shape are supported")
    }
    guard let value = op.attribute("value"), let bytes = value.elementBytes(type) else {
      throw .unsupportedGlobal(path, name, "its value must be written as dense elements, or be a resource that is there")
    }
    store.set(name, .owned(bytes))
    if let external = Attribute("#ml_program.extern : \(type)", module.context) { op.setAttribute("value", external) }
  }
  return store
}

extension Diagnostic {
  /// A global that cannot be compiled.
  static func unsupportedGlobal(_ path: String, _ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(.unsupported, "global '\(name)' of '\(path)' is not supported: \(reason)")
  }
}
