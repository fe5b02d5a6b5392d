import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// What the file tells of the types of values in its graphs: an element type that is another is an error, a shape that is another is not, as
/// in ONNX Runtime. A name that stands for values of several subgraphs, of which different things are told, is passed over.
struct DeclaredTypes {
  private var types: [String: TypeProto] = [:]
  /// The names of which different things are told.
  private var ambiguous: Set<String> = []

  init(_ graph: GraphProto?) {
    var pending = graph.map { [$0] } ?? []
    while let graph = pending.popLast() {
      for value in graph.values + graph.outputs { value.type.map { add(value.name, $0) } }
      pending += graph.nodes.flatMap { $0.attributes.flatMap(\.graph) }
    }
  }

  private mutating func add(_ name: String, _ type: TypeProto) {
    guard type.containers.isEmpty, type.otherKind == nil, !ambiguous.contains(name) else { return }
    if let other = types[name], other.elementType != type.elementType || other.shape?.count != type.shape?.count {
      ambiguous.insert(name)
      types[name] = nil
    } else {
      types[name] = type
    }
  }

  /// The number of dimensions of the value `name`, if it is told.
  func rank(_ name: String) -> Int? { types[name]?.shape?.count }

  /// The element type and the sizes of the value `name`, if both are told; sizes that only the run knows are dynamic.
  func type(_ name: String) -> (element: ElementType, sizes: [Int])? {
    guard let type = types[name], let element = ElementType(onnx: type.elementType), let shape = type.shape,
      shape.count <= GraphTensor.rankLimit
    else { return nil }
    let sizes = shape.map { dimension -> Int in
      if case .fixed(let size) = dimension, size >= 0, size <= Type.elementLimit { return Int(size) }
      return Type.dynamic
    }
    return (element, sizes)
  }

  /// `true` iff the value `name` is told to have the sizes `shape`, in numbers where they are known.
  func hasShape(_ name: String, _ shape: [IndexExpression]) -> Bool {
    guard let declared = types[name]?.shape, declared.count == shape.count else { return false }
    return zip(declared, shape).allSatisfy { declared, size in
      if case .fixed(let number) = declared { return size.known == Int(number) }
      return size.known == nil
    }
  }

  /// Throws if `tensor`, which is what `name` stands for, has another element type than is told; returns a remark if it has another shape.
  func check(_ name: String, _ tensor: GraphTensor) throws(Diagnostic) -> String? {
    guard let type = types[name], !tensor.isContainer else { return nil }
    if type.elementType != 0, type.elementType != tensor.elementType.onnxNumber {
      throw .wrongDeclaredType(name, ElementType.onnxName(type.elementType), tensor.elementType)
    }
    guard let shape = type.shape else { return nil }
    let agree =
      shape.count == tensor.rank
      && zip(shape, tensor.shape).allSatisfy { declared, size in
        if case .fixed(let number) = declared, let known = size.known { return Int(number) == known }
        return true
      }
    if agree { return nil }
    let sizes = shape.map { size -> String in
      switch size {
      case .fixed(let number): "\(number)"
      case .symbol(let symbol): symbol
      case .unknown: "?"
      }
    }
    return "the model declares '\(name)' as [\(sizes.joined(separator: ", "))], but it is \(tensor.description)"
  }
}

extension Diagnostic {
  fileprivate static func wrongDeclaredType(_ name: String, _ declared: String, _ type: ElementType) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the model declares '\(name)' to be of the type \(declared), but it is \(ElementType.onnxName(type.onnxNumber))")
  }
}
