package import TesseraMLIR

extension Builder {
  /// An integer, or an index, as one of `bits` bits: cut off, or filled with zeros.
  package func resized(_ number: Value, _ bits: Int) -> Value {
    let type = Type.integer(bits, context)
    if number.type.isIndex { return value("arith.index_castui", [number], type: type) }
    let own = number.type.bitWidth!
    return own == bits ? number : value(own > bits ? "arith.trunci" : "arith.extui", [number], type: type)
  }

  /// `number` shifted to the right by `bits` bits, with zeros from the left.
  package func shifted(_ number: Value, _ bits: Int) -> Value {
    bits == 0 ? number : binary("arith.shrui", number, constant(.integer(bits, number.type)))
  }
}
