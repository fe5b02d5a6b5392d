public import TesseraDiagnostics
public import TesseraMLIR

/// A scan: each element of a row becomes what all elements up to it combine to, one after the other.
///
///     %r = "rows.scan"(%x, %0) ({
///     ^bb0(%before: f32, %element: f32):
///       %sum = arith.addf %before, %element : f32
///       "rows.yield"(%sum) : (f32) -> ()
///     }) {form = array<i64: 0, 0, 0>, ...} : (tensor<?x100x64xf32>, tensor<?x100x64xf32>) -> tensor<?x100x64xf32>
///
/// Operands: the elements [rows, steps, columns], and an empty tensor of their type. The form says whether an element itself is left out, whether
/// the steps go from the end to the beginning, and the number (0 or 1) that the first element is combined with.
///
/// It has the form of a `linalg.generic` whose parallel loops are rows and columns, as what works on rows has. Its cost grows with its elements.
public struct ScanOp {
  public static let name = "rows.scan"
  private static let formName = "form"
  public let operation: Operation
  public let form: Form

  public struct Form: Equatable {
    /// `true` iff an element is not part of what is stored in its place.
    public var isExclusive: Bool
    /// `true` iff the steps go from the end of a row to its beginning.
    public var isReversed: Bool
    /// The neutral element: 0 or 1.
    public var initial: Int

    public init(isExclusive: Bool, isReversed: Bool, initial: Int) {
      (self.isExclusive, self.isReversed, self.initial) = (isExclusive, isReversed, initial)
    }
  }

  /// Creates a view of `operation`; `nil` if it is another operation or has no form.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name, let numbers = operation.attribute(Self.formName)?.denseIntegers, numbers.count == 3,
      numbers.allSatisfy((0...1).contains)
    else { return nil }
    self.operation = operation
    form = Form(isExclusive: numbers[0] == 1, isReversed: numbers[1] == 1, initial: numbers[2])
  }

  /// The elements, [rows, steps, columns].
  public var input: Value { operation.operand(0) }
  public var result: Value { operation.result(0) }
  /// The block that combines what was before with an element.
  public var combiner: Block? { operation.body(0) }

  private static let iterators = [IteratorKind.parallel, .reduction, .parallel]

  /// Creates the operation and returns its result; `output` is an empty tensor of the input's type, and `combine` makes what comes next of what was
  /// before and an element.
  public static func create(_ form: Form, _ input: Value, output: Value, _ b: Builder, combine: (Builder, Value, Value) -> Value) -> Value {
    let region = Region.create()
    let element = input.type.element
    let block = region.appendBlock([element, element], b.location)
    let inner = Builder(b.context, at: block, location: b.location)
    inner.create(ScatterOp.yield, [combine(inner, block.arguments[0], block.arguments[1])])
    let numbers = [form.isExclusive ? 1 : 0, form.isReversed ? 1 : 0, form.initial]
    return b.create(
      name, [input, output], results: [input.type],
      attributes: [
        (formName, .denseI64(numbers, b.context)),
        ("indexing_maps", .array([0, 1].map { _ in .affineMap(.identity(3, b.context)) }, b.context)),
        ("iterator_types", .iterators(iterators, b.context)),
        ("operandSegmentSizes", .denseI32([1, 1], b.context)),
      ], regions: [region]
    ).result(0)
  }

  /// Checks the types of operands and result, the attributes, and the region's form.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type)
    let fits =
      types.count == 2 && types[0].isTensor && types[0].rank == 3 && types[1] == types[0] && operation.results.map(\.type) == [types[0]]
      && operation.attribute("indexing_maps")?.arrayValue?.map { $0.affineMapValue?.asDimensions } == [[0, 1, 2], [0, 1, 2]]
      && operation.attribute("iterator_types")?.iteratorKinds == Self.iterators
      && operation.attribute("operandSegmentSizes")?.denseIntegers == [1, 1]
      && combiner?.arguments.map(\.type) == [types[0].element, types[0].element]
      && combiner?.operations.last.map { $0.name == ScatterOp.yield && $0.operands.map(\.type) == [types[0].element] } == true
    if !fits {
      throw Diagnostic(
        .compilerBug, id: "rowsVerifier", "'\(Self.name)' has types, attributes or a region that do not fit it: \(operation)")
    }
  }
}
