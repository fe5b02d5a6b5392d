public import TesseraDiagnostics
public import TesseraMLIR

/// The predictions of a forest's trees for each row: from its root a tree compares a feature of the row with a threshold at each node, and goes on at
/// one of two children, until it is at a leaf; the weights of the leaves are combined for each target.
///
///     %r = "rows.forest"(%x, %nodes, %trees, %0) {form = array<i64: 0, 0, 0, 0, 0, 7>, ...}
///       : (tensor<?x100xf32>, tensor<12700x2xi32>, tensor<100x2xi64>, tensor<1x?x3xf32>) -> tensor<1x?x3xf32>
///
/// Operands: features [rows, features] of f32 or f64; records [nodes, 2] of integers as wide; trees [trees, 2] of i64, each the number of its
/// first record and its target; what leaves lead to (see `Leaves`); then the empty result. Result: [pieces, rows, targets], where piece `p` of `n`
/// has combined the leaves of the trees from `p * trees / n` on, in their order, so that threads may share the trees and sums stay the same.
///
/// A record has the bits of a threshold and a link. A link has, from the lowest bit on: 1 for a node, 0 for a leaf, whose record has its weight or
/// number in place of the threshold; in paths, 1 if the next record is where the comparison leads that is false; with `hasMissing`, 1 if NaN passes;
/// with `hasEquals`, 1 for `==` in place of `<=`; the feature, in `featureBits` bits; and a record, counted from the tree's first one, which for a
/// leaf in pairs is its own. Who makes the records answers for them: links stay in the tree and lead to leaves, features and targets exist.
public struct ForestOp {
  public static let name = "rows.forest"
  private static let formName = "form"
  public let operation: Operation
  public let form: Form

  /// The positions of a node's children.
  public enum Layout: Int {
    /// The link has the record of the child for a comparison that is false; the one for true is the next.
    case pairs
    /// One child, that with more leaves, is the next record; the link has the other.
    case paths
  }

  /// The content of a leaf's record.
  public enum Leaves: Int {
    /// The weight, which is for the target of the tree.
    case weights
    /// A row of the operand [rows, targets] with a weight for each target.
    case rows
    /// The first of some entries: an operand has their weights, another one, i64, twice their targets, plus 1 if another entry follows.
    case lists

    fileprivate var axes: [[Int]] { self == .weights ? [] : self == .rows ? [[7, 2]] : [[7], [7]] }
  }

  /// The combination of weights.
  public enum Aggregate: Int { case sum, minimum, maximum }

  /// The form of a forest.
  public struct Form: Equatable {
    public var layout: Layout
    public var leaves: Leaves
    public var aggregate: Aggregate
    public var hasMissing: Bool
    public var hasEquals: Bool
    public var featureBits: Int

    public init(
      layout: Layout = .pairs, leaves: Leaves = .weights, aggregate: Aggregate = .sum, hasMissing: Bool = false, hasEquals: Bool = false,
      featureBits: Int = 0
    ) {
      self.layout = layout
      self.leaves = leaves
      self.aggregate = aggregate
      self.hasMissing = hasMissing
      self.hasEquals = hasEquals
      self.featureBits = featureBits
    }

    fileprivate init?(_ numbers: [Int]?) {
      guard let numbers, numbers.count == 6, let layout = Layout(rawValue: numbers[0]), let leaves = Leaves(rawValue: numbers[1]),
        let aggregate = Aggregate(rawValue: numbers[2]), (0...31).contains(numbers[5])
      else { return nil }
      self.init(
        layout: layout, leaves: leaves, aggregate: aggregate, hasMissing: numbers[3] != 0, hasEquals: numbers[4] != 0,
        featureBits: numbers[5])
    }

    fileprivate var numbers: [Int] {
      [layout.rawValue, leaves.rawValue, aggregate.rawValue, hasMissing ? 1 : 0, hasEquals ? 1 : 0, featureBits]
    }
    /// The bits of a link that say whether NaN passes, and whether the comparison is `==`.
    public var missingBit: Int { layout == .paths ? 2 : 1 }
    public var equalsBit: Int { missingBit + (hasMissing ? 1 : 0) }
    /// The lowest bits of the feature and of the record in a link.
    public var featureShift: Int { equalsBit + (hasEquals ? 1 : 0) }
    public var recordShift: Int { featureShift + featureBits }

    /// The loops that index each operand: pieces, rows, targets, features, records, 2, trees, and what leaves lead to.
    fileprivate var axes: [[Int]] { [[1, 3], [4, 5], [6, 5]] + leaves.axes + [[0, 1, 2]] }
    fileprivate var iterators: [IteratorKind] { (0..<(leaves == .weights ? 7 : 8)).map { $0 < 2 ? .parallel : .reduction } }
  }

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name, let form = Form(operation.attribute(Self.formName)?.denseIntegers) else { return nil }
    self.operation = operation
    self.form = form
  }

  public var features: Value { operation.operand(0) }
  public var records: Value { operation.operand(1) }
  public var trees: Value { operation.operand(2) }
  /// The weights that leaves lead to, and the targets of entries.
  public var weights: Value { operation.operand(3) }
  public var targets: Value { operation.operand(4) }
  public var result: Value { operation.result(0) }

  /// Creates the operation and returns its result; `operands` are those of the form, `output` an empty tensor.
  public static func create(_ form: Form, _ operands: [Value], output: Value, _ b: Builder) -> Value {
    b.create(
      name, operands + [output], results: [output.type],
      attributes: [
        (formName, .denseI64(form.numbers, b.context)),
        ("indexing_maps", .array(form.axes.map { .affineMap(.projection(rank: form.iterators.count, $0, b.context)) }, b.context)),
        ("iterator_types", .iterators(form.iterators, b.context)),
        ("operandSegmentSizes", .denseI32([operands.count, 1], b.context)),
      ]
    ).result(0)
  }

  /// Checks the types of operands and result, and the attributes.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type), axes = form.axes
    guard types.count == axes.count, types.allSatisfy(\.isTensor), zip(types, axes).allSatisfy({ $0.rank == $1.count }),
      operation.results.map(\.type) == [types[types.count - 1]]
    else { throw misfit }
    let element = types[0].element, result = types[types.count - 1]
    func isInteger(_ type: Type, _ bits: Int?) -> Bool { !type.element.isFloat && !type.element.isIndex && type.element.bitWidth == bits }
    let bits = element.bitWidth ?? 0
    let fits =
      element.isFloat && [32, 64].contains(bits) && result.element == element && result.shape[0] > 0 && result.shape[2] > 0
      && isInteger(types[1], bits) && isInteger(types[2], 64) && types[1].shape[1] == 2 && types[2].shape[1] == 2
      && (form.leaves == .weights || types[3].element == element) && (form.leaves != .lists || isInteger(types[4], 64))
      && form.recordShift < bits
      && operation.attribute("indexing_maps")?.arrayValue?.map { $0.affineMapValue?.asDimensions } == axes
      && operation.attribute("iterator_types")?.iteratorKinds == form.iterators
      && operation.attribute("operandSegmentSizes")?.denseIntegers == [types.count - 1, 1]
    if !fits { throw misfit }
  }

  private var misfit: Diagnostic {
    Diagnostic(.compilerBug, id: "rowsVerifier", "'\(Self.name)' has types or attributes that do not fit it: \(operation)")
  }
}
