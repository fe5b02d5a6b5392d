public import TesseraDiagnostics
public import TesseraMLIR

/// A recurrence over time: each step multiplies a state by weights and makes the next states of the products, element by element.
///
///     %all, %h, %c = "rows.recur"(%x, %w, %p, %h0, %c0, %0, %1, %2) ({
///     ^bb0(%s0: f32, ..., %s3: f32, %x0: f32, ..., %x3: f32, %p0: f32, ..., %h: f32, %c: f32):
///       ...
///       "rows.yield"(%next_h, %next_c) : (f32, f32) -> ()
///     }) {form = array<i64: 1, 1, 2, 0, 0>, ...}
///       : (tensor<100x?x512xf32>, tensor<128x512xf32>, tensor<8x128xf32>, tensor<?x128xf32>, tensor<?x128xf32>, ...)
///       -> (tensor<100x?x128xf32>, tensor<?x128xf32>, tensor<?x128xf32>)
///
/// Operands: inputs [time, batch, gates * hidden]; weights [hidden, products] of one or two phases; parameters [count, hidden], if there are
/// some; states [batch, hidden]; i64 lengths [batch], if sequences have their own; then empty tensors of the results' types. Results: the first
/// state after each step, zeros behind the end of a sequence; and the states at the end.
///
/// The first phase multiplies the first state, the second what the first one's region yields; the last one's region yields the states. A region
/// gets, for one element of the state, the products of its phase and those before, the inputs, the parameters and the states.
///
/// It has the form of a `linalg.generic` whose parallel loop are sequences, as what works on rows has.
public struct RecurrenceOp {
  public static let name = "rows.recur"
  /// The name of the attribute with the form.
  private static let formName = "form"
  public let operation: Operation
  public let form: Form

  /// The form of a recurrence.
  public struct Form: Equatable {
    public var phases: Int
    public var hasParameters: Bool
    public var states: Int
    public var hasLengths: Bool
    /// `true` iff the steps go from the end of a sequence to its beginning.
    public var isReversed: Bool

    public init(phases: Int, hasParameters: Bool, states: Int, hasLengths: Bool, isReversed: Bool) {
      self.phases = phases
      self.hasParameters = hasParameters
      self.states = states
      self.hasLengths = hasLengths
      self.isReversed = isReversed
    }

    fileprivate init?(_ numbers: [Int]?) {
      guard let numbers, numbers.count == 5, (1...2).contains(numbers[0]), (1...4).contains(numbers[2]) else { return nil }
      self.init(
        phases: numbers[0], hasParameters: numbers[1] != 0, states: numbers[2], hasLengths: numbers[3] != 0, isReversed: numbers[4] != 0)
    }

    fileprivate var numbers: [Int] { [phases, hasParameters ? 1 : 0, states, hasLengths ? 1 : 0, isReversed ? 1 : 0] }
    fileprivate var inputCount: Int { 1 + phases + (hasParameters ? 1 : 0) + states + (hasLengths ? 1 : 0) }

