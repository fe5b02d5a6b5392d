import TesseraLoopNests
import TesseraMLIR

/// Computes group normalizations on the dimensions of the image instead of on one that joins channels and positions.
///
/// Exporters reshape `[n, c, y, x]` to `[n, groups, c/groups * y * x]`, normalize the last dimension, and reshape back. The joined dimension ties
/// the data to channels-first layout. Before and after:
///
///     collapse, expand %x : [n, c, y, x] -> [n, g, k];   generics on (n, g, k);                expand, collapse -> [n, c, y, x]
///     expand %x : [n, c, y, x] -> [n, g, e, y, x];       generics on (n, g, e, y, x);          collapse -> [n, c, y, x]
///
/// Requires: all the tensors between are elementwise results or reductions of each other; else nothing changes.
struct GroupNormalization {
  /// The image that is normalized, and the tensor `[n, g, k]` made of it.
  let image: Value
  let grouped: Value
  /// The generics between, in program order.
  private var members: [Operation] = []
  /// The loop that runs over the joined dimension in each of them.
  private var joinedLoop: [Operation: Int] = [:]
  /// The reshapes back: values of the image's type.
  private var exits: [(joined: Value, image: Value)] = []

  /// Recognizes the reshape whose second half is `expansion`, and what follows it up to the reshapes back.
  init?(_ expansion: Operation) {
    guard expansion.name == "tensor.expand_shape", let collapse = expansion.operand(0).definingOperation,
      collapse.name == "tensor.collapse_shape"
    else { return nil }
    image = collapse.operand(0)
    grouped = expansion.result(0)
    let shape = image.type.shape, target = grouped.type.shape
    guard shape.count >= 4, target.count == 3, shape[1] != Type.dynamic, target[1] != Type.dynamic, target[1] > 0,
      shape[1] % target[1] == 0,
      ReshapePlan(collapse)?.groups == [[0], Array(1..<shape.count)], ReshapePlan(expansion)?.groups == [[0], [1, 2]],
      follow()
    else { return nil }
  }

  /// Finds the members and exits; `false` if the joined dimension gets anywhere else.
  private mutating func follow() -> Bool {
    var joined: Set<Value> = [grouped], queue = [grouped]
    while let value = queue.popLast() {
      for use in value.uses {
        let user = use.operation
        if user.name == "tensor.dim" { return false }
        if user.name == "tensor.collapse_shape" {
          guard ReshapePlan(user)?.groups == [[0], [1, 2]] else { return false }
          for next in user.result(0).uses {
            guard next.operation.name == "tensor.expand_shape", next.operandNumber == 0, isImage(next.operation) else { return false }
            exits.append((value, next.operation.result(0)))
          }
          continue
        }
        guard let view = StructuredOp.relaying(user), let plan = LayoutPlan(view), plan.captures.isEmpty,
          use.operandNumber < view.inputs.count,
          let loop = view.maps[use.operandNumber].asDimensions?.last, view.maps[use.operandNumber].results.count == 3,
          !user.descendants.contains(where: { $0.name == "linalg.index" })
        else { return false }
        if let known = joinedLoop[user] {
          if known != loop { return false }
          continue
        }
        joinedLoop[user] = loop
        members.append(user)
        if view.outputMap.results.contains(where: { $0.uses(dimension: loop) }) {
          let initial = view.initial.definingOperation?.name
          guard view.outputMap.isIdentity, initial == "tensor.empty", joined.insert(view.result).inserted else { return false }
          queue.append(view.result)
        }
      }
    }
    // What runs over the joined dimension must all be known.
    for member in members {
      let view = StructuredOp.relaying(member)!
      for (i, input) in view.inputs.enumerated() where view.maps[i].results.contains(where: { $0.uses(dimension: joinedLoop[member]!) }) {
        guard joined.contains(input), view.maps[i].results.last?.asDimension == joinedLoop[member]! else { return false }
      }
    }
    members.sort { $0.isBefore($1) }
    return !exits.isEmpty && Set(members.map { $0.block }).count == 1
  }

