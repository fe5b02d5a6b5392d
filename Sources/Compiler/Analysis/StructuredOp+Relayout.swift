import TesseraLoopNests
import TesseraMLIR

extension StructuredOp {
  /// Returns a view of a `linalg.generic` with one result, as the layout phases relay; `nil` for any other operation.
  static func relaying(_ operation: Operation) -> StructuredOp? {
    guard operation.name == "linalg.generic", operation.resultCount == 1, operation.result(0).type.isTensor else { return nil }
    return StructuredOp(operation)
  }

  /// The only result.
  var result: Value { operation.result(0) }
  /// The initial value of the only result.
  var initial: Value { operation.operand(inputCount) }
  /// The map of the only result.
  var outputMap: AffineMap { maps[inputCount] }
  /// `true` iff the body reads the initial value.
  var readsInitial: Bool { readsOutput(0) }
  /// `true` iff the initial value has no layout to keep: it is empty, or a fill.
  var hasUniformInitial: Bool {
    guard let producer = initial.definingOperation else { return false }
    return producer.name == "tensor.empty" || StructuredOp(producer)?.filledScalar != nil
  }

  /// Rebuilds the operation with its loops in the order `order` (new loop i is the old loop `order[i]`) and each tensor's dimensions
  /// permuted: `permutations[k]` for operand k, whose relaid value `operands[k]` is. Returns the new result; the old operation stays,
  /// without a body and without uses, for the caller to erase.
  func rebuilt(_ builder: Builder, order: [Int], operands: [Value], permutations: [[Int]?]) -> Value {
    let context = builder.context
    let position = order.inverted
    let dimensions = position.map { AffineExpression.dimension($0, context) }
    let newMaps = zip(maps, permutations).map { map, permutation in
      let results = map.results
      let picked = permutation.map { $0.map { results[$0] } } ?? results
      return AffineMap(dimensions: order.count, picked.map { $0.substituting(dimensions, context) }, context)
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
        ("iterator_types", .iterators(order.map { iterators[$0] }, context)),
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
    guard !permutation.isIdentity, let producer = value.definingOperation else { return transposed(value, permutation) }
    if producer.name == "tensor.empty" {
      let type = value.type
      let sizes = permutation.filter { type.shape[$0] == Type.dynamic }.map { producer.operand(type.dynamicPosition(of: $0)) }
      return empty(Self.permuted(value.type, permutation), sizes)
    }
    guard let fill = StructuredOp(producer), fill.filledScalar != nil else { return transposed(value, permutation) }
    let initial = transposedInitial(fill.initial, permutation)
    let copy = producer.clone()
    copy.setOperand(1, initial)
    copy.result(0).setType(initial.type)
    insert(copy)
    return copy.result(0)
  }
}

extension Module {
  /// Erases unused pure operations of tensor programs in the functions of this module.
  func eraseUnusedTensorOperations() {
    let pure = [
      "linalg.generic", "tensor.empty", "tensor.dim", "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast",
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
