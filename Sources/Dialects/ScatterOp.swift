public import TesseraDiagnostics
public import TesseraMLIR

/// Rows of a tensor with updates combined into them, one after the other: place `i` of a batch says which row update `i` goes to.
///
///     %r = "rows.scatter"(%x, %places, %updates, %0) ({
///     ^bb0(%old: f32, %new: f32):
///       %sum = arith.addf %old, %new : f32
///       "rows.yield"(%sum) : (f32) -> ()
///     }) {indexing_maps = [...], iterator_types = [...], operandSegmentSizes = [3, 1]}
///       : (tensor<2x?x64xf32>, tensor<2x?xi64>, tensor<2x?x64xf32>, tensor<2x?x64xf32>) -> tensor<2x?x64xf32>
///
/// The loops are batches, rows, updates and columns. It has the form of a `linalg.generic`, but its cost grows with updates, not with rows
/// times updates: an update visits the row that it names. The region combines an element with that of an update, in the order of the updates.
/// A place that is no row makes the kernel fail; `noRow` is one that an update without a row has.
public struct ScatterOp {
  public static let name = "rows.scatter"
  /// The terminator of the region.
  public static let yield = "rows.yield"
  /// The place of an update that goes to no row.
  public static let noRow = Int.min
  /// The columns that a thread takes at a time.
  public static let columnBlock = 1024
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  /// The tensor [batches, rows, columns] that the updates change.
  public var target: Value { operation.operand(0) }
  /// The i64 row of each update, [batches, updates].
  public var places: Value { operation.operand(1) }
  /// The updates, [batches, updates, columns].
  public var updates: Value { operation.operand(2) }
  public var result: Value { operation.result(0) }
  /// The block that combines an old element and a new one.
  public var combiner: Block? { operation.body(0) }

  private static let axes = [[0, 1, 3], [0, 2], [0, 2, 3], [0, 1, 3]]
  private static let iterators = [IteratorKind.parallel, .parallel, .reduction, .parallel]

  /// Creates the operation and returns its result; `output` is an empty tensor of the target's type, and `combine` makes what an element
  /// becomes of it and an update's.
  public static func create(
    _ target: Value, places: Value, updates: Value, output: Value, _ b: Builder, combine: (Builder, Value, Value) -> Value
  ) -> Value {
    let region = Region.create()
    let block = region.appendBlock([target.type.element, updates.type.element], b.location)
    let inner = Builder(b.context, at: block, location: b.location)
    inner.create(yield, [combine(inner, block.arguments[0], block.arguments[1])])
    return b.create(
      name, [target, places, updates, output], results: [target.type],
      attributes: [
        ("indexing_maps", .array(axes.map { .affineMap(.projection(rank: 4, $0, b.context)) }, b.context)),
        ("iterator_types", .iterators(iterators, b.context)),
        ("operandSegmentSizes", .denseI32([3, 1], b.context)),
      ], regions: [region]
    ).result(0)
  }

  /// Checks the types of operands and result, the attributes, and the region's form.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type)
    guard types.count == 4, types.allSatisfy(\.isTensor), zip(types, Self.axes).allSatisfy({ $0.rank == $1.count }), let combiner else {
      throw misfit
    }
    let element = types[0].element
    let fits =
      !types[1].element.isFloat && types[1].element.bitWidth == 64 && types[2].element == element
      && types[3] == types[0] && operation.results.map(\.type) == [types[0]]
      && operation.attribute("indexing_maps")?.arrayValue?.map { $0.affineMapValue?.asDimensions } == Self.axes
      && operation.attribute("iterator_types")?.iteratorKinds == Self.iterators
      && operation.attribute("operandSegmentSizes")?.denseIntegers == [3, 1]
      && combiner.arguments.map(\.type) == [element, element]
      && combiner.operations.last.map { $0.name == Self.yield && $0.operands.map(\.type) == [element] } == true
    if !fits { throw misfit }
  }

  private var misfit: Diagnostic {
    Diagnostic(.compilerBug, id: "rowsVerifier", "'\(Self.name)' has types, attributes or a region that do not fit it: \(operation)")
  }
}
