import TesseraDiagnostics
import TesseraGraphs

/// The one branch of an `If` that is compiled, where a question about sizes decides between tensors of different ranks.
///
/// PyTorch's exporter writes `squeeze(dim)` of a size that it does not know as an `If`: the tensor without the dimension where its size is 1,
/// else the tensor as it is. A tensor has one rank here, so the rank that the model declares is taken, or that of the squeezed tensor, and the
/// call checks that the sizes are so. A size that is fixed when the model is compiled settles the question.
struct BranchChoice {
  /// `true` iff it is the `then` branch.
  let holds: Bool
  private let label: String
  private let ranks: [Int]

  /// Chooses by the results of both branches; `nil` unless the condition is computed from sizes, the ranks differ, and one is to be preferred.
  init?(_ node: Node, _ condition: GraphTensor, _ results: [[GraphTensor]]) {
    guard condition.host != nil, let first = results[0].indices.first(where: { Self.differ(results[0][$0], results[1][$0]) }) else {
      return nil
    }
    let fits = results.map { side in
      zip(node.proto.outputs, side).allSatisfy { name, tensor in node.walker.declaredRank(name).map { $0 == tensor.rank } ?? true }
    }
    let sums = results.map { $0.reduce(0) { $0 + $1.rank } }
    guard fits[0] != fits[1] || sums[0] != sums[1] else { return nil }
    holds = fits[0] != fits[1] ? fits[0] : sums[0] < sums[1]
    label = node.label
    ranks = results.map { $0[first].rank }
  }

  /// `true` iff no tensor can stand for both.
  private static func differ(_ a: GraphTensor, _ b: GraphTensor) -> Bool {
    if a.isContainer || b.isContainer || a.rank == b.rank { return false }
    return ![a, b].allSatisfy { $0.shape.isEmpty || $0.shape == [.one] }
  }

  /// What a call says whose sizes lead to the other branch.
  var message: String {
    "'\(label)' gives a tensor of rank \(ranks[holds ? 1 : 0]) for these sizes: it was compiled for rank \(ranks[holds ? 0 : 1])"
  }

  /// What the user should know.
  var note: String {
    "the If node '\(label)' gives a tensor of rank \(ranks[0]) or \(ranks[1]), as sizes of the inputs decide: "
      + "rank \(ranks[holds ? 0 : 1]) is compiled, and a call with other sizes is an error; fix the sizes with --dim for the other rank"
  }
}