    /// The loops that index each operand: time, batch, hidden, inputs, the products of each phase, and parameters.
    fileprivate var axes: [[Int]] {
      var axes = [[0, 1, 3]] + (0..<phases).map { [2, 4 + $0] }
      if hasParameters { axes.append([4 + phases, 2]) }
      axes += Array(repeating: [1, 2], count: states)
      if hasLengths { axes.append([1]) }
      return axes + [[0, 1, 2]] + Array(repeating: [1, 2], count: states)
    }
    fileprivate var loopCount: Int { 4 + phases + (hasParameters ? 1 : 0) }
  }

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name, let form = Form(operation.attribute(Self.formName)?.denseIntegers) else { return nil }
    self.operation = operation
    self.form = form
  }

  public var input: Value { operation.operand(0) }
  public var weights: [Value] { (0..<form.phases).map { operation.operand(1 + $0) } }
  public var parameters: Value? { form.hasParameters ? operation.operand(1 + form.phases) : nil }
  /// The states before the first step.
  public var initial: [Value] {
    (0..<form.states).map { operation.operand(form.inputCount - (form.hasLengths ? 1 : 0) - form.states + $0) }
  }
  public var lengths: Value? { form.hasLengths ? operation.operand(form.inputCount - 1) : nil }
  /// The first state after each step.
  public var record: Value { operation.result(0) }
  /// The states at the end.
  public var states: [Value] { (0..<form.states).map { operation.result(1 + $0) } }
  /// The size of a state.
  public var hidden: Int { initial[0].type.shape[1] }
  /// The numbers of inputs, of products of each phase and of parameters for each element of a state.
  public var inputCount: Int { input.type.shape[2] / hidden }
  public var productCounts: [Int] { weights.map { $0.type.shape[1] / hidden } }
  public var parameterCount: Int { parameters.map { $0.type.shape[0] } ?? 0 }
  /// The results of the region of phase `phase`.
  public func body(_ phase: Int) -> Block? { operation.body(phase) }

  /// Creates the operation and returns its results. `operands` are those of the form, `outputs` empty tensors; `bodies` make what the regions
  /// yield of their arguments.
  public static func create(
    _ form: Form, _ operands: [Value], outputs: [Value], _ b: Builder, bodies: [(Builder, [Value]) -> [Value]]
  ) -> [Value] {
    let element = operands[0].type.element, hidden = outputs[0].type.shape[2]
    var products = 0
    let regions = bodies.enumerated().map { phase, body -> Region in
      products += operands[1 + phase].type.shape[1] / hidden
      let parameters = form.hasParameters ? operands[1 + form.phases].type.shape[0] : 0
      let count = products + operands[0].type.shape[2] / hidden + parameters + form.states
      let region = Region.create()
      let block = region.appendBlock(Array(repeating: element, count: count), b.location)
      let inner = Builder(b.context, at: block, location: b.location)
      inner.create(ScatterOp.yield, body(inner, block.arguments))
      return region
    }
    let iterators = (0..<form.loopCount).map { $0 == 1 ? IteratorKind.parallel : .reduction }
    return b.create(
      name, operands + outputs, results: outputs.map(\.type),
      attributes: [
        (formName, .denseI64(form.numbers, b.context)),
        ("indexing_maps", .array(form.axes.map { .affineMap(.projection(rank: form.loopCount, $0, b.context)) }, b.context)),
        ("iterator_types", .iterators(iterators, b.context)),
        ("operandSegmentSizes", .denseI32([operands.count, outputs.count], b.context)),
      ], regions: regions
    ).results
  }

  /// Checks the types of operands and results, the attributes, and the regions' forms.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type), axes = form.axes
    guard types.count == axes.count, types.allSatisfy(\.isTensor), zip(types, axes).allSatisfy({ $0.rank == $1.count }),
      operation.results.map(\.type) == Array(types[form.inputCount...]), operation.regions.count == form.phases
    else { throw misfit }
    let element = types[0].element
    let sizes = [input.type.shape[2], hidden] + weights.map { $0.type.shape[1] } + (parameters.map { [$0.type.shape[0]] } ?? [])
    let fits =
      element.isFloat && sizes.allSatisfy { $0 != Type.dynamic && $0 > 0 } && sizes.prefix(2 + form.phases).allSatisfy { $0 % hidden == 0 }
      && types.enumerated().allSatisfy { $1.element == element || form.hasLengths && $0 == form.inputCount - 1 }
      && (lengths.map { !$0.type.element.isFloat && $0.type.element.bitWidth == 64 } ?? true)
      && operation.attribute("indexing_maps")?.arrayValue?.map { $0.affineMapValue?.asDimensions } == axes
      && operation.attribute("operandSegmentSizes")?.denseIntegers == [form.inputCount, 1 + form.states]
    guard fits else { throw misfit }
    for phase in 0..<form.phases {
      let count = productCounts[...phase].reduce(0, +) + inputCount + parameterCount + form.states
      let yielded = phase == form.phases - 1 ? form.states : 1
      guard let body = body(phase), body.arguments.map(\.type) == Array(repeating: element, count: count),
        let last = body.operations.last, last.name == ScatterOp.yield, last.operandCount == yielded
      else { throw misfit }
    }
  }

  private var misfit: Diagnostic {
    Diagnostic(.compilerBug, id: "rowsVerifier", "'\(Self.name)' has types, attributes or regions that do not fit it: \(operation)")
  }
}
