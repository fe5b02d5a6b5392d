internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// A forest is walked by a block of rows at a time, tree after tree, so that the nodes of a tree are in a cache for all of them. A walk waits for
/// memory at every node, hence some go side by side: those of several rows in one tree, or of one row in several trees where rows are few. They
/// end when all are at leaves; a leaf leads to itself. The leaves of a row are combined in the order of the trees, whatever runs beside.
///
/// In trees with long paths a row goes by itself, by branches that the processor predicts: it need not wait for a comparison to read what is next.
struct ForestEmitter: TileEmitter {
  let loops: TileLoops
  let op: ForestOp

  /// The walks that go side by side: more than that have no registers, and fewer leave the processor waiting.
  static let walksAtOnce = 16
  /// Bytes of records, or of the rows of a block, that stay in a second-level cache.
  static let cacheByteCount = 256 << 10

  /// A walk: the numbers of its tree's first record and of its row's first feature.
  private struct Walk {
    let root: Value
    let row: LaneIndex
  }

  /// Some rows of a piece.
  private struct RowBlock {
    let first: Value
    let end: Value
    /// The trees of the piece.
    let trees: (first: Value, end: Value)
    /// The number of the piece's first row among the rows of all pieces.
    let pieceStart: Value
  }

  /// Emits the loop over this workgroup's share of pieces and blocks of rows.
  func emit() throws(Diagnostic) {
    let dimensions = nest.dimensionOfLoop[0], shape = kernel.memory[op.result]!.shape, trees = op.trees.type.shape[0]
    try loops.emitShare(of: configuration.order) { starts, _ throws(Diagnostic) in
      let piece = dimensions[0].flatMap { starts[$0]?.base(b) } ?? b.index(0),
        first = dimensions[1].flatMap { starts[$0]?.base(b) } ?? b.index(0)
      let rows = shape[1].value(b), step = dimensions[1].map { configuration.tile[$0, default: 1] } ?? 1
      func tree(_ piece: Value) -> Value { b.binary("arith.divui", b.times(piece, b.index(trees)), shape[0].value(b)) }
      let block = RowBlock(
        first: first, end: b.binary("arith.minui", b.plus(first, b.index(step)), rows),
        trees: (tree(piece), tree(b.plus(piece, b.index(1)))), pieceStart: b.times(piece, rows))
      try clear(block)
      if op.form.layout == .paths { try walkAlone(block) } else { try walkTogether(block) }
    }
  }

  // MARK: blocks

  /// Sets the results of a block to what no weight changes.
  private func clear(_ block: RowBlock) throws(Diagnostic) {
    let result = kernel.memory[op.result]!, count = result.shape[2].value(b)
    let neutral: Double = [.sum: 0, .minimum: .infinity, .maximum: -.infinity][op.form.aggregate]!
    func place(_ row: Value) -> Value { b.times(b.plus(block.pieceStart, row), count) }
    _ = try kernel.loop(.value(place(block.first)), .value(place(block.end)), step: 1) { i, _ throws(Diagnostic) in
      kernel.store(.uniform(b.scalar(neutral, result.element)), to: kernel.flat(result), at: [.affine(i)])
      return []
    }
  }

  /// Emits the walks of a block side by side: whole groups of rows through each tree, then each row that is left through groups of trees.
  private func walkTogether(_ block: RowBlock) throws(Diagnostic) {
    let group = Self.walksAtOnce
    func whole(_ first: Value, _ end: Value) -> Value {
      b.minus(end, b.binary("arith.remui", b.minus(end, first), b.index(group)))
    }
    func walk(_ pairs: [(tree: Value, row: Value)], _ walks: [Walk]) throws(Diagnostic) {
      let leaves = try walkPairs(walks)
      for (i, pair) in pairs.enumerated() { try combine(block, pair.row, tree: pair.tree, leaves[i], walks[i]) }
    }
    let wholeRows = whole(block.first, block.end), wholeTrees = whole(block.trees.first, block.trees.end)
    try each(block.trees.first, block.trees.end) { tree throws(Diagnostic) in
      let root = loadRoot(tree)
      try each(block.first, wholeRows, step: group) { row throws(Diagnostic) in
        let start = b.times(row, featureCount.value(b))
        let walks = (0..<group).map { i -> Walk in
          switch featureCount {
          case .constant(let width): Walk(root: root, row: LaneIndex(dynamic: start, constant: i * width))
          case .value(let width): Walk(root: root, row: LaneIndex(dynamic: b.plus(start, b.times(width, b.index(i)))))
          }
        }
        try walk((0..<group).map { (tree, b.plus(row, b.index($0))) }, walks)
      }
    }
    try each(wholeRows, block.end) { row throws(Diagnostic) in
      let start = LaneIndex(dynamic: b.times(row, featureCount.value(b)))
      func trees(_ first: Value, _ count: Int) throws(Diagnostic) {
        let numbers = (0..<count).map { b.plus(first, b.index($0)) }
        try walk(numbers.map { ($0, row) }, numbers.map { Walk(root: loadRoot($0), row: start) })
      }
      try each(block.trees.first, wholeTrees, step: group) { first throws(Diagnostic) in try trees(first, group) }
      try each(wholeTrees, block.trees.end) { first throws(Diagnostic) in try trees(first, 1) }
    }
  }

