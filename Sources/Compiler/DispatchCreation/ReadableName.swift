import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Names for kernels that people can read, like `contraction_384x512x128_f32`.
enum ReadableName {
  static func of(_ group: [StructuredOp]) -> String {
    let root = group.first { $0.reusesInputs || $0.readsWindows } ?? group.first(where: \.hasReduction) ?? group.last!
    let kind: String
    if root.worksOnRows {
      let names = [
        SortOp.name: "sort", SelectOp.name: "selection", ScatterOp.name: "scatter", RecurrenceOp.name: "recurrence",
        ForestOp.name: "forest", ScanOp.name: "scan",
      ]
      kind = names[root.operation.name] ?? "rows"
    } else if group.count(where: \.reusesInputs) > 1 {
      kind = group.contains { $0.hasReduction && !$0.reusesInputs } ? "attention" : "contractions"
    } else if root.readsWindows {
      kind = !root.hasReduction ? "tiling" : root.inputs.count > 1 ? "convolution" : "pooling"
    } else if root.reusesInputs {
      kind = "contraction"
    } else if root.hasReduction {
      kind = group.contains { !$0.hasReduction } ? "normalization" : "reduction"
    } else if root.body.operations.count == 1 && root.maps.contains(where: { !$0.isIdentity }) {
      kind = "movement"
    } else {
      kind = root.captures.contains { $0.type.isTensor } ? "gather" : "elementwise"
    }
    let sizes = root.staticLoopSizes.map { $0.map(String.init) ?? "n" }.joined(separator: "x")
    let element = root.operation.result(0).type.element
    return [kind, sizes, "\(element)"].filter { !$0.isEmpty }.joined(separator: "_")
  }
}
