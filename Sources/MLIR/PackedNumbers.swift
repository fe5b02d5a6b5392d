/// Numbers of few bits that share a byte.
extension Builder {
  /// The unsigned number of `bits` bits at place `part` of a byte, as an i32; the first one has the low bits.
  public func packedNumber(_ part: Int, of byte: Value, bits: Int) -> Value {
    let word = value("arith.extui", [byte], type: .i32(context))
    let shifted = part == 0 ? word : binary("arith.shrui", word, scalar(Double(part * bits), .i32(context)))
    // Nothing stands above the last one.
    return (part + 1) * bits == 8 ? shifted : and(shifted, scalar(Double(1 << bits - 1), .i32(context)))
  }
}