  /// Emits the walks of a block one by one.
  private func walkAlone(_ block: RowBlock) throws(Diagnostic) {
    try each(block.trees.first, block.trees.end) { tree throws(Diagnostic) in
      let root = loadRoot(tree)
      try each(block.first, block.end) { row throws(Diagnostic) in
        let walk = Walk(root: root, row: LaneIndex(dynamic: b.times(row, featureCount.value(b))))
        try combine(block, row, tree: tree, try walkPath(walk), walk)
      }
    }
  }

  private func each(_ first: Value, _ end: Value, step: Int = 1, _ body: (Value) throws(Diagnostic) -> Void) throws(Diagnostic) {
    _ = try kernel.loop(.value(first), .value(end), step: step) { i, _ throws(Diagnostic) in
      try body(i.base(b))
      return []
    }
  }

  // MARK: walks

  /// Emits walks side by side; returns the records of their leaves.
  private func walkPairs(_ walks: [Walk]) throws(Diagnostic) -> [Value] {
    let type = op.records.type.element
    return try kernel.repeatWhile(walks.map { _ in b.scalar(0, type) }) { places throws(Diagnostic) in
      var links: Value?
      let next = zip(walks, places).map { walk, place -> Value in
        let link = loadLink(walk, place)
        links = links.map { b.binary("arith.ori", $0, link) } ?? link
        let passes = b.value("arith.extui", [compare(walk, place, link)], type: type)
        return b.plus(b.shifted(link, op.form.recordShift), b.and(passes, link))
      }
      return (bit(links!, 0), next)
    }
  }

  /// Emits a walk by branches; returns the record of its leaf.
  private func walkPath(_ walk: Walk) throws(Diagnostic) -> Value {
    let type = op.records.type.element
    return try kernel.repeatWhile([b.scalar(0, type)]) { start throws(Diagnostic) in
      let place = try kernel.loopWhile(start) { place in
        let link = loadLink(walk, place[0])
        let goesOn = b.binary("arith.xori", compare(walk, place[0], link), bit(link, 1))
        return b.and(goesOn, bit(link, 0))
      } body: { place throws(Diagnostic) in
        [b.plus(place[0], b.scalar(1, type))]
      }
      let link = loadLink(walk, place[0]), isNode = bit(link, 0)
      return (isNode, [b.select(isNode, b.shifted(link, op.form.recordShift), place[0])])
    }[0]
  }

  /// Whether a row passes the comparison of the record `place`.
  private func compare(_ walk: Walk, _ place: Value, _ link: Value) -> Value {
    let form = op.form
    var feature = walk.row
    if form.featureBits > 0 {
      let mask = b.constant(.integer(1 << form.featureBits - 1, link.type))
      feature = feature.adding(LaneIndex(dynamic: toIndex(b.and(b.shifted(link, form.featureShift), mask))), b)
    }
    let value = element(op.features, feature), limit = threshold(walk, place)
    var passes = b.compareFloats(.lessOrEqual, value, limit)
    if form.hasEquals { passes = b.select(bit(link, form.equalsBit), b.compareFloats(.equal, value, limit), passes) }
    if form.hasMissing {
      passes = b.binary("arith.ori", passes, b.and(b.compareFloats(.unordered, value, limit), bit(link, form.missingBit)))
    }
    return passes
  }

