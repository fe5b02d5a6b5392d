public import TesseraDiagnostics
public import TesseraMLIR

/// The positions of the elements of each row, in order: the least key first, equal ones in order of position.
///
///     %order = "rows.sort"(%keys, %0) {indexing_maps = [...], iterator_types = [...], operandSegmentSizes = [1, 1]}
///       : (tensor<?x1000xi32>, tensor<?x1000xi64>) -> tensor<?x1000xi64>
///
/// It has the form of a `linalg.generic`, so that what looks at operands, maps and loops need not know it: rows are a parallel loop; what is
/// inside of a row is not. It has no region. A second result is memory to work in, as many elements a row as the target wants, and of no use to others.
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
  public var memory: Value? { operation.resultCount == 2 ? operation.result(1) : nil }

  /// Creates the operation and returns the positions; `order` and `memory` are empty tensors of the results' types.
  public static func create(_ keys: Value, order: Value, memory: Value? = nil, _ b: Builder) -> Value {
    form(hasMemory: memory != nil).create([keys, order] + (memory.map { [$0] } ?? []), b).result(0)
  }

  private static func form(hasMemory: Bool) -> RowForm { RowForm(name: name, axes: [[0, 1], [0, 1]] + (hasMemory ? [[0, 2]] : [])) }

  /// Checks the types of operands and results, and the attributes.
  public func verify() throws(Diagnostic) {
    let form = Self.form(hasMemory: memory != nil)
    guard form.fits(operation), order.type.shape == keys.type.shape, keys.type.shape[1] < Self.rowLimit else {
      throw form.misfit(operation)
    }
  }
}
