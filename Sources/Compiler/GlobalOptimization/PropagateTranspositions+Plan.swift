import TesseraLoopNests
import TesseraMLIR

/// The form of an operation, whose loops may run in any order, with its tensors in another layout.
///
/// Such are elementwise operations, broadcasts, reductions, and generics that fetch elements by index (padding, slices, concatenations,
/// resizing): everything but contractions, windows and transpositions themselves.
struct LayoutPlan {
  /// A tensor that the body reads element by element.
  struct Capture {
    let source: Value
    let extracts: [Operation]
    /// The loop that indexes each of the source's dimensions.
    let loops: [Int]
  }

  let view: StructuredOp
  /// The inputs that have one dimension for every loop, with the loop of each dimension. Others (broadcast, scalars) are read as they lie.
  let fullInputs: [Int: [Int]]
  let captures: [Capture]
  /// The loop of each output dimension.
  let outputLoops: [Int]

  /// Creates the plan of `view`; `nil` if its layout cannot change, or if it is a fill, which is made anew.
  init?(_ view: StructuredOp) {
    guard let outputLoops = view.outputMap.asDimensions, Set(outputLoops).count == outputLoops.count, view.transposition == nil,
      view.filledScalar == nil,
      view.maps.allSatisfy({ $0.results.allSatisfy { $0.asDimension != nil || $0.asConstant != nil } })
    else { return nil }
    var full: [Int: [Int]] = [:]
    for (i, input) in view.inputs.enumerated() where input.type.isTensor {
      if let loops = view.maps[i].asDimensions, view.maps[i].isPermutation { full[i] = loops }
    }
    // A reduction of one tensor, not a contraction of two.
    guard !view.iterators.contains(.reduction) || !full.isEmpty, let captures = Self.captures(view) else { return nil }
    self.view = view
    self.fullInputs = full
    self.captures = captures
    self.outputLoops = outputLoops
  }

  /// The tensors that the body extracts from, by source; `nil` if one of more than one dimension is indexed in a way that ties it to its layout.
  private static func captures(_ view: StructuredOp) -> [Capture]? {
    let inner = view.operation.descendants
    let extracts = inner.filter { $0.name == "tensor.extract" }
    if extracts.isEmpty { return [] }
    let own = Set(inner)
    var bySource: [Value: [(Operation, [Int])]] = [:]
    var order: [Value] = []
    for extract in extracts {
      let source = extract.operand(0)
      if source.type.rank <= 1 { continue }
      let loops = extract.operands.dropFirst().map { self.loops(of: $0, own) }
      let plain = withUnitLoops(loops, source.type.shape, view)
      guard plain.count == view.loopCount, source.type.rank == view.loopCount, Set(plain).count == plain.count else { return nil }
      if bySource[source] == nil { order.append(source) }
      bySource[source, default: []].append((extract, plain))
    }
    var captures: [Capture] = []
    for source in order {
      let uses = bySource[source]!
      guard uses.allSatisfy({ $0.1 == uses[0].1 }) else { return nil }
      captures.append(Capture(source: source, extracts: uses.map(\.0), loops: uses[0].1))
    }
    return captures
  }

  /// One loop for each index that depends on one. A constant index into a dimension of size 1 gets a loop of one iteration that no other has:
  /// canonicalization made it constant.
  private static func withUnitLoops(_ loops: [Set<Int>?], _ shape: [Int], _ view: StructuredOp) -> [Int] {
    var free: [Int] = []
    if let written = view.outputMap.asDimensions {
      for (axis, loop) in written.enumerated() where view.operation.result(0).type.shape[axis] == 1 && !loops.contains([loop]) {
        free.append(loop)
      }
    }
    return loops.enumerated().compactMap { axis, set in
      guard let set else { return nil }
      if set.count == 1 { return set.first }
      return set.isEmpty && shape[axis] == 1 && !free.isEmpty ? free.removeFirst() : nil
    }
  }

  /// The loops of which an index is a function; `nil` if it depends on data.
  private static func loops(of index: Value, _ own: Set<Operation>) -> Set<Int>? {
    guard let operation = index.definingOperation else { return index.owningBlock?.parent.map(own.contains) == false ? [] : nil }
    if !own.contains(operation) { return [] }
    if operation.name == "linalg.index" { return [operation.attribute("dim")!.integerValue!] }
    guard operation.name.hasPrefix("arith.") || operation.name.hasPrefix("math.") else { return nil }
    var all = Set<Int>()
    for operand in operation.operands {
      guard let loops = loops(of: operand, own) else { return nil }
      all.formUnion(loops)
    }
    return all
  }

  /// Every tensor whose layout follows that of the loops, with the loop of each of its dimensions.
  var relaidSources: [(value: Value, loops: [Int])] {
    var list = fullInputs.keys.sorted().map { (value: view.inputs[$0], loops: fullInputs[$0]!) }
    list += captures.map { (value: $0.source, loops: $0.loops) }
    if view.readsInitial, !view.hasUniformInitial {
      list.append((value: view.initial, loops: outputLoops))
    }
    return list
  }

  /// The order of loops that reads a tensor with these loops in the layout `layout` (dimension i of the layout is its dimension `layout[i]`).
  func loopOrder(_ loops: [Int], layout: [Int]) -> [Int]? { loops.count == view.loopCount ? layout.map { loops[$0] } : nil }
  /// The order of loops that writes the output in `outputLayout`; `nil` for reductions.
  func loopOrder(outputLayout: [Int]) -> [Int]? { loopOrder(outputLoops, layout: outputLayout) }
  /// The layout in which loops in this order visit a tensor with these loops.
  func layout(_ loops: [Int], order: [Int]) -> [Int] {
    let position = order.inverted
    return loops.indices.sorted { position[loops[$0]] < position[loops[$1]] }
  }
  func outputLayout(order: [Int]) -> [Int] { layout(outputLoops, order: order) }

  /// Rebuilds the operation with its loops in `order`; `relaid` gives a tensor in another layout. Returns the result in `outputLayout(order:)`.
  /// The old operation is left without a body: replace its uses and erase it.
  func rewritten(_ builder: Builder, order: [Int], relaid: (Value, [Int], Builder) -> Value) -> Value {
    var operands = view.inputs
    var permutations: [[Int]?] = Array(repeating: nil, count: view.maps.count)
    for (i, loops) in fullInputs {
      let layout = layout(loops, order: order)
      operands[i] = relaid(view.inputs[i], layout, builder)
      permutations[i] = layout
    }
    for capture in captures {
      let layout = layout(capture.loops, order: order)
      let source = relaid(capture.source, layout, builder)
      for extract in capture.extracts {
        let indices = Array(extract.operands.dropFirst())
        extract.setOperands([source] + layout.map { indices[$0] })
      }
    }
    let outputLayout = outputLayout(order: order)
    if !view.readsInitial || view.hasUniformInitial {
      operands.append(builder.transposedInitial(view.initial, outputLayout))
    } else {
      operands.append(relaid(view.initial, outputLayout, builder))
    }
    permutations[permutations.count - 1] = outputLayout
    return view.rebuilt(builder, order: order, operands: operands, permutations: permutations)
  }
}
