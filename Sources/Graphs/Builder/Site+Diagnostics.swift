import TesseraDiagnostics
import TesseraMLIR

extension Diagnostic {
  package static func wrongRank(_ site: some Site, _ tensor: GraphTensor, expected: ClosedRange<Int>) -> Diagnostic {
    let ranks = expected.count == 1 ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)"
    return site.diagnostic(.invalidInput, "takes '\(tensor.name)' of rank \(tensor.rank): expected rank \(ranks)")
  }

  package static func wrongType(_ site: some Site, _ tensor: GraphTensor, expected: String) -> Diagnostic {
    site.diagnostic(.invalidInput, "takes '\(tensor.name)' of type \(tensor.elementType.name): expected \(expected)")
  }

  package static func openRank(_ site: some Site, _ tensor: GraphTensor) -> Diagnostic {
    site.diagnostic(
      .unsupported, "takes '\(tensor.name)', a scalar or a vector of one element as a branch decides when the model runs",
      help: "give both branches the same rank")
  }

  package static func differentTypes(_ site: some Site, _ a: GraphTensor, _ b: GraphTensor) -> Diagnostic {
    site.diagnostic(
      .invalidInput, "takes '\(a.name)' of type \(a.elementType.name) and '\(b.name)' of type \(b.elementType.name): expected one type")
  }

  package static func wrongShape(_ site: some Site, _ tensor: GraphTensor, _ expected: String) -> Diagnostic {
    site.diagnostic(.invalidInput, "takes '\(tensor.name)' as \(tensor.description): expected \(expected)")
  }

  package static func shapesDisagree(_ site: some Site, _ a: GraphTensor, _ b: GraphTensor, _ reason: String) -> Diagnostic {
    site.diagnostic(.invalidInput, "takes '\(a.name)' as \(a.description) and '\(b.name)' as \(b.description): \(reason)")
  }

  package static func cannotBroadcast(_ tensors: [(name: String, type: String)], location: Location) -> Diagnostic {
    let node = location.sourceNames.first
    return Diagnostic(
      .invalidInput,
      "the node '\(node ?? "?")' takes \(tensors.map { "'\($0.name)' as \($0.type)" }.joined(separator: " and ")): these shapes do not broadcast",
      location: node)
  }

  package static func rowTooLong(_ count: Int, location: Location) -> Diagnostic {
    let node = location.sourceNames.first
    return Diagnostic(
      .unsupported, "the node '\(node ?? "?")' sorts rows of \(count) elements: they must have less than 2^32", location: node)
  }

  package static func axisOutOfRange(_ site: some Site, _ axis: Int, rank: Int) -> Diagnostic {
    site.diagnostic(.invalidInput, "has the axis \(axis), but its tensor has rank \(rank)")
  }

  package static func invalidAttribute(_ site: some Site, _ name: String, _ value: String, expected: String) -> Diagnostic {
    site.diagnostic(.invalidInput, "has \(name) = \(value): expected \(expected)")
  }

  package static func unsupportedAttribute(_ site: some Site, _ name: String, _ value: String, supported: String) -> Diagnostic {
    site.diagnostic(
      .unsupported, "has \(name) = \(value), which is not supported",
      notes: ["supported: \(supported)"])
  }

  package static func unsupportedForm(_ site: some Site, _ what: String) -> Diagnostic {
    site.diagnostic(.unsupported, "\(what), which is not supported")
  }

  package static func mustBeConstant(_ site: some Site, _ tensor: GraphTensor) -> Diagnostic {
    site.diagnostic(.unsupported, "needs a constant '\(tensor.name)', but the model computes it")
  }

  package static func elementOutOfRange(_ site: some Site, _ tensor: GraphTensor, _ element: Int, from low: Int, below high: Int)
    -> Diagnostic
  {
    site.diagnostic(.invalidInput, "takes '\(tensor.name)' with the element \(element): expected numbers from \(low) to \(high - 1)")
  }

  package static func notAShape(_ site: some Site, _ tensor: GraphTensor) -> Diagnostic {
    site.diagnostic(
      .invalidInput, "takes '\(tensor.name)' as \(tensor.description): expected a list of at most \(GraphTensor.hostElementLimit) integers")
  }

  package static func impossibleShape(_ site: some Site, _ shape: String) -> Diagnostic {
    site.diagnostic(.invalidInput, "gives a tensor of the impossible shape \(shape)")
  }
}

extension Diagnostic {
  package static func openList(_ site: some Site, _ list: GraphTensor) -> Diagnostic {
    site.diagnostic(
      .unsupported, "takes a list from '\(list.name)', whose length is not known",
      help: "declare the length of the list, or the shape of the result, with unnamed sizes where they are not known")
  }
}
