import TesseraEncodings

/// Panels of many columns for weights that few rows read: each row of a panel is many vectors, loaded one after the other.
struct WidePanels: EncodingResolver {
  /// The columns of a panel.
  var columns = 64
  /// The rows of a contraction that counts as small.
  var rows = 8

  /// Reads the parameters of a spec: `wide-panels columns=64 rows=8`.
  init(_ parameters: PackingParameters) throws(PackingError) {
    try parameters.allow(["columns", "rows"])
    columns = try parameters.size("columns", default: columns)
    rows = try parameters.size("rows", default: rows)
  }

  func layout(of encoding: ContractionEncoding) -> TensorLayout? {
    // The weight: known at compile time, its columns are those of the result, and no axis is one of a window.
    guard encoding.isConstant, let lanes = encoding.innermostResultLoop, encoding.loops[lanes].kind == .column,
      let axis = encoding.axis(ofLoop: lanes), !encoding.own.contains(nil)
    else { return nil }
    // Everything else is left to the next resolver.
    guard let count = encoding.count(.row), count <= rows else { return nil }
    let others = encoding.own.indices.filter { $0 != axis }
    return TensorLayout(outer: [axis] + others, inner: [.init(axis: axis, size: columns)])
  }
}
