/// Nodes that are computed in a way that takes much longer than their data suggests.
enum SlowOperators {
  /// Steps below this take no time that anybody notices.
  private static let negligible = 1 << 22

  /// Why `node` would be slow; `nil` if it would not.
  static func remark(_ node: Node) -> String? {
    switch node.proto.operation {
    case "CumSum":
      guard let x = node.optionalInput(0), let size = longest(x) else { return nil }
      return isNegligible([x.shape.product, size]) ? nil : "each sum is computed anew: time quadratic in the axis"
    case "Loop", "Scan": return "the iterations run one after the other on the host"
    case "NonMaxSuppression": return "boxes are suppressed one after the other"
    default: return nil
    }
  }

  /// The greatest size of `x`.
  private static func longest(_ x: Tensor) -> IndexExpression? {
    x.shape.first { $0.known == nil } ?? x.shape.max { ($0.known ?? 0) < ($1.known ?? 0) }
  }

  /// `true` iff the product of `factors` is known to be small.
  private static func isNegligible(_ factors: [IndexExpression]) -> Bool {
    var steps = 1
    for factor in factors {
      guard let known = factor.known else { return false }
      let (product, overflow) = steps.multipliedReportingOverflow(by: known)
      if overflow || product > negligible { return false }
      steps = product
    }
    return true
  }
}
