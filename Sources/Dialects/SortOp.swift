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
    form.create([keys, order, memory], b).result(0)
  }

  private static let form = RowForm(name: name, axes: [[0, 1], [0, 1], [0, 2]])

  /// Checks the types of operands and results, and the attributes.
  public func verify() throws(Diagnostic) {
    guard Self.form.fits(operation), order.type.shape == keys.type.shape, keys.type.shape[1] < Self.rowLimit,
      isMemory(memory.type.shape[1])
    else { throw Self.form.misfit(operation) }
  }

  /// `true` iff `size` elements a row are the memory that the operation needs, as far as sizes are known.
  private func isMemory(_ size: Int) -> Bool {
    let count = keys.type.shape[1]
    return size == Type.dynamic
      || count != Type.dynamic
        && count.multipliedReportingOverflow(by: Self.wordsPerElement(keys.type.element)) == (size, overflow: false)
  }
}
