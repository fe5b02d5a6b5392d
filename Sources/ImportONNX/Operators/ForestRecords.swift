import TesseraConstants
import TesseraDialects
import TesseraGraphs

/// The operands of a `rows.forest`: records, trees, and what leaves lead to.
///
/// All comparisons become `<=`, but for `==`: what is greater goes the other way, and what is less is at most the next number below. NaN goes where
/// it went before, by a bit of its own.
struct ForestRecords {
  let forest: Forest
  let aggregate: ForestAggregate
  let targetCount: Int
  private(set) var form: ForestOp.Form
  /// The type of thresholds and weights: f64 where the links of f32 have too few bits.
  private(set) var type: ElementType
  private(set) var trees: [Int] = []

  /// For each branch, its record in its tree, or the row or first entry of its weights.
  private var places: [Int32]
  private var rows: [Double] = []
  private var entries: (weights: [Double], links: [Int]) = ([], [])

  /// A comparison by `<=` or `==`.
  private struct Comparison {
    var isEqual = false
    var threshold: Double
    var missing: Bool
    var whenTrue: Int
    var whenFalse: Int

    init(_ branch: Forest.Branch, isSingle: Bool) {
      (threshold, missing) = (branch.threshold, branch.isTrueForMissing)
      (whenTrue, whenFalse) = (Int(branch.whenTrue), Int(branch.whenFalse))
      /// What a number below the threshold is at most; none is below the least, as nothing is at most NaN.
      func below(_ threshold: Double) -> Double {
        threshold == -.infinity ? .nan : isSingle ? Double(Float(threshold).nextDown) : threshold.nextDown
      }
      switch branch.mode {
      case .lessOrEqual: break
      case .less: threshold = below(threshold)
      case .greater, .greaterOrEqual:
        // Nothing is greater than NaN, as nothing is than infinity.
        threshold = threshold.isNaN ? .infinity : branch.mode == .greater ? threshold : below(threshold)
        turn(missing: !missing)
      case .equal: isEqual = true
      case .notEqual:
        isEqual = true
        turn(missing: false)
      }
      if threshold.isNaN, missing {
        // NaN only: all that is a number is at most infinity.
        (isEqual, threshold) = (false, .infinity)
        turn(missing: false)
      }
    }

    private mutating func turn(missing: Bool) {
      (whenTrue, whenFalse) = (whenFalse, whenTrue)
      self.missing = missing
    }
  }

  /// Chooses the form. Requires: the forest is measured.
  init(_ forest: Forest, _ aggregate: ForestAggregate, targetCount: Int) {
    self.forest = forest
    self.aggregate = aggregate
    self.targetCount = targetCount
    type = forest.type
    places = Array(repeating: -1, count: forest.branches.count)
    form = ForestOp.Form(aggregate: aggregate == .minimum ? .minimum : aggregate == .maximum ? .maximum : .sum)
    // By branches a step takes a third of the time that one of several walks side by side takes, a turn that nobody foresees that of ten.
    let leaves = forest.roots.reduce(0) { $0 + forest.leafCounts[$1] }
    if forest.depths > 8 * (forest.turns + leaves) { form.layout = .paths }
    for branch in forest.branches where !branch.isLeaf {
      let comparison = Comparison(branch, isSingle: forest.type != .f64)
      if comparison.isEqual { form.hasEquals = true }
      if comparison.missing { form.hasMissing = true }
    }
    // Rows where these are not much more than the weights that there are.
    let isFull = forest.leafCount * targetCount <= 3 * forest.weights.targets.count
    form.leaves = !forest.treeTargets.contains(-2) ? .weights : isFull ? .rows : .lists
    form.featureBits = Int.bitWidth - forest.greatestFeature.leadingZeroBitCount
    let greatest = 2 * (forest.nodeCounts.max() ?? 0)
    if form.recordShift + Int.bitWidth - greatest.leadingZeroBitCount > 32 { type = .f64 }
  }

  /// The operands after the features.
  mutating func operands() -> [GraphTensor] {
    let records =
      type == .f64 ? makeRecords(UInt64.self, .i64) { $0.bitPattern } : makeRecords(UInt32.self, .i32) { Float($0).bitPattern }
    let node = forest.node
    var list = [records, node.constant(trees, .i64, [trees.count / 2, 2])]
    switch form.leaves {
    case .weights: break
    case .rows: list.append(node.table(rows, [rows.count / targetCount, targetCount], type))
    case .lists:
      let count = entries.links.count
      list += [node.table(entries.weights, [count], type), node.constant(entries.links, .i64, [count])]
    }
    return list
  }

