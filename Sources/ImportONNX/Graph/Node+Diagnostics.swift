import TesseraDiagnostics
import TesseraGraphs

extension Diagnostic {
  static func smallType(_ node: Node, _ tensor: GraphTensor) -> Diagnostic {
    node.diagnostic(
      .unsupported, "takes '\(tensor.name)' of type \(tensor.elementType.name), which is only moved, cast, quantized and dequantized")
  }

  static func stringOperand(_ node: Node, _ tensor: GraphTensor) -> Diagnostic {
    node.diagnostic(.unsupported, "takes '\(tensor.name)' of type string, which is not supported for this operator")
  }

  static func openRankResult(_ name: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the output '\(name)' is a scalar or a vector of one element as an If decides when the model runs",
      help: "give both branches of the If the same rank")
  }

  static func unsupportedPattern(_ node: Node, _ pattern: String, _ reason: String) -> Diagnostic {
    let shown = pattern.count > 60 ? pattern.prefix(57) + "..." : pattern[...]
    return node.diagnostic(
      .unsupported, "has the pattern '\(shown)': \(reason)",
      help: "patterns have the syntax of RE2, but for Unicode's scripts")
  }
}
