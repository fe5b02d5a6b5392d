import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Collapses dimensions of an elementwise group that are contiguous in all its tensors into one, where the last of them is short or not known:
/// vectors along a row of 10 elements fill 10 of 16 lanes, and its loop ends before it has begun.
///
/// Before: %y = linalg.generic {(a, b, c) -> (a, b, c), ...} ins(%x : tensor<?x78x10xf32>) ...
/// After:  %c = tensor.collapse_shape %x [[0, 1, 2]] : tensor<?x78x10xf32> into tensor<?xf32>
///         %f = linalg.generic {(a) -> (a), ...} ins(%c : tensor<?xf32>) ...
///         %y = tensor.expand_shape %f [[0, 1, 2]] : tensor<?xf32> into tensor<?x78x10xf32>
struct CollapseDimensions {
  private let context: Context
  private let nest: LoopNest
  /// For each dimension, the first of those that it is collapsed with.
  private var first: [Int]
  /// The tensors in their collapsed form, by the axes that are collapsed together.
  private var collapsed: [Key: Value] = [:]

  private struct Key: Hashable {
    let tensor: Value
    let axes: [[Int]]
  }

  /// Finds what to collapse in `group`, rows of at most `limit` elements; `nil` if there is nothing.
  init?(_ group: FusionGroup, rowLimit limit: Int, _ context: Context) {
    guard limit > 0, group.paddings.isEmpty, group.ops.allSatisfy({ !$0.worksOnRows && !$0.hasReduction }),
      let nest = LoopNest(group.withFreeProducers.ops)
    else { return nil }
    self.context = context
    self.nest = nest
    first = Array(nest.dimensions.indices)
    let accesses = nest.ops.indices.flatMap { i in nest.ops[i].maps.filter { !$0.results.isEmpty }.map { dimensions(of: $0, i) } }
    for inner in Set(accesses.compactMap { $0.compactMap(\.self).last }) where nest.dimensions[inner].size.map({ $0 <= limit }) ?? true {
      var last = inner
      while let outer = outerNeighbor(of: last, accesses) {
        first = first.map { $0 == first[last] ? outer : $0 }
        last = outer
      }
    }
    if first == Array(nest.dimensions.indices) { return nil }
  }

  /// The dimension that each index of an access of operation `i` is; `nil` where it is 0 or a sum.
  private func dimensions(of map: AffineMap, _ i: Int) -> [Int?] {
    map.results.map { $0.asDimension.flatMap { nest.dimensionOfLoop[i][$0] } }
  }

  /// The dimension that stands before `d` wherever `d` stands, and nowhere else.
  private func outerNeighbor(of d: Int, _ accesses: [[Int?]]) -> Int? {
    guard let access = accesses.first(where: { $0.contains(d) }), let axis = access.firstIndex(of: d), axis > 0,
      let outer = access[axis - 1], outer != d, !isPosition(d), !isPosition(outer)
    else { return nil }
    let isContiguous = accesses.allSatisfy { access in
      let at = access.indices.filter { access[$0] == d }, before = access.indices.filter { access[$0] == outer }
      return at.count <= 1 && at.map { $0 - 1 } == before
    }
    return isContiguous && nest.dimensionOfLoop.allSatisfy { $0.contains(d) == $0.contains(outer) } ? outer : nil
  }

  /// `true` iff an operation uses `d` otherwise than to say where elements are: in a sum, or in its body.
  private func isPosition(_ d: Int) -> Bool {
    nest.ops.indices.contains { i in
      guard let loop = nest.dimensionOfLoop[i].firstIndex(of: d) else { return false }
      return nest.ops[i].maps.contains { $0.results.contains { $0.asDimension == nil && $0.uses(dimension: loop) } }
        || nest.ops[i].operation.descendants.contains { $0.name == "linalg.index" && $0.attribute("dim")?.integerValue == loop }
    }
  }

  // MARK: rewriting

