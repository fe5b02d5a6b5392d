import Diagnostics
import MLIR
import ModuleFormat

/// What users see of a function: names, types and shapes of its inputs and outputs.
///
/// `tessera.name`, `tessera.shape` and `tessera.type` on arguments and results say it; without them the names are `input0`, `output0` and so on, and
/// sizes that are not known are `?`.
struct Signature {
  var inputs: [TensorInfo] = []
  var outputs: [TensorInfo] = []

  init(of function: Operation, _ type: Type) throws(Diagnostic) {
    let name = function.symbolName ?? ""
    let arguments = function.attribute("arg_attrs")?.arrayValue
    let results = function.attribute("res_attrs")?.arrayValue
    for (i, type) in type.functionInputs.enumerated() {
      inputs.append(try Self.info(type, arguments?[i], fallback: "input\(i)", in: name))
    }
    for (i, type) in type.functionResults.enumerated() {
      outputs.append(try Self.info(type, results?[i], fallback: "output\(i)", in: name))
    }
  }

  private static func info(
    _ type: Type, _ attributes: Attribute?, fallback: String, in function: String
  ) throws(Diagnostic) -> TensorInfo {
    let element = type.isTensor ? type.element : type
    let said = attributes?.dictionaryEntry("tessera.type")?.stringValue.flatMap(ElementType.init(name:))
    guard let elementType = said ?? (element.isIndex ? .i64 : ElementType(name: element.description)) else {
      throw .unsupportedType(element, in: function)
    }
    let symbols = attributes?.dictionaryEntry("tessera.shape")?.arrayValue ?? []
    let shape = (type.isTensor ? type.shape : []).enumerated().map { axis, size -> Dimension in
      if size != Type.dynamic { return .fixed(Int64(size)) }
      // A number in the text where the type does not have it is a wish that nobody checks: the type decides.
      guard symbols.indices.contains(axis), let symbol = symbols[axis].stringValue, Int(symbol) == nil else { return .symbolic("?") }
      return .symbolic(symbol)
    }
    let name = attributes?.dictionaryEntry("tessera.name")?.stringValue ?? fallback
    return TensorInfo(name: name, elementType: elementType, shape: shape)
  }
}