  /// `true` iff the expansion gives back the image's sizes.
  private func isImage(_ expansion: Operation) -> Bool {
    let type = expansion.result(0).type
    guard type == image.type, ReshapePlan(expansion)?.groups == [[0], Array(1..<type.rank)] else { return false }
    let dynamic = type.shape.indices.filter { type.shape[$0] == Type.dynamic }
    if dynamic.filter({ $0 > 0 }).count <= 1 { return true }
    // With two unknown sizes the product tells nothing: they must be the image's own.
    guard let producer = image.definingOperation, let view = StructuredOp.relaying(producer), let empty = view.initial.definingOperation
    else {
      return false
    }
    let fill = StructuredOp(empty)
    let origin = fill?.filledScalar == nil ? empty : fill?.initial.definingOperation
    return origin?.name == "tensor.empty" && origin?.operands == Array(expansion.operands.dropFirst())
  }

  /// Rebuilds the members over the image's dimensions.
  func rewrite(_ context: Context) {
    let shape = image.type.shape, groups = grouped.type.shape[1]
    let splitShape = [shape[0], groups, shape[1] / groups] + shape[2...]
    let reassociation = Attribute.array(
      [[0], [1, 2]].map { .array($0.map { .i64($0, context) }, context) }
        + (3..<splitShape.count).map { .array([.i64($0, context)], context) }, context)
    let first = Builder(context, before: members[0])
    let sizes = shape.indices.filter { shape[$0] == Type.dynamic }.map { first.dimension(image, $0) }
    let split = first.value(
      "tensor.expand_shape", [image] + sizes, type: .tensor(splitShape, image.type.element),
      attributes: [("reassociation", reassociation), ("static_output_shape", .denseI64(splitShape, context))])

    var replaced: [Value: Value] = [grouped: split]
    for member in members {
      let view = StructuredOp.relaying(member)!, builder = Builder(context, before: member), loop = joinedLoop[member]!
      let extra = splitShape.count - 3
      /// The expressions over the new loops, of which `extra` come behind the joined one.
      func results(_ map: AffineMap) -> [AffineExpression] {
        map.results.flatMap { expression -> [AffineExpression] in
          guard let d = expression.asDimension else { return [expression] }
          if d == loop { return (0...extra).map { .dimension(loop + $0, context) } }
          return [.dimension(d > loop ? d + extra : d, context)]
        }
      }
      let runsOverJoined = view.outputMap.results.contains { $0.uses(dimension: loop) }
      let initial = runsOverJoined ? builder.empty(.tensor(splitShape, view.result.type.element), sizes) : view.initial
      var iterators = view.iterators
      iterators.replaceSubrange(loop...loop, with: Array(repeating: view.iterators[loop], count: extra + 1))
      let region = Region.create()
      region.takeBody(of: member.regions[0])
      let rebuilt = builder.create(
        "linalg.generic", view.inputs.map { replaced[$0] ?? $0 } + [initial], results: [initial.type],
        attributes: [
          ("indexing_maps", .array(view.maps.map { .affineMap(AffineMap(dimensions: iterators.count, results($0), context)) }, context)),
          ("iterator_types", .iterators(iterators, context)),
          ("operandSegmentSizes", .denseI32([view.inputs.count, 1], context)),
        ], regions: [region]
      ).result(0)
      replaced[view.result] = rebuilt
      if !runsOverJoined { view.result.replaceAllUses(with: rebuilt) }
    }
    for exit in exits {
      let collapsed = Builder(context, before: exit.image.definingOperation!).value(
        "tensor.collapse_shape", [replaced[exit.joined]!], type: image.type, attributes: [("reassociation", reassociation)])
      exit.image.replaceAllUses(with: collapsed)
      exit.image.definingOperation!.erase()
    }
    // The reshapes to the joined form have lost their uses; users go before what they use.
    for exit in exits {
      for use in exit.joined.uses where use.operation.name == "tensor.collapse_shape" && !use.operation.result(0).hasUses {
        use.operation.erase()
      }
    }
    for member in members.reversed() { member.erase() }
  }
}