  /// Makes the collapsed operations with `b`, of which the results replace those of `group` where others read them, and returns their group.
  mutating func collapse(_ group: FusionGroup, _ b: Builder) -> FusionGroup {
    let made = nest.ops.indices.map { StructuredOp(collapse($0, b))! }
    let members = Set(group.operations)
    for result in group.results {
      let sizes = result.type.shape.indices.filter { result.type.shape[$0] == Type.dynamic }.map {
        DimensionValues(context: context).size(of: result, $0, b)
      }
      let op = nest.producer[result]!
      let groups = axes(nest.ops[op].outputMaps[result.number], op)
      var expanded = collapsed[Key(tensor: result, axes: groups)]!
      if groups.count < result.type.rank {
        expanded = b.value(
          "tensor.expand_shape", [expanded] + sizes, type: result.type,
          attributes: [("reassociation", reassociation(groups)), ("static_output_shape", .denseI64(result.type.shape, context))])
      }
      for use in result.uses where !use.operation.isInside(members) { use.operation.setOperand(use.operandNumber, expanded) }
    }
    return group.replacing(made)
  }

  /// Makes operation `i` of the nest in its collapsed form.
  private mutating func collapse(_ i: Int, _ b: Builder) -> Operation {
    let old = nest.ops[i]
    let loops = (0..<old.loopCount).filter { loop in nest.dimensionOfLoop[i][loop].map { first[$0] == $0 } ?? true }
    let operands = old.operation.operands.indices.map { collapse(old.operation.operand($0), axes(old.maps[$0], i), b) }
    let maps = old.maps.map { map in
      AffineMap(
        dimensions: loops.count,
        axes(map, i).map { group in
          let expression = map.results[group[0]]
          // Sums are of dimensions that stay as they are.
          return expression.substituting((0..<old.loopCount).map { .dimension(loops.firstIndex(of: $0) ?? 0, context) }, context)
        }, context)
    }
    let new = old.operation.clone()
    new.setOperands(operands)
    new.setAttribute("indexing_maps", .array(maps.map(Attribute.affineMap), context))
    new.setAttribute("iterator_types", .iterators(loops.map { old.iterators[$0] }, context))
    for op in new.descendants where op.name == "linalg.index" {
      op.setAttribute("dim", .i64(loops.firstIndex(of: op.attribute("dim")!.integerValue!)!, context))
    }
    for number in 0..<new.resultCount {
      new.result(number).setType(operands[old.inputCount + number].type)
      let result = old.operation.result(number)
      collapsed[Key(tensor: result, axes: axes(old.outputMaps[number], i))] = new.result(number)
    }
    b.insert(new)
    return new
  }

  /// The axes of an operand that operation `i` reads or writes by `map`, those that are collapsed together.
  private func axes(_ map: AffineMap, _ i: Int) -> [[Int]] {
    var groups: [[Int]] = []
    for (axis, dimension) in dimensions(of: map, i).enumerated() {
      if let dimension, first[dimension] != dimension { groups[groups.count - 1].append(axis) } else { groups.append([axis]) }
    }
    return groups
  }

  /// The collapsed form of a tensor: what the nest computes, an empty tensor, or a view.
  private mutating func collapse(_ value: Value, _ groups: [[Int]], _ b: Builder) -> Value {
    guard value.type.isTensor else { return value }
    if let known = collapsed[Key(tensor: value, axes: groups)] { return known }
    let shape = value.type.shape
    if groups.count == shape.count { return value }
    let sizes = groups.map { $0.contains { shape[$0] == Type.dynamic } ? Type.dynamic : $0.reduce(1) { $0 * shape[$1] } }
    let type = Type.tensor(sizes, value.type.element)
    if value.definingOperation?.name == "tensor.empty" {
      let dynamic = groups.filter { $0.contains { shape[$0] == Type.dynamic } }.map { group in
        let factors = group.map { DimensionValues(context: context).size(of: value, $0, b) }
        return factors.dropFirst().reduce(factors[0]) { b.sizeArithmetic("arith.muli", $0, $1) }
      }
      return b.empty(type, dynamic)
    }
    // A splat stays one, of which every kernel has its own.
    if let constant = value.definingOperation, constant.name == "arith.constant", let same = constant.attribute("value")?.splatValue {
      return b.constant(.splat(type, same))
    }
    let made = b.value("tensor.collapse_shape", [value], type: type, attributes: [("reassociation", reassociation(groups))])
    collapsed[Key(tensor: value, axes: groups)] = made
    return made
  }

  private func reassociation(_ groups: [[Int]]) -> Attribute {
    .array(groups.map { .array($0.map { .i64($0, context) }, context) }, context)
  }
}
