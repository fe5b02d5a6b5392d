import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// Reduces dimensions of several tensors at once by a region, from initial scalars.
  func reduceRegion() throws(Diagnostic) -> [GraphTensor] {
    let count = operands.count / 2
    guard count > 0, operands.count == 2 * count, results.count == count else {
      throw .operandTypes(self, expected: "as many initial values as tensors")
    }
    let inputs = Array(operands.prefix(count)), initial = Array(operands.suffix(count))
    let rank = inputs[0].rank, dimensions = try dimensions("dimensions", rank: rank)
    let shape = try commonShape(inputs)
    let types = inputs.map(\.elementType)
    guard initial.map(\.elementType) == types, initial.allSatisfy({ $0.rank == 0 }) else {
      throw .operandTypes(self, expected: "scalars of the tensors' types as initial values")
    }
    let kept = shape.indices.filter { !dimensions.contains($0) }
    let output = kept.map { shape[$0] }
    // Sums of narrow floats are formed in f32: their own type would lose them.
    let combination = try ReductionBody(self, try region(0), types)
    let starts = zip(initial, combination.accumulators).map { start($0, output, as: $1) }
    let all: [Int?] = shape.indices.map { $0 }
    let operation = graph.builder.generic(
      inputs: inputs.map(graph.value), outputs: starts,
      maps: inputs.map { Operand($0, all).map(loops: rank, context) } + starts.map { _ in .projection(rank: rank, kept, context) },
      iterators: shape.indices.map { kept.contains($0) ? .parallel : .reduction }
    ) { b, arguments in
      combination.combine(b, Array(arguments.suffix(count)), Array(arguments.prefix(count)))
    }
    return zip(types.indices, operation.results).map { i, value in
      combination.finish(GraphTensor(combination.accumulators[i], output, value: value), types[i], graph)
    }
  }

  /// A tensor filled with a scalar, in the type `type`.
  func start(_ scalar: GraphTensor, _ shape: [IndexExpression], as type: ElementType) -> Value {
    if scalar.elementType.isComplex {  // the host has no complex numbers
      return graph.value(graph.map([Operand(scalar, [])], shape: shape, type) { $1[0] })
    }
    let b = graph.builder
    let element: Value
    if let constant = scalar.constant {
      element = b.scalarConstant(constant, scalar.elementType)
    } else if let known = scalar.host?.first?.known {
      element = b.constant(.integer(known, scalar.elementType.type(context)))
    } else {
      element = b.element(graph.value(scalar), [])
    }
    return b.fill(
      type == scalar.elementType ? element : Scalars(b, type).convert(element, from: scalar.elementType), graph.empty(type, shape))
  }
}

/// The body of a reduction: a region, or the operation that it is.
struct ReductionBody {
  /// The types that values are reduced in.
  let accumulators: [ElementType]
  private let types: [ElementType]
  private let prepared: ScalarRegion.PreparedRegion
  /// The operation of two operands that the region is.
  private let single: ElementOperation?
  /// The scan that the region makes, of sums and products.
  let scan: ReductionKind?

  init(_ node: StableHLONode, _ region: ProgramRegion, _ types: [ElementType]) throws(Diagnostic) {
    let code = try ScalarRegion(node, region, types + types)
    guard code.resultTypes == types else { throw .unsupportedRegion(node, "results of other types than its arguments") }
    prepared = code.prepared()
    self.types = types
    let name = Self.single(region)
    single = name.flatMap { ElementOperation.all[$0] }
    scan = name == "add" ? .sum : name == "multiply" ? .product : nil
    let isSum = single != nil && types.count == 1 && types[0].isNarrowFloat
    accumulators = isSum ? [.f32] : types
  }

  /// The operation that a region applies to its two arguments.
  private static func single(_ region: ProgramRegion) -> String? {
    guard region.operations.count == 2, region.arguments.count == 2, let operation = region.operations.first,
      operation.operands.sorted() == region.arguments.map(\.value).sorted(), region.results == operation.results,
      let name = OperatorTable.shortName(operation.name), ["add", "multiply", "maximum", "minimum"].contains(name)
    else { return nil }
    return name
  }

  /// What becomes of the accumulators with the elements.
  func combine(_ b: Builder, _ accumulated: [Value], _ elements: [Value]) -> [Value] {
    if let single, types.count == 1 {
      let type = accumulators[0]
      let element = Scalars(b, type).convert(elements[0], from: types[0])
      return [
        single.body(ElementCall(builder: b, operands: [accumulated[0], element], types: [type, type], result: type, attributes: [:]))
      ]
    }
    return prepared.apply(b, accumulated + elements, types + types)
  }

  /// What becomes of two values of the accumulators' types.
  func combineAccumulated(_ b: Builder, _ first: [Value], _ second: [Value]) -> [Value] {
    guard let single, types.count == 1 else { return prepared.apply(b, first + second, types + types) }
    let type = accumulators[0]
    return [single.body(ElementCall(builder: b, operands: [first[0], second[0]], types: [type, type], result: type, attributes: [:]))]
  }

  /// The result in its own type.
  func finish(_ tensor: GraphTensor, _ type: ElementType, _ graph: GraphBuilder) -> GraphTensor { graph.convert(tensor, to: type) }
}

extension StableHLONode {
  /// A region applied to the elements of tensors of one shape.
  func mapRegion() throws(Diagnostic) -> [GraphTensor] {
    guard let first = operands.first else { throw .missingOperand(self, 0) }
    let shape = try commonShape(operands), types = operands.map(\.elementType)
    let code = try ScalarRegion(self, try region(0), types)
    guard code.resultTypes.count == 1 else { throw .unsupportedRegion(self, "several results") }
    let prepared = code.prepared(), all: [Int?] = first.shape.indices.map { $0 }
    return [
      graph.map(operands.map { Operand($0, all) }, shape: shape, code.resultTypes[0]) { b, e in prepared.apply(b, e, types)[0] }
    ]
  }
}
