extension Builder {
  /// e^x (`math.exp` with the flag `afn`), whose relative error may grow with |x|: right where x is not above 0, or infinite, and an error counts
  /// beside 1, as in a softmax.
  public func approximateExponential(_ x: Value) -> Value {
    value("math.exp", [x], type: x.type, attributes: [("fastmath", Attribute("#arith.fastmath<afn>", context)!)])
  }
}

extension Operation {
  /// `true` iff the program lets the function that this operation computes be approximated (`fastmath` with `afn`, or all of `fast`).
  public var mayApproximate: Bool {
    guard let flags = attribute("fastmath") else { return false }
    let text = "\(flags)"
    return text.contains("afn") || text.contains("<fast>")
  }
}
