import TesseraDiagnostics
import TesseraDialects
import TesseraFrontEnds
import TesseraMLIR
import TesseraModuleFormat

/// The names, types and shapes of a function's inputs and outputs, as users see them.
///
/// `SignatureAttribute` has the attributes that say so. Without them the names are `input0`, `output0` and so on; the dynamic sizes of inputs are
/// named by input and axis, as in `input0.1`, and those of outputs are `?`.
struct HostSignature {
  var inputs: [TensorInfo] = []
  var outputs: [TensorInfo] = []

  /// Reads the signature; `constant` gives the number of a global.
  init(of function: Operation, _ type: Type, constant: (String) -> Int?) throws(Diagnostic) {
    let name = function.symbolName ?? ""
    let arguments = function.attribute("arg_attrs")?.arrayValue
    let results = function.attribute("res_attrs")?.arrayValue
    for (i, type) in type.functionInputs.enumerated() {
      var info = try Self.info(type, arguments?[i], fallback: "input\(i)", isInput: true, in: name)
      if let symbol = arguments?[i].dictionaryEntry(SignatureAttribute.defaultValue)?.symbolName {
        let shape = arguments?[i].dictionaryEntry(SignatureAttribute.defaultShape)?.arrayValue?.map { $0.integerValue ?? 0 } ?? []
        guard let number = constant(symbol) else {
          throw .schedulingBug(function, "the default '\(symbol)' of '\(info.name)' has no bytes")
        }
        info.defaultValue = DefaultValue(constant: number, shape: shape)
      }
      inputs.append(info)
    }
    for (i, type) in type.functionResults.enumerated() {
      outputs.append(try Self.info(type, results?[i], fallback: "output\(i)", isInput: false, in: name))
    }
  }

  private static func info(
    _ type: Type, _ attributes: Attribute?, fallback: String, isInput: Bool, in function: String
  ) throws(Diagnostic) -> TensorInfo {
    let name = attributes?.dictionaryEntry(SignatureAttribute.name)?.stringValue ?? fallback
    if type.isList { return try list(type, attributes, name: name, in: function) }
    let element = type.isTensor ? type.element : type
    let said = attributes?.dictionaryEntry(SignatureAttribute.type)?.stringValue.flatMap(ElementType.init(name:))
    guard let stored = ElementType(stored: element), said == nil || said?.byteCount == stored.byteCount else {
      throw .unsupportedType(element, in: function)
    }
    let elementType = said ?? stored
    let symbols = attributes?.dictionaryEntry(SignatureAttribute.shape)?.arrayValue ?? []
    let shape = (type.isTensor ? type.shape : []).enumerated().map { axis, size -> Dimension in
      if size != Type.dynamic { return .fixed(Int64(size)) }
      let label = symbols.indices.contains(axis) ? symbols[axis].stringValue : nil
      if isInput { return .symbolic(InputDimensions.name(label, input: name, axis: axis)) }
      // A number in the text where the type does not have it is a wish that nobody checks: the type decides.
      guard let label, Int(label) == nil else { return .symbolic("?") }
      return .symbolic(label)
    }
    return TensorInfo(name: name, elementType: elementType, shape: shape)
  }

  /// Describes a list: its containers, the element type and, if the rank is known, the shape of its tensors.
  private static func list(_ type: Type, _ attributes: Attribute?, name: String, in function: String) throws(Diagnostic) -> TensorInfo {
    let containers = attributes?.dictionaryEntry(SignatureAttribute.containers)?.arrayValue?.map(\.stringValue) ?? []
    let known = containers.compactMap { text in Container.allCases.first { "\($0)" == text } }
    let element = attributes?.dictionaryEntry(SignatureAttribute.type)?.stringValue.flatMap(ElementType.init(name:))
    guard let element, !known.isEmpty, known.count == containers.count, known.count <= TensorInfo.containerLimit else {
      throw .unsupportedType(type, in: function)
    }
    let labels = attributes?.dictionaryEntry(SignatureAttribute.shape)?.arrayValue
    let shape = labels?.map { label -> Dimension in
      let text = label.stringValue ?? "?"
      return Int64(text).map { .fixed($0) } ?? .symbolic(text)
    }
    return TensorInfo(name: name, elementType: element, shape: shape, containers: known)
  }
}

extension ElementType {
  /// The element type of memory that holds elements of the IR type `type`; `nil` where it has no form of its own in memory.
  init?(stored type: Type) {
    if type.isIndex {
      self = .i64
      return
    }
    guard let element = ElementType(name: type.description) ?? ElementType(holding: type) else { return nil }
    self = element
  }

  /// The element type in which integers of an unusual width stand, as numbers of their value; `nil` for other types.
  private init?(holding type: Type) {
    guard type.isInteger, let bits = type.bitWidth, bits < 64, "\(type)".first == "i" else { return nil }
    self = bits <= 8 ? .i8 : bits <= 16 ? .i16 : bits <= 32 ? .i32 : .i64
  }
}
