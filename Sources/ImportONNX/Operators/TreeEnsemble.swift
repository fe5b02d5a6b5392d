import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `TreeEnsemble`, which has the trees of the older operators in fewer lists, of any float type, and tests of membership.
let lowerTreeEnsemble: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...2)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let aggregates: [ForestAggregate] = [.average, .sum, .minimum, .maximum]
  let transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]
  let aggregate = node.integer("aggregate_function", default: 1), transform = node.integer("post_transform", default: 0)
  guard aggregates.indices.contains(aggregate), transforms.indices.contains(transform) else {
    throw .invalidAttribute(node, "aggregate_function and post_transform", "\(aggregate) and \(transform)", expected: "0 to 3, and 0 to 4")
  }
  let rows = node.graph.reshape(x, to: x.rank == 1 ? [.one] + x.shape : x.shape)
  let count = node.integer("n_targets", default: 1)
  var forest = try Forest(ensemble: node, x.elementType.accumulator, targetCount: count, aggregates[aggregate])
  let scores = try forest.scores(node.graph.convert(rows, to: forest.type), count, aggregates[aggregate], base: [])
  return [node.graph.convert(try node.transformed(scores, transforms[transform]), to: x.elementType)]
}

extension Forest {
  /// The trees of a `TreeEnsemble`: first its nodes, then its leaves, then what tests of membership are taken apart into.
  fileprivate init(
    ensemble node: Node, _ type: ElementType, targetCount: Int, _ aggregate: ForestAggregate
  ) throws(Diagnostic) {
    let features = node.integers("nodes_featureids") ?? [], count = features.count
    let yes = node.integers("nodes_truenodeids") ?? [], no = node.integers("nodes_falsenodeids") ?? []
    let yesIsLeaf = node.integers("nodes_trueleafs") ?? [], noIsLeaf = node.integers("nodes_falseleafs") ?? []
    let missing = node.integers("nodes_missing_value_tracks_true") ?? []
    let splits = try node.numbers("nodes_splits"), modes = try node.numbers("nodes_modes"), members = try node.numbers("membership_values")
    let targets = node.integers("leaf_targetids") ?? [], weights = try node.numbers("leaf_weights")
    let roots = node.integers("tree_roots") ?? []
    guard count > 0, count + weights.count + members.count < 1 << 30, weights.count == targets.count, !roots.isEmpty,
      [yes.count, no.count, yesIsLeaf.count, noIsLeaf.count, splits.count, modes.count].allSatisfy({ $0 == count }),
      missing.isEmpty || missing.count == count
    else { throw .unsupportedForm(node, "does not list its nodes and leaves in lists of equal lengths") }
    if let wrong = roots.first(where: { !(0..<count).contains($0) }) {
      throw .invalidAttribute(node, "tree_roots", "\(wrong)", expected: "0 to \(count - 1)")
    }
    self.init(node, type) { $0 < count ? "node \($0)" : "a test for a member" }
    self.roots = roots
    branches.reserveCapacity(count + weights.count + members.count)
    func child(of i: Int, _ place: Int, _ isLeaf: Int) throws(Diagnostic) -> Int32 {
      guard (0..<(isLeaf != 0 ? weights.count : count)).contains(place) else {
        throw .wrongBranch(self, i, "leads to \(isLeaf != 0 ? "leaf" : "node") \(place): there is none")
      }
      return Int32(isLeaf != 0 ? count + place : place)
    }
    // The members of each test end with a NaN.
    var sets = members.split(omittingEmptySubsequences: false) { $0.isNaN }[...]
    var rest: [(branch: Int, values: ArraySlice<Double>)] = []
    for i in 0..<count {
      guard (0...6).contains(modes[i]) else { throw .invalidAttribute(node, "nodes_modes", "\(modes[i])", expected: "0 to 6") }
      var branch = Branch(
        feature: Int32(clamping: features[i]), isTrueForMissing: !missing.isEmpty && missing[i] != 0, threshold: splits[i],
        whenTrue: try child(of: i, yes[i], yesIsLeaf[i]), whenFalse: try child(of: i, no[i], noIsLeaf[i]))
      if let mode = Mode(rawValue: UInt8(modes[i])) {
        branch.mode = mode
      } else {
        guard sets.count > 1, let values = sets.popFirst() else {
          throw .invalidAttribute(
            node, "membership_values", "\(members.count) numbers", expected: "a list for each test, with a NaN at its end")
        }
        // No number equals NaN, as none is in an empty set.
        (branch.mode, branch.threshold) = (.equal, values.first ?? .nan)
        rest.append((i, values.dropFirst()))
      }
      branches.append(branch)
    }
    for _ in weights { branches.append(Branch()) }
    for (first, values) in rest {
      let origin = branches[first]
      var last = first
      for value in values {
        branches[last].whenFalse = Int32(branches.count)
        last = branches.count
        branches.append(
          Branch(feature: origin.feature, mode: .equal, threshold: value, whenTrue: origin.whenTrue, whenFalse: origin.whenFalse))
      }
    }
    try setWeights((0..<weights.count).map { Int32(count + $0) }, targets, weights, targetCount, aggregate)
  }
}

extension Node {
  /// The elements of the tensor attribute `name`; none if it is not given.
  func numbers(_ name: String) throws(Diagnostic) -> [Double] {
    guard let proto = tensor(name) else { return [] }
    let list = try walker.file.tensor(proto, name: "\(label)/\(name)")
    if let host = list.host?.known { return host.map { Double($0) } }
    guard let constant = list.constant, let count = list.knownCount else { throw .mustBeConstant(self, list) }
    return constant.withBytes { bytes in (0..<count).map { list.elementType.number(in: bytes, at: $0) } }
  }
}
