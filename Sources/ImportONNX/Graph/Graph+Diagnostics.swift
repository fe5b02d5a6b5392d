import Diagnostics
import MLIR

extension Diagnostic {
  static func missingInput(_ node: Node, _ i: Int) -> Diagnostic {
    Diagnostic(.invalidInput, "the \(node.proto.operation) node '\(node.label)' lacks its input \(i)", location: node.label)
  }

  static func wrongRank(_ node: Node, _ tensor: Tensor, expected: ClosedRange<Int>) -> Diagnostic {
    let ranks = expected.count == 1 ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)"
    return Diagnostic(
      .invalidInput,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)' of rank \(tensor.rank): expected rank \(ranks)",
      location: node.label)
  }

  static func wrongType(_ node: Node, _ tensor: Tensor, expected: String) -> Diagnostic {
    Diagnostic(
      .invalidInput,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)' of type \(tensor.elementType.name): expected \(expected)",
      location: node.label)
  }

  static func smallType(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    Diagnostic(
      .unsupported,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)' of type \(tensor.elementType.name), which is only moved, cast, quantized and dequantized",
      location: node.label)
  }

  static func stringOperand(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    Diagnostic(
      .unsupported,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)' of type string, which is not supported for this operator",
      location: node.label)
  }

  static func openRank(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    Diagnostic(
      .unsupported,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)', a scalar or a vector of one element as an If decides when the model runs",
      location: node.label, help: "give both branches of the If the same rank")
  }

  static func openRankResult(_ name: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the output '\(name)' is a scalar or a vector of one element as an If decides when the model runs",
      help: "give both branches of the If the same rank")
  }

  static func unsupportedPattern(_ node: Node, _ pattern: String, _ reason: String) -> Diagnostic {
    let shown = pattern.count > 60 ? pattern.prefix(57) + "..." : pattern[...]
    return Diagnostic(
      .unsupported, "the \(node.proto.operation) node '\(node.label)' has the pattern '\(shown)': \(reason)", location: node.label,
      help: "patterns have the syntax of RE2, but for Unicode's scripts")
  }

  static func differentTypes(_ node: Node, _ a: Tensor, _ b: Tensor) -> Diagnostic {
    Diagnostic(
      .invalidInput,
      "the \(node.proto.operation) node '\(node.label)' takes '\(a.name)' of type \(a.elementType.name) and '\(b.name)' of type \(b.elementType.name): expected one type",
      location: node.label)
  }

  static func wrongShape(_ node: Node, _ tensor: Tensor, _ expected: String) -> Diagnostic {
    Diagnostic(
      .invalidInput,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)' as \(tensor.description): expected \(expected)",
      location: node.label)
  }

  static func shapesDisagree(_ node: Node, _ a: Tensor, _ b: Tensor, _ reason: String) -> Diagnostic {
    Diagnostic(
      .invalidInput,
      "the \(node.proto.operation) node '\(node.label)' takes '\(a.name)' as \(a.description) and '\(b.name)' as \(b.description): \(reason)",
      location: node.label)
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
    Diagnostic(
      .invalidInput, "the \(node.proto.operation) node '\(node.label)' has the axis \(axis), but its tensor has rank \(rank)",
      location: node.label)
  }

  static func invalidAttribute(_ node: Node, _ name: String, _ value: String, expected: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the \(node.proto.operation) node '\(node.label)' has \(name) = \(value): expected \(expected)", location: node.label)
  }

  static func unsupportedAttribute(_ node: Node, _ name: String, _ value: String, supported: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the \(node.proto.operation) node '\(node.label)' has \(name) = \(value), which is not supported", location: node.label,
      notes: ["supported: \(supported)"])
  }

  static func unsupportedForm(_ node: Node, _ what: String) -> Diagnostic {
    Diagnostic(.unsupported, "the \(node.proto.operation) node '\(node.label)' \(what), which is not supported", location: node.label)
  }

  static func mustBeConstant(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    Diagnostic(
      .unsupported, "the \(node.proto.operation) node '\(node.label)' needs a constant '\(tensor.name)', but the model computes it",
      location: node.label)
  }

  static func notAShape(_ node: Node, _ tensor: Tensor) -> Diagnostic {
    Diagnostic(
      .invalidInput,
      "the \(node.proto.operation) node '\(node.label)' takes '\(tensor.name)' as \(tensor.description): expected a list of at most \(Tensor.hostElementLimit) integers",
      location: node.label)
  }

  static func impossibleShape(_ node: Node, _ shape: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the \(node.proto.operation) node '\(node.label)' gives a tensor of the impossible shape \(shape)",
      location: node.label)
  }
}
