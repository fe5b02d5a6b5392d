public import TesseraDiagnostics
public import TesseraMLIR

/// The positions of the least elements of each row, as many as the result has columns: the least key first, equal ones in order of position.
///
///     %order = "rows.select"(%keys, %0) {indexing_maps = [...], iterator_types = [...], operandSegmentSizes = [1, 1]}
///       : (tensor<?x1000xi32>, tensor<?x10xi64>) -> tensor<?x10xi64>
///
/// It has the form of a `linalg.generic` without a region, as `rows.sort` has. A row has at least as many elements as are wanted.
public struct SelectOp {
  public static let name = "rows.select"
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  public var keys: Value { operation.operand(0) }
  public var order: Value { operation.result(0) }
  /// The number of elements that are selected of each row.
  public var count: Int { order.type.shape[1] }

  /// Creates the operation and returns the positions; `order` is an empty tensor of the result's type.
  public static func create(_ keys: Value, order: Value, _ b: Builder) -> Value { form.create([keys, order], b).result(0) }

  private static let form = RowForm(name: name, axes: [[0, 1], [0, 2]])

  /// Checks the types of operands and result, and the attributes.
  public func verify() throws(Diagnostic) {
    guard Self.form.fits(operation), count >= 1,
      keys.type.shape[1] == Type.dynamic || keys.type.shape[1] >= count && keys.type.shape[1] < SortOp.rowLimit
    else { throw Self.form.misfit(operation) }
  }
}
