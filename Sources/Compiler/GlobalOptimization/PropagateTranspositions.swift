import TesseraLoopNests
import TesseraMLIR

/// Moves transpositions to where they cost least, cancels inverse pairs, and turns those that move only dimensions of size 1 into reshapes.
///
/// Before (as `useChannelsLast` leaves a residual block):
///
///     %y = transposition %y1 : tensor<?x16x16x32xf32> -> tensor<?x32x16x16xf32>
///     %b = linalg.generic ... ins(%y, %bias : tensor<?x32x16x16xf32>, tensor<32xf32>) {addf; maximumf}
///     %b1 = transposition %b : tensor<?x32x16x16xf32> -> tensor<?x16x16x32xf32>
///     %z1 = linalg.generic (convolution) ins(%b1, %w)
///
/// After:
///
///     %b1 = linalg.generic ... ins(%y1, %bias : tensor<?x16x16x32xf32>, tensor<32xf32>) {addf; maximumf}
///     %z1 = linalg.generic (convolution) ins(%b1, %w)
///
/// Every operation that does not care for its layout (elementwise, broadcast, reduction, reshape, and by index: padding, slice, concatenation)
/// keeps its layout or takes the one that a transposition nearby has on its other side. The choice for the whole function is a
/// minimum cut over the number of transposed elements, so that number never rises. Transpositions of constants count nothing: they
/// happen at compile time.
///
/// Requires: generics as in the contract of the input phase; transpositions are generics that yield their input.
/// Ensures: no transposition of a transposition; none that only moves dimensions of size 1; the module computes the same.
public func propagateTranspositions(_ module: Module) {
  for function in module.functions {
    simplifyTranspositions(function, module)
    // Each round removes transposed elements; a chain of different permutations may take several.
    for _ in 0..<8 {
      let candidates = CandidateLayouts(function)
      let chosen = candidates.bestChoice()
      if chosen.isEmpty { break }
      for operation in candidates.order where chosen.contains(operation) && module.context.rewrites.allows(operation) {
        changeLayout(operation, candidates.nodes[operation]!, module.context)
      }
      simplifyTranspositions(function, module)
    }
    reshapeUnitTranspositions(function, module.context)
  }
  module.eraseUnusedTensorOperations()
}

/// The number of transpositions that a module does at run time, and of their elements (a dynamic size counts as 64).
public func transpositionsAtRunTime(_ module: Module) -> (count: Int, elements: Int) {
  var count = 0, elements = 0
  for function in module.functions {
    var constants = ConstantValues()
    for operation in function.descendants {
      guard let view = StructuredOp.relaying(operation), let permutation = view.transposition else { continue }
      let cost = CandidateLayouts.transpositionCost(view.inputs[0], permutation, &constants)
      if cost > 0 { (count, elements) = (count + 1, elements + cost) }
    }
  }
  return (count, elements)
}

/// Rebuilds an operation in its other layout, with transpositions around it that later cancel.
private func changeLayout(_ operation: Operation, _ node: CandidateLayouts.Node, _ context: Context) {
  let builder = Builder(context, before: operation)
  let result: Value
  switch node.change {
  case .loops(let order):
    // The sources may have been rebuilt since the plan was made, so look again.
    guard let view = StructuredOp.relaying(operation), let plan = LayoutPlan(view) else { return }
    result = plan.rewritten(builder, order: order, relaid: relaid)
  case .reshape(let collapsed):
    guard let plan = ReshapePlan(operation) else { return }
    let source = relaid(operation.operand(0), node.sources[0].layout, builder)
    result = plan.rewritten(builder, source: source, result: node.outputLayout, collapsed: collapsed)
  }
  operation.result(0).replaceAllUses(with: builder.transposed(result, node.outputLayout.inverted))
  operation.erase()
}

