import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `BitCast`: the same bits as another type of the same width.
let lowerBitCast: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let number = Int64(node.integer("to", default: 0))
  guard let type = ElementType(numeric: number) else {
    throw .unsupportedAttribute(node, "to", ElementType.onnxName(number), supported: "floats, integers of 8 to 64 bits, bool")
  }
  guard type.byteCount == x.elementType.byteCount else {
    throw .invalidAttribute(node, "to", type.name, expected: "a type of \(x.elementType.byteCount * 8) bits, as \(x.elementType.name) is")
  }
  if type == x.elementType { return [x] }
  return [
    node.graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { b, e in
      // Booleans have a byte in memory and a bit in the IR; integers have no sign in the IR.
      if type == .bool || x.elementType == .bool { return Scalars(b, type).convert(e[0], from: x.elementType) }
      let irType = type.type(b.context)
      return e[0].type == irType ? e[0] : b.value("arith.bitcast", [e[0]], type: irType)
    }
  ]
}
