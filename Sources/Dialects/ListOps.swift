public import TesseraDiagnostics
public import TesseraMLIR

extension Type {
  /// The type of lists of tensors or lists: the sequences and optionals of a model at run time.
  public static func list(_ context: Context) -> Type { Type("!list.list", context)! }
  /// `true` iff this is the type of lists.
  public var isList: Bool { isOpaque("list", "list") }
}

/// An operation on lists, which never change: each gives a new list, or a part of one.
///
///     %l = "list.make"(%a, %b) : (tensor<4xf32>, tensor<?xf32>) -> !list.list
///     %n = "list.count"(%l) : (!list.list) -> index
///     %x = "list.element"(%l, %i) : (!list.list, index) -> tensor<?xf32>
///     %m = "list.insert"(%l, %i, %x) : (!list.list, index, tensor<?xf32>) -> !list.list
///     %k = "list.erase"(%l, %i) : (!list.list, index) -> !list.list
///     %y = "list.join"(%l) {axis = 1, is_new} : (!list.list) -> tensor<4x?xf32>
///
/// The type of an element is checked when the program runs. What the IR type does not say of it, such as the sign, is in the attribute
/// `element_types`: a name for each operand that becomes an element, or for the element that is read; "" for lists.
///
/// `join` makes one tensor of the elements, one after the other along the dimension `axis` of the result, which is a new one with `is_new`.
public struct ListOp {
  /// The kind of an operation.
  public enum Kind: String, CaseIterable {
    case make, count, element, insert, erase, join
  }

  public let operation: Operation
  public let kind: Kind

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name.hasPrefix("list."), let kind = Kind(rawValue: String(operation.name.dropFirst(5))) else { return nil }
    self.operation = operation
    self.kind = kind
  }

  /// The name of the attribute with the types of elements.
  private static let elementTypes = "element_types"

  /// The names of the element types of the tensors that become elements, or that are read; "" for lists.
  public var elementTypes: [String] { operation.attribute(Self.elementTypes)?.arrayValue?.map { $0.stringValue ?? "" } ?? [] }

  /// Creates an operation and returns its result; `element` is the type of an element that is read.
  public static func create(
    _ kind: Kind, _ operands: [Value], element: Type? = nil, elementTypes: [String] = [], _ b: Builder
  ) -> Value {
    let type: Type =
      switch kind {
      case .count: .index(b.context)
      case .element, .join: element ?? .list(b.context)
      case .make, .insert, .erase: .list(b.context)
      }
    let names = Attribute.array(elementTypes.map { .string($0, b.context) }, b.context)
    return b.value("list.\(kind.rawValue)", operands, type: type, attributes: elementTypes.isEmpty ? [] : [(Self.elementTypes, names)])
  }

  /// The dimension along which elements are joined, and whether they lack it.
  public var joint: (axis: Int, isNew: Bool) {
    (operation.attribute("axis")?.integerValue ?? 0, operation.attribute("is_new") != nil)
  }

  /// Creates a `join` and returns its result, of type `type`.
  public static func join(_ list: Value, axis: Int, isNew: Bool, type: Type, elementType: String, _ b: Builder) -> Value {
    b.value(
      "list.\(Kind.join.rawValue)", [list], type: type,
      attributes: [("axis", .i64(axis, b.context)), (elementTypes, .array([.string(elementType, b.context)], b.context))]
        + (isNew ? [("is_new", .unit(b.context))] : []))
  }

  /// Checks the types of operands and results.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type), results = operation.results.map(\.type)
    func isElement(_ type: Type) -> Bool { type.isTensor || type.isList }
    let isValid =
      switch kind {
      case .make: types.allSatisfy(isElement) && results.count == 1 && results[0].isList
      case .count: types.count == 1 && types[0].isList && results.count == 1 && results[0].isIndex
      case .element: types.count == 2 && types[0].isList && types[1].isIndex && results.count == 1 && isElement(results[0])
      case .insert:
        types.count == 3 && types[0].isList && types[1].isIndex && isElement(types[2]) && results.count == 1 && results[0].isList
      case .join:
        types.count == 1 && types[0].isList && results.count == 1 && results[0].isTensor && (0..<results[0].rank).contains(joint.axis)
      case .erase: types.count == 2 && types[0].isList && types[1].isIndex && results.count == 1 && results[0].isList
      }
    let elements = kind == .make ? types.count : [.insert, .element, .join].contains(kind) ? 1 : 0
    guard isValid, elementTypes.count == elements else {
      throw Diagnostic(.compilerBug, id: "listVerifier", "'\(operation.name)' has types that do not fit it: \(operation)")
    }
  }
}
