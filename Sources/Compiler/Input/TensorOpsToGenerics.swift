import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Rewrites operations that move tensor elements as structured operations over their result.
///
/// Before: %r = tensor.extract_slice %x[%o, 0] [%n, 8] [1, 1] : tensor<?x16xf32> to tensor<?x8xf32>
/// After:  %r = linalg.generic ... outs(%empty) { %i = linalg.index 0 ... %e = tensor.extract %x[...] linalg.yield %e }
///
/// Requires: nothing.
/// Ensures: none of the operations in `names` remains in host functions; reshapes are collapses and expansions.
struct TensorOpsToGenerics {
  let module: Module
  var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// `true` iff there was something to rewrite.
  func run() -> Bool {
    var isChanged = false
    // Executables that a dispatch file holds are as dispatch creation made them.
    for function in module.hostFunctions {
      // Those in the region of another first: it goes away with the other.
      for op in function.descendants.filter({ Self.names.contains($0.name) }).reversed() {
        isChanged = true
        switch op.name {
        case "tensor.extract_slice": rewriteExtractSlice(op)
        case "tensor.insert_slice": rewriteInsertSlice(op)
        case "tensor.pad": rewritePad(op)
        case "tensor.concat": rewriteConcat(op)
        case "tensor.splat": rewriteSplat(op)
        case "linalg.pack": rewritePack(op)
        case "tensor.insert": rewriteInsert(op)
        case "tensor.gather": rewriteGather(op)
        case "tensor.scatter": rewriteScatter(op)
        case "tensor.reshape": rewriteReshape(op)
        case "linalg.unpack": rewriteUnpack(op)
        default: rewriteGenerate(op)
        }
      }
    }
    return isChanged
  }

  private static let names: Set<String> = [
    "tensor.extract_slice", "tensor.insert_slice", "tensor.pad", "tensor.concat", "tensor.splat", "tensor.generate", "linalg.pack",
    "linalg.unpack", "tensor.insert", "tensor.gather", "tensor.scatter", "tensor.reshape",
  ]

