/// Nodes that are computed in a way that takes much longer than their data suggests.
enum SlowOperators {
  /// Why `node` would be slow; `nil` if it would not.
  static func remark(_ node: Node) -> String? {
    switch node.proto.operation {
    case "Loop", "Scan": return "the iterations run one after the other on the host"
    case "NonMaxSuppression": return "boxes are suppressed one after the other"
    default: return nil
    }
  }
}
