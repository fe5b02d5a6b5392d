import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Nothing changes here: what is done about quantized operands says it all.
let lowerIdentity: Lowering = { node throws(Diagnostic) in [try node.input(0)] }

/// `DEQUANTIZE`: quantized operands are real numbers already; others are floats of 16 bits.
let lowerDequantize: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  try node.require(x, .float)
  return [node.graph.convert(x, to: try node.outputType(0))]
}