  /// Replaces `op` by a generic over its result whose elements `body` computes from the loop indices.
  func replace(_ op: Operation, sizes: (Builder) -> [Value], _ body: (Builder, [Value]) -> Value) {
    let b = Builder(context, before: op)
    let type = op.result(0).type
    let empty = b.empty(.tensor(type.shape, type.element), sizes(b))
    let rank = type.rank
    let generic = b.generic(
      inputs: [], outputs: [empty], maps: [.identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { inner, _ in
      [body(inner, (0..<rank).map { inner.position($0) })]
    }
    op.result(0).replaceAllUses(with: generic.result(0))
    op.erase()
  }

  /// Reads an element; one of a tensor of equal elements is that element.
  func extract(_ tensor: Value, _ indices: [Value], _ b: Builder) -> Value { sameElement(tensor, b) ?? b.element(tensor, indices) }

  /// The element of a tensor whose elements are all the same value (a splat or a fill), else `nil`.
  private func sameElement(_ tensor: Value, _ b: Builder) -> Value? {
    guard let source = tensor.definingOperation else { return nil }
    if source.name == "tensor.splat" || source.name == "linalg.fill" { return source.operand(0) }
    if source.name == "arith.constant" { return source.attribute("value")?.splatValue.map { b.constant($0) } }
    guard let op = StructuredOp(source), op.isFree, let element = op.body.terminator?.operand(tensor.number) else { return nil }
    guard element.definingOperation == nil, element.owningBlock == op.body, element.number < op.inputCount else { return nil }
    return source.operand(element.number)
  }

  /// Makes the program check that two sizes are the same, where that is not known.
  func requireEqual(_ x: Value, _ y: Value, _ op: Operation, _ what: String, _ b: Builder) {
    if x != y { b.require(b.compare(.equal, x, y), of: op, what) }
  }

  /// The sizes of `tensor` that are not known.
  func sizes(of tensor: Value, _ b: Builder) -> [Value] {
    let dimensions = DimensionValues(context: context), shape = tensor.type.shape
    return shape.indices.filter { shape[$0] == Type.dynamic }.map { dimensions.size(of: tensor, $0, b) }
  }

  /// The size of a tensor that the operation reads.
  private func size(_ tensor: Value, _ axis: Int, _ b: Builder) -> Value {
    let size = tensor.type.shape[axis]
    return size == Type.dynamic ? b.dimension(tensor, axis) : b.index(size)
  }

  // MARK: operations

  private func rewritePad(_ op: Operation) {
    let source = op.operand(0)
    let low = MixedNumber.all(op, "low", segment: 1), high = MixedNumber.all(op, "high", segment: 2)
    guard let block = op.body(), let yielded = block.terminator?.operand(0) else { return }
    let type = op.result(0).type
    replace(op) { b in
      type.shape.indices.filter { type.shape[$0] == Type.dynamic }.map {
        high[$0].added(to: low[$0].added(to: b.dimension(source, $0), b), b)
      }
    } _: { b, loops in
      b.padded(at: loops, type: type.element) {
        low[$0].isZero ? nil : low[$0].value(b)
      } size: {
        high[$0].isZero ? nil : size(source, $0, b)
      } inside: { inner, indices in
        extract(source, indices, inner)
      } border: { inner in
        copyOut(block, yielded, loops, inner)
      }
    }
  }

  /// Copies the computation of a padding value, whose block has the indices as arguments.
  private func copyOut(_ block: Block, _ yielded: Value, _ loops: [Value], _ b: Builder) -> Value {
    var map = Dictionary(uniqueKeysWithValues: zip(block.arguments, loops))
    for op in block.operations.dropLast() { b.copy(op, &map) }
    return map[yielded] ?? yielded
  }

  private func rewriteSplat(_ op: Operation) {
    let element = op.operand(0), sizes = Array(op.operands.dropFirst())
    replace(op) { _ in
      sizes
    } _: { _, _ in
      element
    }
  }

  private func rewriteGenerate(_ op: Operation) {
    guard let block = op.body(), let yielded = block.terminator?.operand(0) else { return }
    let sizes = op.operands
    replace(op) { _ in
      sizes
    } _: { b, loops in
      copyOut(block, yielded, loops, b)
    }
  }

  private func rewriteReshape(_ op: Operation) {
    let b = Builder(context, before: op)
    let source = op.operand(0), shape = op.operand(1), type = op.result(0).type
    var count = b.index(1), known = b.index(1)
    for axis in 0..<source.type.rank { known = b.times(known, DimensionValues(context: context).size(of: source, axis, b)) }
    let sizes = (0..<type.rank).map { axis -> Value in
      let element = b.element(shape, [b.index(axis)])
      let size = element.type.isIndex ? element : b.asIndex(element)
      count = b.times(count, size)
      b.require(b.compare(.greaterOrEqual, size, b.index(0)), of: op, "the size of dimension \(axis) must not be negative")
      if type.shape[axis] != Type.dynamic {
        requireEqual(size, b.index(type.shape[axis]), op, "dimension \(axis) must be as large as its type says", b)
      }
      return size
    }
    if !source.type.hasStaticShape || !type.hasStaticShape {
      requireEqual(known, count, op, "the new shape must have as many elements as the tensor", b)
    }
    let open = sizes.indices.filter { type.shape[$0] == Type.dynamic }.map { sizes[$0] }
    op.result(0).replaceAllUses(with: b.reshaped(source, to: type, open))
    op.erase()
  }

  private func rewriteConcat(_ op: Operation) {
    let axis = op.attribute("dim")!.integerValue!
    let parts = op.operands
    let shape = op.result(0).type.shape
    let before = Builder(context, before: op), dimensions = DimensionValues(context: context)
    for other in shape.indices where other != axis && parts.contains(where: { $0.type.shape[other] == Type.dynamic }) {
      let first = dimensions.size(of: parts[0], other, before)
      for (i, part) in parts.enumerated().dropFirst() {
        let what = "dimension \(other) of operand \(i) must be as large as that of operand 0"
        requireEqual(first, dimensions.size(of: part, other, before), op, what, before)
      }
    }
    // Where each part ends.
    var ends: [Value] = []
    replace(op) { b in
      for part in parts { ends.append(ends.last.map { b.plus($0, size(part, axis, b)) } ?? size(part, axis, b)) }
      return shape.indices.filter { shape[$0] == Type.dynamic }.map { $0 == axis ? ends.last! : b.dimension(parts[0], $0) }
    } _: { b, loops in
      func pick(_ i: Int, _ b: Builder) -> Value {
        func read(_ b: Builder) -> Value {
          var indices = loops
          if i > 0 { indices[axis] = b.minus(loops[axis], ends[i - 1]) }
          return extract(parts[i], indices, b)
        }
        if i == parts.count - 1 { return read(b) }
        return b.conditional(b.compare(.less, loops[axis], ends[i]), type: parts[i].type.element, then: read) { pick(i + 1, $0) }
      }
      return pick(0, b)
    }
  }
}
