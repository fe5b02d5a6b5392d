import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The windows of a pool of `x`, with the channels last.
  fileprivate func poolWindows(_ x: GraphTensor) throws(Diagnostic) -> Windows {
    let kernel = [try windowOption("filter_height"), try windowOption("filter_width")]
    let strides = [try windowOption("stride_h"), try windowOption("stride_w")]
    return try Windows(
      self, Array(x.shape[1...2]), kernel: kernel.map { IndexExpression($0) }, strides: strides, dilations: [1, 1], try padding(2), first: 1
    )
  }
}

/// `MAX_POOL_2D`
let lowerMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), windows = try node.poolWindows(x)
  let padded = node.padded(x, windows, filler: -.infinity)
  let peaks = node.pool(padded, windows, x.elementType, initial: -.infinity) { $0.maximum($1, $2) }
  return [try node.activated(peaks)]
}

/// `AVERAGE_POOL_2D`: of the elements that are no padding.
let lowerAveragePool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), windows = try node.poolWindows(x)
  try node.require(x, .float)
  let padded = node.padded(x, windows, filler: 0)
  let sum = node.pool(padded, windows, x.elementType, initial: 0) { $0.add($1, $2) }
  return [try node.activated(node.divideByWindow(sum, x, windows, includingPadding: false))]
}

/// `L2_POOL_2D`: the root of the mean of the squares.
let lowerL2Pool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), windows = try node.poolWindows(x)
  try node.require(x, .float)
  let padded = node.padded(x, windows, filler: 0)
  let sum = node.pool(padded, windows, x.elementType, initial: 0) { $0.add($1, $0.multiply($2, $2)) }
  let mean = node.divideByWindow(sum, x, windows, includingPadding: false)
  return [try node.activated(node.mapElements(mean, x.elementType) { $0.call("math.sqrt", $1) })]
}
