import Diagnostics
import MLIR

extension Node {
  /// What is wrong with the node, in words that go on after its name.
  func diagnostic(
    _ category: Diagnostic.Category, id: String = #function, _ what: String, notes: [String] = [], help: String? = nil
  ) -> Diagnostic {
    Diagnostic(category, id: id, "the \(proto.operation) node '\(label)' \(what)", location: label, notes: notes, help: help)
  }
}

extension Diagnostic {
  static func missingInput(_ node: Node, _ i: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "lacks its input \(i)")
  }

  static func wrongRank(_ node: Node, _ tensor: Tensor, expected: ClosedRange<Int>) -> Diagnostic {
    let ranks = expected.count == 1 ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)"
    return node.diagnostic(.invalidInput, "takes '\(tensor.name)' of rank \(tensor.rank): expected rank \(ranks)")
  }

  static func wrongType(_ node: Node, _ tensor: Tensor, expected: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "takes '\(tensor.name)' of type \(tensor.elementType.name): expected \(expected)")
  }

  static func smallType(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    node.diagnostic(
      .unsupported, "takes '\(tensor.name)' of type \(tensor.elementType.name), which is only moved, cast, quantized and dequantized")
  }

  static func stringOperand(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    node.diagnostic(.unsupported, "takes '\(tensor.name)' of type string, which is not supported for this operator")
  }

  static func openRank(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    node.diagnostic(
      .unsupported, "takes '\(tensor.name)', a scalar or a vector of one element as an If decides when the model runs",
      help: "give both branches of the If the same rank")
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

  static func differentTypes(_ node: Node, _ a: Tensor, _ b: Tensor) -> Diagnostic {
    node.diagnostic(
      .invalidInput, "takes '\(a.name)' of type \(a.elementType.name) and '\(b.name)' of type \(b.elementType.name): expected one type")
  }

  static func wrongShape(_ node: Node, _ tensor: Tensor, _ expected: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "takes '\(tensor.name)' as \(tensor.description): expected \(expected)")
  }

  static func shapesDisagree(_ node: Node, _ a: Tensor, _ b: Tensor, _ reason: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "takes '\(a.name)' as \(a.description) and '\(b.name)' as \(b.description): \(reason)")
  }

  static func cannotBroadcast(_ tensors: [(name: String, type: String)], location: Location) -> Diagnostic {
    let node = location.sourceNames.first
    return Diagnostic(
      .invalidInput,
      "the node '\(node ?? "?")' takes \(tensors.map { "'\($0.name)' as \($0.type)" }.joined(separator: " and ")): these shapes do not broadcast",
      location: node)
  }

  static func rowTooLong(_ count: Int, location: Location) -> Diagnostic {
    let node = location.sourceNames.first
    return Diagnostic(
      .unsupported, "the node '\(node ?? "?")' sorts rows of \(count) elements: they must have less than 2^32", location: node)
  }

  static func axisOutOfRange(_ node: Node, _ axis: Int, rank: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "has the axis \(axis), but its tensor has rank \(rank)")
  }

  static func invalidAttribute(_ node: Node, _ name: String, _ value: String, expected: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "has \(name) = \(value): expected \(expected)")
  }

  static func unsupportedAttribute(_ node: Node, _ name: String, _ value: String, supported: String) -> Diagnostic {
    node.diagnostic(
      .unsupported, "has \(name) = \(value), which is not supported",
      notes: ["supported: \(supported)"])
  }

  static func unsupportedForm(_ node: Node, _ what: String) -> Diagnostic {
    node.diagnostic(.unsupported, "\(what), which is not supported")
  }

  static func mustBeConstant(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    node.diagnostic(.unsupported, "needs a constant '\(tensor.name)', but the model computes it")
  }

  static func elementOutOfRange(_ node: Node, _ tensor: Tensor, _ element: Int, from low: Int, below high: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "takes '\(tensor.name)' with the element \(element): expected numbers from \(low) to \(high - 1)")
  }

  static func notAShape(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    node.diagnostic(
      .invalidInput, "takes '\(tensor.name)' as \(tensor.description): expected a list of at most \(Tensor.hostElementLimit) integers")
  }

  static func impossibleShape(_ node: Node, _ shape: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "gives a tensor of the impossible shape \(shape)")
  }
}
