import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// Turns convolutions and poolings in channels-first layout into such on channels-last data.
///
/// Before:
///
///     %y = linalg.generic {indexing_maps = [
///            affine_map<(n, f, y, x, c, i, j) -> (n, c, y * 2 + i, x * 2 + j)>,
///            affine_map<(n, f, y, x, c, i, j) -> (f, c, i, j)>,
///            affine_map<(n, f, y, x, c, i, j) -> (n, f, y, x)>], ...}
///          ins(%in, %w : tensor<?x16x33x33xf32>, tensor<32x16x3x3xf32>) outs(%zero : tensor<?x32x16x16xf32>) {mulf, addf}
///
/// After (`transposition` is a generic that yields its input):
///
///     %in1 = transposition %in : tensor<?x16x33x33xf32> -> tensor<?x33x33x16xf32>
///     %w1 = transposition %w : tensor<32x16x3x3xf32> -> tensor<3x3x16x32xf32>
///     %y1 = linalg.generic {indexing_maps = [
///            affine_map<(n, y, x, f, i, j, c) -> (n, y * 2 + i, x * 2 + j, c)>,
///            affine_map<(n, y, x, f, i, j, c) -> (i, j, c, f)>,
///            affine_map<(n, y, x, f, i, j, c) -> (n, y, x, f)>], ...}
///          ins(%in1, %w1) outs(%zero1 : tensor<?x16x16x32xf32>) {mulf, addf}
///     %y = transposition %y1 : tensor<?x16x16x32xf32> -> tensor<?x32x16x16xf32>
///
/// The innermost output dimension is then the features, contiguous in weights and result: what vector registers hold. Groups stand
/// before the channels. A padding that only the convolution reads moves below the transposition, so that none stands between the two.
/// Group normalizations keep the image's dimensions (see `GroupNormalization`), so that they can follow the layout.
/// Weights are transposed by generics on constants, which are evaluated at compile time. `propagateTranspositions` removes what cancels.
///
/// If it pays for `target`, as it does for few features, the positions of a row are innermost instead, in input and output.
///
/// Requires: generics as in the contract of the input phase.
/// Ensures: every convolution and pooling has its channels (groups, channels or features) innermost in input and output, or its positions where that
/// pays; the module computes the same.
public func useChannelsLast(_ module: Module, for target: any Target) {
  for function in module.functions {
    let operations = function.descendants
    guard operations.contains(where: { StructuredOp.relaying($0).flatMap(WindowOperation.init) != nil }) else { continue }
    // Rewriting erases reshapes to images only, never one of these.
    let joining = operations.filter { $0.name == "tensor.expand_shape" && $0.result(0).type.rank == 3 }
    for operation in joining {
      if let normalization = GroupNormalization(operation), module.context.rewrites.allows(operation) {
        normalization.rewrite(module.context)
      }
    }
    for operation in function.descendants {
      guard let view = StructuredOp.relaying(operation), let window = WindowOperation(view) else { continue }
      rewrite(window, target, module.context)
    }
  }
  module.eraseUnusedTensorOperations()
}

/// Relays one convolution or pooling, unless it has the layout that it shall have.
private func rewrite(_ window: WindowOperation, _ target: any Target, _ context: Context) {
  var window = window
  if let sizes = WindowSizes(window), target.pays(.positionsInnermost(sizes)) {
    window.isChannelsFirst = true
    window.hasLinesInnermost = sizes.features == 1
  }
  let view = window.view
  let inputPermutation = window.inputPermutation, outputPermutation = window.outputPermutation
  if inputPermutation.isIdentity, outputPermutation.isIdentity, !window.hasLinesInnermost || window.loopOrder.isIdentity { return }
  guard context.rewrites.allows(view.operation) else { return }
  let builder = Builder(context, before: view.operation)

  var operands = view.inputs
  var permutations: [[Int]?] = Array(repeating: nil, count: view.maps.count)
  operands[window.input] = relaid(view.inputs[window.input], inputPermutation, builder)
  permutations[window.input] = inputPermutation
  if let weights = window.weights, let permutation = window.weightsPermutation {
    operands[weights] = builder.transposedInitial(view.inputs[weights], permutation)
    permutations[weights] = permutation
  }
  operands.append(builder.transposedInitial(view.initial, outputPermutation))
  permutations[permutations.count - 1] = outputPermutation

  let relaid = view.rebuilt(builder, order: window.loopOrder, operands: operands, permutations: permutations)
  view.result.replaceAllUses(with: builder.transposed(relaid, outputPermutation.inverted))
  view.operation.erase()
}

/// Returns the input of a convolution in its layout. A padding without other readers is done in that layout.
private func relaid(_ value: Value, _ permutation: [Int], _ builder: Builder) -> Value {
  guard !permutation.isIdentity, let producer = value.definingOperation, value.hasOneUse, let view = StructuredOp.relaying(producer),
    view.transposition == nil, let plan = LayoutPlan(view), !plan.captures.isEmpty,
    let order = plan.loopOrder(outputLayout: permutation)
  else { return builder.transposed(value, permutation) }
  return plan.rewritten(Builder(builder.context, before: producer), order: order) { value, permutation, builder in
    builder.transposed(value, permutation)
  }
}
