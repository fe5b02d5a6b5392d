import MLIR

/// A `linalg.generic` on tensors with one result, seen as what the layout phases need of it.
struct RelayoutOperation {
  let operation: Operation
  let inputs: [Value]
  let initial: Value
  /// The maps of the inputs, then that of the output.
  let maps: [AffineMap]
  let iterators: [IteratorKind]

  /// Looks at `operation`; `nil` if it is no generic of one result on tensors.
  init?(_ operation: Operation) {
    guard operation.name == "linalg.generic", operation.resultCount == 1, operation.result(0).type.isTensor,
      let maps = operation.attribute("indexing_maps")?.arrayValue?.compactMap(\.affineMapValue), maps.count == operation.operandCount,
      let iterators = operation.attribute("iterator_types")?.iteratorKinds
    else { return nil }
    self.operation = operation
    inputs = Array(operation.operands.dropLast())
    initial = operation.operands.last!
    self.maps = maps
    self.iterators = iterators
  }

  var result: Value { operation.result(0) }
  var outputMap: AffineMap { maps.last! }
  var loopCount: Int { iterators.count }
  var body: Block { operation.body()! }
  /// `true` iff the body reads the initial value of the output.
  var readsInitial: Bool { body.arguments.last!.hasUses }

  /// The permutation p of a transposition, whose result's dimension j is the operand's dimension p[j]; `nil` for anything else.
  var transposition: [Int]? {
    guard inputs.count == 1, body.operations.count == 1, body.terminator?.operand(0) == body.arguments[0],
      let source = maps[0].asDimensions, let target = maps[1].asDimensions, maps[0].isPermutation, maps[1].isPermutation,
      inputs[0].type.isTensor
    else { return nil }
    return target.map { source.firstIndex(of: $0)! }
  }

  /// Rebuilds the operation with its loops in the order `order` (new loop i is the old loop `order[i]`) and each tensor's dimensions
  /// permuted: `permutations[k]` for operand k, whose relaid value `operands[k]` is. Returns the new result; the old operation stays,
  /// without a body and without uses, for the caller to erase.
  func rebuilt(_ builder: Builder, order: [Int], operands: [Value], permutations: [[Int]?]) -> Value {
    let context = builder.context
    let position = order.inverted
    let newMaps = zip(maps, permutations).map { map, permutation in
      let results = map.results
      let picked = permutation.map { $0.map { results[$0] } } ?? results
      return AffineMap(dimensions: order.count, picked.map { $0.renamed(position, context) }, context)
    }
    for inner in operation.descendants where inner.name == "linalg.index" {
      let old = inner.attribute("dim")!
      inner.setAttribute("dim", .integer(position[old.integerValue!], old.type))
    }
    let region = Region.create()
    region.takeBody(of: operation.regions[0])
    let kept = operation.attributes.filter { !["indexing_maps", "iterator_types", "operandSegmentSizes"].contains($0.name) }.map {
      ($0.name, $0.name == LayoutsAttribute.name ? LayoutsAttribute.permuted($0.value, permutations, context) : $0.value)
    }
    return builder.create(
      "linalg.generic", operands, results: [operands.last!.type],
      attributes: [
        ("indexing_maps", .array(newMaps.map(Attribute.affineMap), context)),
        ("iterator_types", .array(order.map { Attribute("#linalg.iterator_type<\(iterators[$0].rawValue)>", context)! }, context)),
        ("operandSegmentSizes", .denseI32([operands.count - 1, 1], context)),
      ] + kept, regions: [region]
    ).result(0)
  }
}

extension [Int] {
  /// The inverse of this permutation.
  var inverted: [Int] {
    var inverse = self
    for (i, p) in enumerated() { inverse[p] = i }
    return inverse
  }
  /// `true` iff this permutation changes nothing.
  var isIdentity: Bool { self == Array(indices) }
  /// The elements at `positions`.
  func picking(_ positions: [Int]) -> [Int] { positions.map { self[$0] } }
}

extension AffineExpression {
  /// This expression with dimension d renamed to `position[d]`.
  func renamed(_ position: [Int], _ c: Context) -> AffineExpression {
    switch kind {
    case .dimension(let d): .dimension(position[d], c)
    case .symbol, .constant: self
    case .add(let a, let b): a.renamed(position, c) + b.renamed(position, c)
    case .multiply(let a, let b): a.renamed(position, c) * b.renamed(position, c)
    case .modulo(let a, let b): a.renamed(position, c).modulo(b.renamed(position, c))
    case .floorDivide(let a, let b): a.renamed(position, c).floorDivided(by: b.renamed(position, c))
    case .ceilDivide(let a, let b):
      // ceil(a / b) = -floor(-a / b)
      (a.renamed(position, c) * .constant(-1, c)).floorDivided(by: b.renamed(position, c)) * .constant(-1, c)
    }
  }
}

extension Builder {
  /// The type of a tensor whose dimensions are permuted: dimension j of the new one is dimension `permutation[j]` of the old.
  static func permuted(_ type: Type, _ permutation: [Int]) -> Type {
    .tensor(type.shape.picking(permutation), type.element, encoding: type.encoding)
  }

  /// A transposition as a generic: dimension j of the result is dimension `permutation[j]` of `value`. None for the identity.
  func transposed(_ value: Value, _ permutation: [Int]) -> Value {
    if permutation.isIdentity { return value }
    let type = Self.permuted(value.type, permutation)
    let sizes = permutation.filter { value.type.shape[$0] == Type.dynamic }.map { dimension(value, $0) }
    return generic(
      inputs: [value], outputs: [empty(type, sizes)],
      maps: [.projection(rank: permutation.count, permutation.inverted, context), .identity(permutation.count, context)],
      iterators: permutation.map { _ in .parallel }, body: { [$1[0]] }
    ).result(0)
  }

  /// The initial value of an output in a permuted layout: empty tensors and fills are made anew, others transposed.
  func transposedInitial(_ value: Value, _ permutation: [Int]) -> Value {
    if permutation.isIdentity { return value }
    switch value.definingOperation?.name {
    case "tensor.empty":
      let shape = value.type.shape
      let dynamic = shape.indices.filter { shape[$0] == Type.dynamic }
      let sizes = permutation.filter { shape[$0] == Type.dynamic }.map { value.definingOperation!.operand(dynamic.firstIndex(of: $0)!) }
      return empty(Self.permuted(value.type, permutation), sizes)
    case "linalg.fill":
      let fill = value.definingOperation!
      let initial = transposedInitial(fill.operand(1), permutation)
      let copy = fill.clone()
      copy.setOperand(1, initial)
      copy.result(0).setType(initial.type)
      insert(copy)
      return copy.result(0)
    default:
      return transposed(value, permutation)
    }
  }
}

extension Module {
  /// Erases pure operations of tensor programs that nobody uses, in the functions of this module.
  func eraseUnusedTensorOperations() {
    let pure = [
      "linalg.generic", "linalg.fill", "tensor.empty", "tensor.dim", "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast",
      "arith.constant",
      "ml_program.global_load_const",
    ]
    for function in functions {
      for operation in function.descendants.reversed()
      where pure.contains(operation.name) && !operation.results.contains(where: \.hasUses) {
        operation.erase()
      }
    }
  }
}
