public import Diagnostics
public import MLIR

/// The positions of the least elements of each row, as many as the result has columns: the least key first, equal ones in order of position.
///
///     %order = "rows.select"(%keys, %0) {indexing_maps = [...], iterator_types = [...], operandSegmentSizes = [1, 1]}
///       : (tensor<?x1000xi32>, tensor<?x10xi64>) -> tensor<?x10xi64>
///
/// It has the form of a `linalg.generic` without a region, as `rows.sort` has. A row has at least as many elements as are wanted.
public struct SelectOp {
  public static let name = "rows.select"
  /// More elements than this are not selected: each row's best ones are compared with each other, and stand on the stack.
  public static let countLimit = 128
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  public var keys: Value { operation.operand(0) }
  public var order: Value { operation.result(0) }
  /// How many elements of each row are wanted.
  public var count: Int { order.type.shape[1] }

  /// Creates the operation and returns the positions; `order` is an empty tensor of the result's type.
  public static func create(_ keys: Value, order: Value, _ b: Builder) -> Value {
    let operation = b.create(
      name, [keys, order], results: [order.type],
      attributes: [
        ("indexing_maps", .array(axes.map { .affineMap(.projection(rank: 3, $0, b.context)) }, b.context)),
        ("iterator_types", .array(Self.iterators.map { Attribute("#linalg.iterator_type<\($0.rawValue)>", b.context)! }, b.context)),
        ("operandSegmentSizes", .denseI32([1, 1], b.context)),
      ])
    return operation.result(0)
  }

  /// The loops by which keys and order are indexed.
  private static let axes = [[0, 1], [0, 2]]
  private static let iterators = [IteratorKind.parallel, .reduction, .reduction]

  /// Checks the types of operands and result, and the maps.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type)
    func isInteger(_ type: Type, _ widths: [Int?]) -> Bool { !type.isFloat && !type.isIndex && widths.contains(type.bitWidth) }
    guard types.count == 2, types.allSatisfy({ $0.isTensor && $0.rank == 2 }), operation.results.map(\.type) == [types[1]],
      isInteger(types[0].element, [32, 64]), isInteger(types[1].element, [64]), types[0].shape[0] == types[1].shape[0],
      (1...Self.countLimit).contains(count), types[0].shape[1] == Type.dynamic || (count..<SortOp.rowLimit).contains(types[0].shape[1]),
      operation.attribute("indexing_maps")?.arrayValue?.map({ $0.affineMapValue?.asDimensions }) == Self.axes,
      operation.attribute("iterator_types")?.iteratorKinds == Self.iterators,
      operation.attribute("operandSegmentSizes")?.denseIntegers == [1, 1]
    else { throw Diagnostic(.compilerBug, id: "selectVerifier", "'\(Self.name)' has types or attributes that do not fit it: \(operation)") }
  }
}