  /// The records of all trees, one tree after the other.
  private mutating func makeRecords<Word: FixedWidthInteger>(
    _: Word.Type, _ wordType: ElementType, bits: (Double) -> Word
  ) -> GraphTensor {
    var words: [Word] = []
    words.reserveCapacity(4 * (forest.nodeCounts.reduce(0, +) + forest.roots.count))
    for (tree, root) in forest.roots.enumerated() {
      let first = words.count / 2
      trees += [first, max(Int(forest.treeTargets[tree]), 0)]
      if form.layout == .pairs { addPairs(root, first, &words, bits) } else { addPaths(root, first, &words, bits) }
    }
    return forest.node.constant(words, wordType, [words.count / 2, 2])
  }

  /// Adds a tree whose children stand in pairs. A record that leads to one that is there already is a comparison with NaN, which is never true.
  private mutating func addPairs<Word: FixedWidthInteger>(
    _ root: Int, _ first: Int, _ words: inout [Word], _ bits: (Double) -> Word
  ) {
    var open = [(branch: root, place: 0)]
    words += [0, 0]
    while let (i, place) = open.popLast() {
      let word = 2 * (first + place)
      if forest.branches[i].isLeaf {
        (words[word], words[word + 1]) = (leafWord(i, bits), Word(place) << form.recordShift)
      } else if places[i] >= 0 {
        (words[word], words[word + 1]) = (bits(.nan), 1 | Word(places[i]) << form.recordShift)
      } else {
        places[i] = Int32(place)
        let comparison = Comparison(forest.branches[i], isSingle: forest.type != .f64), child = words.count / 2 - first
        words[word] = bits(comparison.threshold)
        words[word + 1] = link(comparison, i) | Word(child) << form.recordShift
        words += [0, 0, 0, 0]
        open.append((comparison.whenFalse, child))
        open.append((comparison.whenTrue, child + 1))
      }
    }
  }

  /// Adds a tree whose paths stand one after the other.
  private mutating func addPaths<Word: FixedWidthInteger>(
    _ root: Int, _ first: Int, _ words: inout [Word], _ bits: (Double) -> Word
  ) {
    var open = [(branch: root, parent: -1)]
    while let (start, parent) = open.popLast() {
      let isThere = !forest.branches[start].isLeaf && places[start] >= 0
      let place = isThere ? Int(places[start]) : words.count / 2 - first
      if parent >= 0 { words[2 * (first + parent) + 1] |= Word(place) << form.recordShift }
      if isThere { continue }
      var next = start
      while true {
        if forest.branches[next].isLeaf {
          words += [leafWord(next, bits), 0]
          break
        }
        if places[next] >= 0 {
          words += [bits(.nan), 1 | Word(places[next]) << form.recordShift]
          break
        }
        let own = words.count / 2 - first
        places[next] = Int32(own)
        let comparison = Comparison(forest.branches[next], isSingle: forest.type != .f64)
        let followsFalse = forest.leafCounts[comparison.whenFalse] > forest.leafCounts[comparison.whenTrue]
        words += [bits(comparison.threshold), link(comparison, next) | (followsFalse ? 2 : 0)]
        open.append((followsFalse ? comparison.whenTrue : comparison.whenFalse, own))
        next = followsFalse ? comparison.whenFalse : comparison.whenTrue
      }
    }
  }

  /// The link of a node, but for where it leads.
  private func link<Word: FixedWidthInteger>(_ comparison: Comparison, _ branch: Int) -> Word {
    1 | (comparison.missing ? 1 << form.missingBit : 0) | (comparison.isEqual ? 1 << form.equalsBit : 0)
      | Word(forest.branches[branch].feature) << form.featureShift
  }

  /// What the record of leaf `leaf` has in place of a threshold.
  private mutating func leafWord<Word: FixedWidthInteger>(_ leaf: Int, _ bits: (Double) -> Word) -> Word {
    let weights = forest.weights, own = weights.range(leaf)
    if form.leaves == .weights { return bits(own.first.map { weights.weights[$0] } ?? aggregate.neutral) }
    if places[leaf] < 0 {
      if form.leaves == .rows {
        places[leaf] = Int32(rows.count / targetCount)
        rows += repeatElement(aggregate.neutral, count: targetCount)
        for i in own { rows[rows.count - targetCount + Int(weights.targets[i])] = weights.weights[i] }
      } else {
        places[leaf] = Int32(entries.links.count)
        entries.weights += own.isEmpty ? [aggregate.neutral] : Array(weights.weights[own])
        entries.links += own.isEmpty ? [0] : own.map { 2 * Int(weights.targets[$0]) + ($0 + 1 < own.upperBound ? 1 : 0) }
      }
    }
    return Word(places[leaf])
  }
}

extension Node {
  /// A constant of integers of any type.
  fileprivate func constant<Element: FixedWidthInteger>(_ numbers: [Element], _ type: ElementType, _ shape: [Int]) -> GraphTensor {
    let tensor = GraphTensor(type, shape.map { IndexExpression($0) }, constant: .owned(numbers.withUnsafeBytes { Array($0) }))
    tensor.name = label + "/table"
    return tensor
  }
}
