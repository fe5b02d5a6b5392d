import TesseraDiagnostics
import TesseraGraphs

/// `Resize` and the old `Upsample`.
func resize(isUpsample: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
    guard x.elementType != .bool else { throw .wrongType(node, x, expected: "a number") }
    let mode = node.string("mode", default: "nearest")
    let filters = node.flag("antialias") || node.flag("exclude_outside") || mode == "cubic"
    let plan = try ResizePlan(node, x, isUpsample: isUpsample)
    if plan.axes.isEmpty { return [x] }
    let sampling = ResizeSampling(node.graph, x, plan)
    switch mode {
    case "nearest": return [sampling.nearest()]
    case "linear" where !filters: return [sampling.linear()]
    case "linear", "cubic":
      return [
        sampling.filtered(
          ResizeFilter(
            isCubic: mode == "cubic", antialias: node.flag("antialias"), excludesOutside: node.flag("exclude_outside"),
            coefficient: node.float("cubic_coeff_a", default: -0.75)))
      ]
    default: throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "nearest, linear or cubic")
    }
  }
}
