import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `MaxPool`; the indices of the maxima are those in the whole input.
let lowerMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  let windows = try node.poolingWindows(x)
  let padded = node.padded(x, windows, filler: -.infinity)
  let peaks = node.pool(padded, windows, x.elementType, initial: -.infinity) { $0.maximum($1, $2) }
  let result = try node.requiringElements(peaks, x, windows)
  return node.hasOutput(1) ? [result, node.poolIndices(x, padded, result, windows, isColumnMajor: node.flag("storage_order"))] : [result]
}

/// `AveragePool`: padding counts only if `count_include_pad` says so, and never what `ceil_mode` adds.
let lowerAveragePool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  let windows = try node.poolingWindows(x)
  let type = x.elementType.accumulator
  let sum = node.pool(node.padded(x, windows, filler: 0), windows, type, initial: 0) { $0.add($1, $2) }
  let average = node.divideByWindow(sum, x, windows, includingPadding: node.flag("count_include_pad"))
  return [node.graph.convert(average, to: x.elementType)]
}

/// `GlobalAveragePool`
let lowerGlobalAveragePool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit)
  for axis in 2..<x.rank { node.graph.requireElements(x.shape[axis], "spatial dimension \(axis - 2) of '\(x.name)'") }
  let mean = node.graph.mean(x, Array(2..<x.rank), x.elementType.accumulator)
  let kept = Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one }
  return [node.graph.reshape(node.graph.convert(mean, to: x.elementType), to: kept)]
}

/// `GlobalMaxPool`
let lowerGlobalMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit)
  for axis in 2..<x.rank { node.graph.requireElements(x.shape[axis], "spatial dimension \(axis - 2) of '\(x.name)'") }
  let peak = node.graph.reduceAxes(x, Array(2..<x.rank), x.elementType, initial: -.infinity, combine: { $0.maximum($1, $2) })
  return [node.graph.reshape(peak, to: Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one })]
}