  // MARK: leaves

  /// Combines the weights of a leaf into the results of a row.
  private func combine(_ block: RowBlock, _ row: Value, tree: Value, _ leaf: Value, _ walk: Walk) throws(Diagnostic) {
    let result = kernel.flat(kernel.memory[op.result]!), count = op.result.type.shape[2]
    let start = b.times(b.plus(block.pieceStart, row), b.index(count))
    func add(_ weight: BodyValue, at place: LaneIndex) {
      let old = kernel.load(result, at: [.affine(place)], mask: nil)
      let name = ["arith.addf", "arith.minimumf", "arith.maximumf"][op.form.aggregate.rawValue]
      let (x, y) = place.isUniform ? (kernel.scalar(old), kernel.scalar(weight)) : (kernel.lanes(old), kernel.lanes(weight))
      let combined = b.binary(name, x, y)
      kernel.store(place.isUniform ? .uniform(combined) : .lanes(combined), to: result, at: [.affine(place)])
    }
    switch op.form.leaves {
    case .weights:
      let target = count == 1 ? nil : b.asIndex(element(op.trees, LaneIndex(dynamic: b.times(tree, b.index(2)), constant: 1)))
      add(.uniform(threshold(walk, leaf)), at: LaneIndex(dynamic: target.map { b.plus(start, $0) } ?? start))
    case .rows:
      let from = b.times(toIndex(word(walk, leaf)), b.index(count))
      func vector(_ j: LaneIndex) {
        var j = j
        j.stride = configuration.lane == nil ? 0 : 1
        let weights = kernel.memory[op.weights].map {
          kernel.load(kernel.flat($0), at: [.affine(LaneIndex(dynamic: from).adding(j, b))], mask: nil)
        }
        add(weights ?? kernel.same(op.weights), at: LaneIndex(dynamic: start).adding(j, b))
      }
      guard let lane = configuration.lane else { return vector(.constant(0)) }
      try loops.split(lane, .constant(count)) { j, _ throws(Diagnostic) in vector(j) }
    case .lists:
      try kernel.repeatWhile([toIndex(word(walk, leaf))]) { entry throws(Diagnostic) in
        let place = LaneIndex(dynamic: entry[0]), link = element(op.targets, place)
        add(.uniform(element(op.weights, place)), at: LaneIndex(dynamic: b.plus(start, toIndex(b.shifted(link, 1)))))
        return (bit(link, 0), [b.plus(entry[0], b.index(1))])
      }
    }
  }

  // MARK: records

  /// The number of features of a row.
  private var featureCount: Bound { nest.dimensionOfLoop[0][3].map { sizes[$0] } ?? .constant(1) }

  /// The number of the first record of tree `tree`.
  private func loadRoot(_ tree: Value) -> Value {
    b.asIndex(element(op.trees, LaneIndex(dynamic: b.times(tree, b.index(2)))))
  }

  private func threshold(_ walk: Walk, _ place: Value) -> Value {
    b.value("arith.bitcast", [word(walk, place)], type: op.features.type.element)
  }
  private func word(_ walk: Walk, _ place: Value) -> Value { record(walk, place, 0) }
  private func loadLink(_ walk: Walk, _ place: Value) -> Value { record(walk, place, 1) }

  /// Word `part` of record `place` of a tree.
  private func record(_ walk: Walk, _ place: Value, _ part: Int) -> Value {
    element(op.records, LaneIndex(dynamic: b.times(b.plus(walk.root, toIndex(place)), b.index(2)), constant: part))
  }

  /// Element `place` of all elements of `tensor`, which may be the same everywhere.
  private func element(_ tensor: Value, _ place: LaneIndex) -> Value {
    kernel.scalar(kernel.memory[tensor].map { kernel.load(kernel.flat($0), at: [.affine(place)], mask: nil) } ?? kernel.same(tensor))
  }

  private func bit(_ link: Value, _ number: Int) -> Value {
    b.value("arith.trunci", [b.shifted(link, number)], type: .i1(context))
  }

  private func toIndex(_ number: Value) -> Value { b.value("arith.index_castui", [number], type: .index(context)) }
}