/// `value` in the layout `layout`: what stands before it if it is the matching transposition, else a transposition.
private func relaid(_ value: Value, _ layout: [Int], _ builder: Builder) -> Value {
  if let producer = value.definingOperation, let view = StructuredOp.relaying(producer), view.transposition?.inverted == layout {
    return view.inputs[0]
  }
  return builder.transposed(value, layout)
}

/// Merges transpositions of transpositions, cancels inverse ones, shares equal ones, and asks for sizes before a transposition, not behind it.
private func simplifyTranspositions(_ function: Operation, _ module: Module) {
  let context = module.context
  var seen: [Value: [(permutation: [Int], operation: Operation)]] = [:]
  for operation in function.descendants {
    if operation.name == "tensor.dim" {
      let source = operation.operand(0)
      guard let producer = source.definingOperation, let view = StructuredOp.relaying(producer), let permutation = view.transposition,
        let axis = operation.operand(1).definingOperation?.attribute("value")?.integerValue, permutation.indices.contains(axis),
        context.rewrites.allows(operation)
      else { continue }
      operation.result(0).replaceAllUses(with: Builder(context, before: operation).dimension(view.inputs[0], permutation[axis]))
      continue
    }
    guard let view = StructuredOp.relaying(operation), var permutation = view.transposition else { continue }
    var source = view.inputs[0]
    while let producer = source.definingOperation, let inner = StructuredOp.relaying(producer), let first = inner.transposition {
      permutation = permutation.map { first[$0] }
      source = inner.inputs[0]
    }
    let equal = seen[source]?.first { $0.permutation == permutation && $0.operation.block == operation.block }
    let isSimplified = permutation.isIdentity || equal != nil || source != view.inputs[0]
    if isSimplified, !context.rewrites.allows(operation) { continue }
    if permutation.isIdentity {
      operation.result(0).replaceAllUses(with: source)
    } else if let equal {
      operation.result(0).replaceAllUses(with: equal.operation.result(0))
    } else if source != view.inputs[0] {
      let merged = Builder(context, before: operation).transposed(source, permutation)
      operation.result(0).replaceAllUses(with: merged)
      seen[source, default: []].append((permutation, merged.definingOperation!))
    } else {
      seen[source, default: []].append((permutation, operation))
    }
  }
  module.eraseUnusedTensorOperations()
}

/// Replaces transpositions that only move dimensions of size 1 by a collapse to the other dimensions and an expansion from them.
private func reshapeUnitTranspositions(_ function: Operation, _ context: Context) {
  for operation in function.descendants {
    guard let view = StructuredOp.relaying(operation), let permutation = view.transposition, let source = view.inputs.first,
      permutation.movesOnlyUnits(of: source.type.shape), context.rewrites.allows(operation)
    else { continue }
    let builder = Builder(context, before: operation)
    let shape = source.type.shape, target = view.result.type.shape
    let core = shape.filter { $0 != 1 }
    let collapsed = builder.value(
      "tensor.collapse_shape", [source], type: .tensor(core, source.type.element),
      attributes: [("reassociation", reassociation(of: shape, context))])
    let sizes = core.indices.filter { core[$0] == Type.dynamic }.map { builder.dimension(collapsed, $0) }
    let expanded = builder.value(
      "tensor.expand_shape", [collapsed] + sizes, type: view.result.type,
      attributes: [("reassociation", reassociation(of: target, context)), ("static_output_shape", .denseI64(target, context))])
    view.result.replaceAllUses(with: expanded)
    operation.erase()
  }
}

/// Groups of neighbouring dimensions with one that is not 1 in each; no group if all are 1.
private func reassociation(of shape: [Int], _ context: Context) -> Attribute {
  var groups: [[Int]] = []
  var leading: [Int] = []
  for (i, size) in shape.enumerated() {
    if size != 1 {
      groups.append(leading + [i])
      leading = []
    } else if groups.isEmpty {
      leading.append(i)
    } else {
      groups[groups.count - 1].append(i)
    }
  }
  return .array(groups.map { .array($0.map { .i64($0, context) }, context) }, context)
}
