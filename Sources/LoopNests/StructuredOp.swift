import TesseraDialects
public import TesseraMLIR

/// A view of a `linalg.generic` on tensors, or of an operation of the same form that works on rows as wholes.
///
///     %r = linalg.generic {indexing_maps = [...], iterator_types = [...]} ins(...) outs(...) { ^bb0(...): ... linalg.yield ... }
public struct StructuredOp: Hashable {
  public let operation: Operation
  /// The number of inputs; the operands after them are the outputs (initial values).
  public let inputCount: Int
  /// One map an operand, from loops to the operand's indices.
  public let maps: [AffineMap]
  /// The kind of each loop.
  public let iterators: [IteratorKind]

  /// Creates a view of `operation`; `nil` unless it is a `linalg.generic` on ranked tensors, or of the dialect `rows`.
  public init?(_ operation: Operation) {
    guard operation.isStructured, operation.resultCount == operation.operandCount - Self.inputCount(operation),
      let maps = operation.attribute("indexing_maps")?.arrayValue?.compactMap(\.affineMapValue),
      let iterators = operation.attribute("iterator_types")?.iteratorKinds
    else { return nil }
    self.operation = operation
    inputCount = Self.inputCount(operation)
    self.maps = maps
    self.iterators = iterators
  }

  private static func inputCount(_ operation: Operation) -> Int {
    operation.attribute("operandSegmentSizes")?.denseIntegers?.first ?? operation.operandCount - operation.resultCount
  }

  public static func == (a: Self, b: Self) -> Bool { a.operation == b.operation }
  public func hash(into hasher: inout Hasher) { hasher.combine(operation) }

  public var loopCount: Int { iterators.count }
  public var inputs: [Value] { (0..<inputCount).map(operation.operand) }
  public var outputs: [Value] { (inputCount..<operation.operandCount).map(operation.operand) }
  public var outputMaps: [AffineMap] { Array(maps[inputCount...]) }
  /// `true` iff the operation works on rows as wholes: it can be no part of a loop nest with others.
  public var worksOnRows: Bool { operation.name != "linalg.generic" }
  public var hasReduction: Bool { iterators.contains(.reduction) }
  /// The body; its arguments are the elements of the operands. What works on rows as wholes has none.
  public var body: Block { operation.body()! }

  /// `true` iff the body computes mathematical functions, which take long beside a load.
  public var callsMath: Bool { operation.descendants.contains { $0.name.hasPrefix("math.") } }

  /// `true` iff the body works on one element at a time: it has complex numbers, or loops whose turns differ from element to element.
  public var computesElementByElement: Bool {
    func isComplex(_ value: Value) -> Bool { (value.type.isTensor ? value.type.element : value.type).isComplex }
    return (operation.operands + operation.results).contains(where: isComplex)
      || operation.descendants.contains {
        ["scf.for", "scf.while"].contains($0.name) || $0.operands.contains(where: isComplex) || $0.results.contains(where: isComplex)
      }
  }

  /// Values defined outside the body that operations in it use, without repetition.
  public var captures: [Value] {
    if worksOnRows { return [] }
    var seen = Set<Value>()
    var list: [Value] = []
    let body = body
    for op in operation.descendants {
      for operand in op.operands where !isLocal(operand, body) && seen.insert(operand).inserted { list.append(operand) }
    }
    return list
  }

  /// `true` iff `value` is made in `body`, or in a region of an operation in it.
  private func isLocal(_ value: Value, _ body: Block) -> Bool {
    guard let block = value.block else { return false }
    return block == body || block.parent?.isInside([operation]) == true
  }

  /// The static size of each loop, `nil` where it is dynamic: the size of any operand's dimension that the loop indexes directly.
  public var staticLoopSizes: [Int?] {
    var sizes = [Int?](repeating: nil, count: loopCount)
    for (operand, map) in zip(operation.operands, maps) where operand.type.isShaped {
      let shape = operand.type.shape
      for (axis, expression) in map.results.enumerated() where shape[axis] != Type.dynamic {
        if let d = expression.asDimension { sizes[d] = shape[axis] }
      }
    }
    return sizes
  }

  /// `true` iff the operation costs nothing to repeat: it reads no tensor and reduces nothing (fills, ranges).
  public var isFree: Bool {
    !hasReduction && inputs.allSatisfy { !$0.type.isTensor } && captures.allSatisfy { !$0.type.isTensor }
      && (0..<outputs.count).allSatisfy { !readsOutput($0) }
  }

  /// `true` iff the body uses the value that output `i` has before.
  public func readsOutput(_ i: Int) -> Bool { body.arguments[inputCount + i].hasUses }

  /// `true` iff some parallel loop does not index every tensor input, so that elements are used again: matrix products and convolutions.
  public var reusesInputs: Bool {
    guard hasReduction, !worksOnRows else { return false }
    let tensors = (0..<inputCount).filter { operation.operand($0).type.isTensor && maps[$0].results.contains { $0.asConstant == nil } }
    guard tensors.count >= 2 else { return false }
    let sizes = staticLoopSizes
    let parallel = (0..<loopCount).filter { iterators[$0] == .parallel && sizes[$0] != 1 }
    let full = tensors.filter { t in parallel.allSatisfy { d in maps[t].results.contains { $0.uses(dimension: d) } } }
    return full.count < tensors.count
      && parallel.contains { d in !tensors.allSatisfy { t in maps[t].results.contains { $0.uses(dimension: d) } } }
      && tensors.allSatisfy { t in
        (0..<loopCount).contains { d in iterators[d] == .reduction && maps[t].results.contains { $0.uses(dimension: d) } }
      }
  }

  /// `true` iff an operand is read at sums of loops (`o * stride + k`): convolutions and pooling.
  public var readsWindows: Bool {
    maps[..<inputCount].contains { map in
      map.results.contains { expression in
        guard expression.asDimension == nil, expression.asConstant == nil else { return false }
        return (0..<loopCount).filter { expression.uses(dimension: $0) }.count > 1
      }
    }
  }
}
