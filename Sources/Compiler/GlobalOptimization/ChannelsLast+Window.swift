import TesseraLoopNests
import TesseraMLIR

/// A convolution or pooling generic, with its loops by role.
///
/// Roles follow from the maps alone. With the window operand (the input) `in`, weights `w` and output `out`:
/// - spatial: an `in` dimension `o * stride + k * dilation (+ constant)`, o parallel, k a reduction; or plain o in `in` and `out`, not in `w`, after the channels;
/// - batch: plain in `in` and `out`, not in `w`, before the channels;
/// - group (or the channel of a depthwise convolution or a pooling): plain in `in`, `out` and, if there is one, `w`;
/// - feature: in `w` and `out`; input channel: a reduction in `in` and `w`.
struct WindowOperation {
  let view: StructuredOp
  /// Which operand is the input.
  let input: Int
  /// Which operand holds the weights, or for poolings the window's shape; `nil` if there is none.
  let weights: Int?

  private(set) var batch: [Int] = []
  private(set) var spatial: [Int] = []
  private(set) var groups: [Int] = []
  private(set) var features: [Int] = []
  /// Features between the positions of the output: the taps of a transposed convolution that interleaves its results,
  /// `out[n, f, y, i, x, j] += in[n, c, y, x] * w[c, f, i, j]`. They stay beside their positions.
  private(set) var taps: [Int] = []
  private(set) var window: [Int] = []
  private(set) var channels: [Int] = []

  /// Recognizes `view`; `nil` if it is neither a convolution nor a pooling.
  init?(_ view: StructuredOp) {
    guard view.iterators.contains(.reduction) || view.inputs.count == 2, (1...2).contains(view.inputs.count),
      let output = view.outputMap.asDimensions, Set(output).count == output.count, view.readsInitial
    else { return nil }
    let compound = view.inputs.indices.filter { view.maps[$0].asDimensions == nil }
    guard compound.count <= 1 else { return nil }
    self.view = view
    input = compound.first ?? 0
    weights = view.inputs.count == 2 ? 1 - input : nil
    guard let weightDimensions = weights.map({ view.maps[$0].asDimensions }) ?? [], Set(weightDimensions).count == weightDimensions.count
    else { return nil }
    // A pooling's second operand only gives the window's shape.
    let hasWeights = weights.map { view.body.arguments[$0].hasUses } ?? false
    guard hasWeights ? Self.isProductSum(view.body) : !compound.isEmpty else { return nil }
    if compound.isEmpty, !ConstantValues.isConstant(view.inputs[weights!]) { return nil }

    var used = Set<Int>()
    for (position, expression) in view.maps[input].results.enumerated() {
      if let d = expression.asDimension {
        guard used.insert(d).inserted else { return nil }
        let inOutput = output.contains(d), inWeights = hasWeights && weightDimensions.contains(d)
        switch (view.iterators[d], inOutput, inWeights) {
        case (.reduction, false, true): channels.append(d)
        case (.parallel, true, true): groups.append(d)
        case (.parallel, true, false):
          if !hasWeights, position > 0 {
            groups.append(d)
          } else if channels.isEmpty, groups.isEmpty, spatial.isEmpty {
            batch.append(d)
          } else {
            spatial.append(d)
          }
        default: return nil
        }
      } else {
        let dimensions = view.iterators.indices.filter { expression.uses(dimension: $0) }
        let outer = dimensions.filter { view.iterators[$0] == .parallel }, inner = dimensions.filter { view.iterators[$0] == .reduction }
        guard outer.count == 1, inner.count <= 1, output.contains(outer[0]), dimensions.allSatisfy({ used.insert($0).inserted }),
          expression.isLinear
        else { return nil }
        spatial += outer
        window += inner
      }
    }
    features = hasWeights ? output.filter { !used.contains($0) } : []
    if let first = output.firstIndex(where: { spatial.contains($0) }), let last = output.lastIndex(where: { spatial.contains($0) }) {
      let places = features.map { output.firstIndex(of: $0)! }
      // Behind all positions, and nowhere else, stand the features of what is channels-last already.
      if places.contains(where: { $0 < last }) {
        taps = features.filter { output.firstIndex(of: $0)! > first }
        features.removeAll { taps.contains($0) }
      }
    }
    let all = loopOrder
    guard !spatial.isEmpty, all.count == view.loopCount, Set(all).count == all.count,
      features.allSatisfy({ weightDimensions.contains($0) }),
      weightDimensions.allSatisfy({ (groups + features + taps + window + channels).contains($0) })
    else { return nil }
  }

  /// `true` iff the positions of a row are to be innermost, not the channels.
  var isChannelsFirst = false
  /// `true` iff the lines of the window are to be the innermost loop, so that results one below the other can share what they read.
  var hasLinesInnermost = false

  /// The order of loops. Channels last: batch, output positions, groups, features; window, input channels.
  /// Channels first: batch, groups, features, output positions; input channels, window.
  var loopOrder: [Int] {
    isChannelsFirst
      ? batch + groups + features + positions + channels + (hasLinesInnermost ? window.reversed() : window)
      : batch + positions + groups + features + window + channels
  }
  /// Positions of the output and taps, as the output has them.
  var positions: [Int] { view.outputMap.asDimensions!.filter { spatial.contains($0) || taps.contains($0) } }

  /// The permutation that lays out the input as batch, positions, groups, channels; or batch, groups, channels, positions.
  var inputPermutation: [Int] {
    let results = view.maps[input].results
    func position(_ d: Int) -> Int { results.firstIndex { $0.asDimension == d } ?? results.firstIndex { $0.uses(dimension: d) }! }
    let places = positions.filter { spatial.contains($0) }
    return (isChannelsFirst ? batch + groups + channels + places : batch + places + groups + channels).map(position)
  }
  /// The permutation that lays out the weights as window, groups, channels, features; or groups, features, channels, window.
  var weightsPermutation: [Int]? {
    guard let dimensions = weights.flatMap({ view.maps[$0].asDimensions }) else { return nil }
    let order = isChannelsFirst ? groups + features + channels + window : window + taps + groups + channels + features
    return order.compactMap { dimensions.firstIndex(of: $0) }
  }
  /// The permutation that lays out the output as batch, positions, groups, features; or batch, groups, features, positions.
  var outputPermutation: [Int] {
    let dimensions = view.outputMap.asDimensions!
    let order = isChannelsFirst ? batch + groups + features + positions : batch + positions + groups + features
    return order.map { dimensions.firstIndex(of: $0)! }
  }

  /// The stride of the input from one output position to the next along `d`.
  func stride(of d: Int) -> Int {
    let expression = view.maps[input].results.first { $0.uses(dimension: d) }
    return max(1, abs(expression?.coefficient(of: d) ?? 1))
  }

  /// `true` iff the body adds a product of (converted) inputs to the output.
  private static func isProductSum(_ body: Block) -> Bool {
    let names = body.operations.map(\.name)
    let sums = names.filter { ["arith.addf", "arith.addi"].contains($0) }.count
    let products = names.filter { ["arith.mulf", "arith.muli"].contains($0) }.count
    let others: Set = ["arith.extf", "arith.extsi", "arith.extui", "arith.subi", "arith.truncf", "linalg.yield", "arith.sitofp"]
    return sums >= 1 && products >= 1
      && names.allSatisfy { others.contains($0) || ["arith.addf", "arith.addi", "arith.mulf", "arith.muli"].contains($0) }
  }
}
