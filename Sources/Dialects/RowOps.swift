public import TesseraDiagnostics
public import TesseraMLIR

/// The dialect `rows`: operations that work on rows of tensors as wholes. They have the form of a `linalg.generic`, but not its body.
public enum RowOps {
  /// The names of its operations.
  public static let names: Set<String> = [SortOp.name, SelectOp.name, ScatterOp.name, RecurrenceOp.name, ForestOp.name, ScanOp.name]

  /// Checks `operation` if it is one of them.
  public static func verify(_ operation: Operation) throws(Diagnostic) {
    try SortOp(operation)?.verify()
    try SelectOp(operation)?.verify()
    try ScatterOp(operation)?.verify()
    if operation.name == RecurrenceOp.name {
      guard let recurrence = RecurrenceOp(operation) else { throw formless(operation) }
      try recurrence.verify()
    }
    if operation.name == ScanOp.name {
      guard let scan = ScanOp(operation) else { throw formless(operation) }
      try scan.verify()
    }
    if operation.name == ForestOp.name {
      guard let forest = ForestOp(operation) else { throw formless(operation) }
      try forest.verify()
    }
  }

  private static func formless(_ operation: Operation) -> Diagnostic {
    Diagnostic(.compilerBug, id: "rowsVerifier", "'\(operation.name)' has no form: \(operation)")
  }
}

/// The form that sorting and selecting have in common: integer keys and, after them, i64 results, each with a row for each row of the keys.
///
/// Rows are a parallel loop. A second loop runs over the keys of a row, and a third one, if there is one, over results that have another number of elements.
struct RowForm {
  /// The operation's name.
  let name: String
  /// The loops by which the keys and each of the results are indexed.
  let axes: [[Int]]
  private var iterators: [IteratorKind] {
    let loopCount = axes.joined().reduce(0) { max($0, $1 + 1) }
    return Array([.parallel, .reduction, .reduction].prefix(loopCount))
  }

  /// Creates the operation; its results have the types of the operands after the keys, which are empty tensors.
  func create(_ operands: [Value], _ b: Builder) -> Operation {
    b.create(
      name, operands, results: operands.dropFirst().map(\.type),
      attributes: [
        ("indexing_maps", .array(axes.map { .affineMap(.projection(rank: iterators.count, $0, b.context)) }, b.context)),
        ("iterator_types", .iterators(iterators, b.context)),
        ("operandSegmentSizes", .denseI32([1, axes.count - 1], b.context)),
      ])
  }

  /// `true` iff operands, results and attributes of `operation` have this form.
  func fits(_ operation: Operation) -> Bool {
    let types = operation.operands.map(\.type)
    func isInteger(_ type: Type, _ widths: [Int?]) -> Bool { !type.isFloat && !type.isIndex && widths.contains(type.bitWidth) }
    return types.count == axes.count && types.allSatisfy { $0.isTensor && $0.rank == 2 && $0.shape[0] == types[0].shape[0] }
      && operation.results.map(\.type) == Array(types[1...])
      && isInteger(types[0].element, [32, 64]) && types[1...].allSatisfy { isInteger($0.element, [64]) }
      && operation.attribute("indexing_maps")?.arrayValue?.map { $0.affineMapValue?.asDimensions } == axes
      && operation.attribute("iterator_types")?.iteratorKinds == iterators
      && operation.attribute("operandSegmentSizes")?.denseIntegers == [1, axes.count - 1]
  }

  /// The error of an operation that does not fit.
  func misfit(_ operation: Operation) -> Diagnostic {
    Diagnostic(.compilerBug, id: "rowsVerifier", "'\(name)' has types or attributes that do not fit it: \(operation)")
  }
}

extension Operation {
  /// `true` iff this may be a structured operation, by its name.
  public var isStructured: Bool {
    let name = name
    return name == "linalg.generic" || RowOps.names.contains(name)
  }
}
