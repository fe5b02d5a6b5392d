public import Diagnostics
public import MLIR

/// The positions of the elements of each row, in order: the least key first, equal ones in order of position.
///
///     %order, %memory = "rows.sort"(%keys, %0, %1) {indexing_maps = [...], iterator_types = [...], operandSegmentSizes = [1, 2]}
///       : (tensor<?x1000xi32>, tensor<?x1000xi64>, tensor<?x2000xi64>) -> (tensor<?x1000xi64>, tensor<?x2000xi64>)
///
/// It has the form of a `linalg.generic`, so that what looks at operands, maps and loops need not know it: rows are a parallel loop; what is
/// inside of a row is not. It has no region. The second result is memory to work in, and of no use to others.
public struct SortOp {
  public static let name = "rows.sort"
  /// A row has fewer elements than this.
  public static let rowLimit = 1 << 32
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  public var keys: Value { operation.operand(0) }
  public var order: Value { operation.result(0) }
  public var memory: Value { operation.result(1) }

  /// How many i64 a row needs to work in for each of its elements: two words of a key and a position.
  public static func wordsPerElement(_ key: Type) -> Int { key.bitWidth == 64 ? 4 : 2 }

  /// Creates the operation and returns the positions; `order` and `memory` are empty tensors of the results' types.
  public static func create(_ keys: Value, order: Value, memory: Value, _ b: Builder) -> Value {
    let operation = b.create(
      name, [keys, order, memory], results: [order.type, memory.type],
      attributes: [
        ("indexing_maps", .array(axes.map { .affineMap(.projection(rank: 3, $0, b.context)) }, b.context)),
        ("iterator_types", .array(Self.iterators.map { Attribute("#linalg.iterator_type<\($0.rawValue)>", b.context)! }, b.context)),
        ("operandSegmentSizes", .denseI32([1, 2], b.context)),
      ])
    return operation.result(0)
  }

  /// The loops by which keys, order and memory are indexed.
  private static let axes = [[0, 1], [0, 1], [0, 2]]
  private static let iterators = [IteratorKind.parallel, .reduction, .reduction]

  /// Checks the types of operands and results, and the maps.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type)
    func isInteger(_ type: Type, _ widths: [Int?]) -> Bool { !type.isFloat && !type.isIndex && widths.contains(type.bitWidth) }
    func isMemory(_ size: Int, for keys: Type) -> Bool {
      size == Type.dynamic
        || keys.shape[1] != Type.dynamic
          && keys.shape[1].multipliedReportingOverflow(by: Self.wordsPerElement(keys.element)) == (size, overflow: false)
    }
    guard types.count == 3, types.allSatisfy({ $0.isTensor && $0.rank == 2 }), operation.results.map(\.type) == Array(types[1...]),
      isInteger(types[0].element, [32, 64]), types[1...].allSatisfy({ isInteger($0.element, [64]) }), types[1].shape == types[0].shape,
      types[2].shape[0] == types[0].shape[0],
      isMemory(types[2].shape[1], for: types[0]),
      operation.attribute("indexing_maps")?.arrayValue?.map({ $0.affineMapValue?.asDimensions }) == Self.axes,
      operation.attribute("iterator_types")?.iteratorKinds == Self.iterators,
      operation.attribute("operandSegmentSizes")?.denseIntegers == [1, 2]
    else { throw Diagnostic(.compilerBug, id: "sortVerifier", "'\(Self.name)' has types or attributes that do not fit it: \(operation)") }
  }
}
