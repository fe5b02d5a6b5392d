import TesseraDiagnostics
import TesseraGraphs

/// The lowerings of operations, by their names.
enum OperatorTable {
  typealias Lowering = @Sendable (StableHLONode) throws(Diagnostic) -> [GraphTensor]
  /// Of operations with regions, calls, tuples and tokens.
  typealias StructuralLowering = @Sendable (StableHLONode, [ProgramValue]) throws(Diagnostic) -> [ProgramValue]

  /// The dialects whose operations are looked up without their dialect: chlo's other names are like those of stablehlo.
  private static let dialects = ["stablehlo.", "chlo."]

  /// `name` without its dialect, if that is one of programs.
  static func shortName(_ name: String) -> String? {
    dialects.first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
  }

  /// The lowering of an operation on tensors.
  static func lowering(_ name: String) -> Lowering? {
    guard let short = shortName(name) else { return tensors[name] }
    if let lowering = tensors[short] { return lowering }
    if let operation = ElementOperation.all[short] {
      return { (node) throws(Diagnostic) in [try node.elementwise(operation, short)] }
    }
    guard name.hasPrefix("chlo.broadcast_") else { return nil }
    let inner = String(short.dropFirst("broadcast_".count))
    if inner == "select" { return { (node) throws(Diagnostic) in [try node.select(broadcasts: true)] } }
    guard let operation = ElementOperation.all[inner] else { return nil }
    return { (node) throws(Diagnostic) in [try node.broadcastElementwise(operation, inner)] }
  }

  /// `true` iff the operation can be imported.
  static func knows(_ name: String) -> Bool {
    structural[name] != nil || lowering(name) != nil || ProgramWalker.isEnd(name)
  }

  /// Operations on tensors that are not elementwise, without their dialect.
  static let tensors: [String: Lowering] = movement.merging(sums) { first, _ in first }.merging(indexed) { first, _ in first }
    .merging(dynamic) { first, _ in first }

  private static let movement: [String: Lowering] = [
    "constant": { (node) throws(Diagnostic) in [try node.constant()] },
    "constant_like": { (node) throws(Diagnostic) in [try node.constantLike()] },
    "iota": { (node) throws(Diagnostic) in [try node.iota()] },
    "broadcast_in_dim": { (node) throws(Diagnostic) in [try node.broadcastInDimensions()] },
    "broadcast": { (node) throws(Diagnostic) in [try node.broadcastLeading()] },
    "reshape": { (node) throws(Diagnostic) in [try node.reshape()] },
    "transpose": { (node) throws(Diagnostic) in [try node.transposeDimensions()] },
    "slice": { (node) throws(Diagnostic) in [try node.staticSlice()] },
    "dynamic_slice": { (node) throws(Diagnostic) in [try node.dynamicSlice()] },
    "dynamic_update_slice": { (node) throws(Diagnostic) in [try node.dynamicUpdateSlice()] },
    "concatenate": { (node) throws(Diagnostic) in [try node.concatenateOperands()] },
    "pad": { (node) throws(Diagnostic) in [try node.padOperand()] },
    "reverse": { (node) throws(Diagnostic) in [try node.reverse()] },
    "select": { (node) throws(Diagnostic) in [try node.select(broadcasts: false)] },
    "bitcast_convert": { (node) throws(Diagnostic) in [try node.bitcastConvert()] },
    // Quantized operands and results are floats in here.
    "uniform_quantize": { (node) throws(Diagnostic) in [try node.operand(0)] },
    "uniform_dequantize": { (node) throws(Diagnostic) in [try node.operand(0)] },
    "map": { (node) throws(Diagnostic) in try node.mapRegion() },
  ]

  private static let sums: [String: Lowering] = [
    "dot_general": { (node) throws(Diagnostic) in [try node.dotGeneral()] },
    "einsum": { (node) throws(Diagnostic) in [try node.einsum()] },
    "dot": { (node) throws(Diagnostic) in [try node.dot()] },
    "convolution": { (node) throws(Diagnostic) in [try node.convolution()] },
    "batch_norm_inference": { (node) throws(Diagnostic) in [try node.batchNormInference()] },
    "batch_norm_training": { (node) throws(Diagnostic) in try node.batchNormTraining() },
    "batch_norm_grad": { (node) throws(Diagnostic) in try node.batchNormGradient() },
    "reduce": { (node) throws(Diagnostic) in try node.reduceRegion() },
  ]

  private static let indexed: [String: Lowering] = [
    "gather": { (node) throws(Diagnostic) in [try node.gather()] },
    "torch_index_select": { (node) throws(Diagnostic) in [try node.torchIndexSelect()] },
    "scatter": { (node) throws(Diagnostic) in try node.scatter() },
    "reduce_window": { (node) throws(Diagnostic) in try node.reduceWindow() },
    "select_and_scatter": { (node) throws(Diagnostic) in [try node.selectAndScatter()] },
    "sort": { (node) throws(Diagnostic) in try node.sort() },
    "top_k": { (node) throws(Diagnostic) in try node.topK() },
    "fft": { (node) throws(Diagnostic) in [try node.fourier()] },
    "triangular_solve": { (node) throws(Diagnostic) in [try node.triangularSolve()] },
    "cholesky": { (node) throws(Diagnostic) in [try node.cholesky(isLower: node.flag("lower"))] },
    "rng_bit_generator": { (node) throws(Diagnostic) in try node.randomBits() },
  ]

  private static let dynamic: [String: Lowering] = [
    "get_dimension_size": { (node) throws(Diagnostic) in [try node.dimensionSize()] },
    "dynamic_reshape": { (node) throws(Diagnostic) in [try node.dynamicReshape()] },
    "dynamic_broadcast_in_dim": { (node) throws(Diagnostic) in [try node.dynamicBroadcast()] },
    "dynamic_iota": { (node) throws(Diagnostic) in [try node.dynamicIota()] },
    "dynamic_gather": { (node) throws(Diagnostic) in [try node.dynamicGather()] },
    "real_dynamic_slice": { (node) throws(Diagnostic) in [try node.dynamicStridedSlice()] },
    "dynamic_pad": { (node) throws(Diagnostic) in [try node.dynamicPad()] },
    "dynamic_conv": { (node) throws(Diagnostic) in [try node.dynamicConvolution()] },
  ]
}
