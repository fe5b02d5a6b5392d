import Dialects
import LoopNests
import MLIR

/// Rewrites operations that move tensor elements as structured operations over their result.
///
/// Before: %r = tensor.extract_slice %x[%o, 0] [%n, 8] [1, 1] : tensor<?x16xf32> to tensor<?x8xf32>
/// After:  %r = linalg.generic ... outs(%empty) { %i = linalg.index 0 ... %e = tensor.extract %x[...] linalg.yield %e }
///
/// Requires: nothing.
/// Ensures: no tensor.pad, tensor.extract_slice, tensor.insert_slice, tensor.concat, tensor.splat or tensor.generate remains
/// in host functions.
struct TensorOpsToGenerics {
  let module: Module
  private var context: Context { module.context }

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
        default: rewriteGenerate(op)
        }
      }
    }
    return isChanged
  }

  private static let names: Set<String> = [
    "tensor.extract_slice", "tensor.insert_slice", "tensor.pad", "tensor.concat", "tensor.splat", "tensor.generate",
  ]

  /// Replaces `op` by a generic over its result whose elements `body` computes from the loop indices.
  private func replace(_ op: Operation, sizes: (Builder) -> [Value], captures: [Value] = [], _ body: (Builder, [Value]) -> Value) {
    let b = Builder(context, before: op)
    let type = op.result(0).type
    let empty = b.empty(.tensor(type.shape, type.element), sizes(b))
    let rank = type.rank
    let generic = b.generic(
      inputs: [], outputs: [empty], maps: [.identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { inner, _ in
      let indices = (0..<rank).map { inner.value("linalg.index", type: .index(context), attributes: [("dim", .i64($0, context))]) }
      return [body(inner, indices)]
    }
    op.result(0).replaceAllUses(with: generic.result(0))
    op.erase()
  }

  /// The mixed static and dynamic numbers of a sliced operation: `static_<name>` and the operands of segment `segment`.
  private func numbers(_ op: Operation, _ name: String, segment: Int) -> [(constant: Int?, value: Value?)] {
    let fixed = op.attribute("static_\(name)")?.denseIntegers ?? []
    let segments = op.attribute("operandSegmentSizes")?.denseIntegers ?? []
    var next = segments[..<segment].reduce(0, +)
    return fixed.map { number in
      if number != Type.dynamic { return (number, nil) }
      defer { next += 1 }
      return (nil, op.operand(next))
    }
  }

  private func value(_ number: (constant: Int?, value: Value?), _ b: Builder) -> Value { number.value ?? b.index(number.constant!) }

  private func isOne(_ number: (constant: Int?, value: Value?)) -> Bool { number.constant == 1 }
  private func isZero(_ number: (constant: Int?, value: Value?)) -> Bool { number.constant == 0 }

  private func add(_ index: Value, _ number: (constant: Int?, value: Value?), _ b: Builder) -> Value {
    isZero(number) ? index : b.binary("arith.addi", index, value(number, b))
  }
  private func multiply(_ index: Value, _ number: (constant: Int?, value: Value?), _ b: Builder) -> Value {
    isOne(number) ? index : b.binary("arith.muli", index, value(number, b))
  }
  private func extract(_ tensor: Value, _ indices: [Value], _ b: Builder) -> Value {
    sameElement(tensor, b) ?? b.value("tensor.extract", [tensor] + indices, type: tensor.type.element)
  }

  /// The element of a tensor whose elements are all the same value (a splat or a fill), else `nil`.
  private func sameElement(_ tensor: Value, _ b: Builder) -> Value? {
    guard let source = tensor.definingOperation else { return nil }
    if source.name == "tensor.splat" || source.name == "linalg.fill" { return source.operand(0) }
    if source.name == "arith.constant" { return source.attribute("value")?.splatValue.map { b.constant($0) } }
    guard let op = StructuredOp(source), op.isFree, let element = op.body.terminator?.operand(tensor.number) else { return nil }
    guard element.definingOperation == nil, element.owningBlock == op.body, element.number < op.inputCount else { return nil }
    return source.operand(element.number)
  }

  // MARK: checks at run time

  private typealias Slice = (
    offset: (constant: Int?, value: Value?), size: (constant: Int?, value: Value?), stride: (constant: Int?, value: Value?)
  )

  /// Makes the program check `condition`.
  private func require(_ condition: Value, _ op: Operation, _ what: String, _ b: Builder) {
    let names = op.location.sourceNames.joined(separator: ", ")
    b.create("cf.assert", [condition], attributes: [("msg", .string("operator '\(names)': \(what)", context))])
  }

  /// Makes the program check that two sizes are the same, where that is not known.
  private func requireEqual(_ x: Value, _ y: Value, _ op: Operation, _ what: String, _ b: Builder) {
    if x != y { require(compare(0, x, y, b), op, what, b) }
  }

  /// Makes the program check that a slice lies inside of `tensor`, where that is not known.
  private func requireSlice(_ op: Operation, of tensor: Value, _ slices: [Slice], _ b: Builder) {
    for (axis, (offset, size, stride)) in slices.enumerated() {
      let whole = tensor.type.shape[axis]
      if offset.constant != nil, size.constant != nil, stride.constant != nil, whole != Type.dynamic { continue }
      let limit = DimensionValues(context: context).size(of: tensor, axis, b)
      if isZero(offset), isOne(stride), size.value == limit { continue }
      let first = value(offset, b), count = value(size, b)
      let last = add(multiply(b.binary("arith.subi", count, b.index(1)), stride, b), offset, b)
      // Unsigned, so that negative numbers are too large; all three, so that the sum cannot have wrapped.
      var inside = compare(Self.signedLess, last, limit, b)
      if offset.constant != 0 { inside = b.binary("arith.andi", inside, compare(Self.unsignedLess, first, limit, b)) }
      if size.constant != 1 { inside = b.binary("arith.andi", inside, compare(Self.unsignedLessOrEqual, count, limit, b)) }
      // Nothing is read of an empty slice.
      if size.constant == nil || size.constant == 0 { inside = b.binary("arith.ori", inside, compare(0, count, b.index(0), b)) }
      require(inside, op, "the slice of dimension \(axis) must lie inside of the tensor", b)
    }
  }

  /// `lower <= index < upper` as an i1.
  private func compare(_ predicate: Int, _ x: Value, _ y: Value, _ b: Builder) -> Value {
    b.value("arith.cmpi", [x, y], type: .i1(context), attributes: [("predicate", .i64(predicate, context))])
  }
  private static let signedLess = 2
  private static let signedGreaterOrEqual = 5
  private static let unsignedLess = 6
  private static let unsignedLessOrEqual = 7

  /// Emits `scf.if` with one result.
  private func choose(_ condition: Value?, _ b: Builder, then: (Builder) -> Value, else otherwise: (Builder) -> Value) -> Value {
    guard let condition else { return then(b) }
    let sides = [Region.create(), Region.create()]
    let builders = sides.map { Builder(context, at: $0.appendBlock([], b.location), location: b.location) }
    let values = [then(builders[0]), otherwise(builders[1])]
    for (builder, value) in zip(builders, values) { builder.create("scf.yield", [value]) }
    return b.create("scf.if", [condition], results: [values[0].type], regions: sides).result(0)
  }

  // MARK: operations

  private func rewriteExtractSlice(_ op: Operation) {
    let source = op.operand(0)
    let offsets = numbers(op, "offsets", segment: 1), sizes = numbers(op, "sizes", segment: 2), strides = numbers(op, "strides", segment: 3)
    let kept = keptAxes(sizes.map(\.constant), op.result(0).type.shape)
    requireSlice(op, of: source, offsets.indices.map { (offsets[$0], sizes[$0], strides[$0]) }, Builder(context, before: op))
    replace(op) { b in
      kept.filter { sizes[$0].constant == nil }.map { value(sizes[$0], b) }
    } _: { b, loops in
      var indices: [Value] = []
      for axis in offsets.indices {
        if let position = kept.firstIndex(of: axis) {
          indices.append(add(multiply(loops[position], strides[axis], b), offsets[axis], b))
        } else {
          indices.append(value(offsets[axis], b))
        }
      }
      return extract(source, indices, b)
    }
  }

  /// The axes of a slice that its (possibly rank-reduced) result has.
  private func keptAxes(_ sizes: [Int?], _ shape: [Int]) -> [Int] {
    if sizes.count == shape.count { return Array(sizes.indices) }
    var kept: [Int] = []
    var excess = sizes.count - shape.count
    for (axis, size) in sizes.enumerated() {
      let next = kept.count < shape.count ? shape[kept.count] : nil
      if size == 1 && excess > 0 && next != 1 { excess -= 1 } else { kept.append(axis) }
    }
    while kept.count > shape.count, let i = kept.lastIndex(where: { sizes[$0] == 1 }) { kept.remove(at: i) }
    return kept
  }

  private func rewriteInsertSlice(_ op: Operation) {
    let source = op.operand(0), destination = op.operand(1)
    let offsets = numbers(op, "offsets", segment: 2), sizes = numbers(op, "sizes", segment: 3), strides = numbers(op, "strides", segment: 4)
    let kept = keptAxes(sizes.map(\.constant), source.type.shape)
    let shape = op.result(0).type.shape
    let before = Builder(context, before: op)
    requireSlice(op, of: destination, offsets.indices.map { (offsets[$0], sizes[$0], strides[$0]) }, before)
    for (position, axis) in kept.enumerated() where sizes[axis].constant == nil || source.type.shape[position] == Type.dynamic {
      let own = DimensionValues(context: context).size(of: source, position, before)
      requireEqual(own, value(sizes[axis], before), op, "dimension \(position) of the source must be as large as the slice", before)
    }
    replace(op) { b in
      shape.indices.filter { shape[$0] == Type.dynamic }.map { b.dimension(destination, $0) }
    } _: { b, loops in
      var condition: Value?
      func require(_ c: Value) { condition = condition.map { b.binary("arith.andi", $0, c) } ?? c }
      var positions: [Value] = []
      for axis in loops.indices {
        var relative = loops[axis]
        if !isZero(offsets[axis]) {
          relative = b.binary("arith.subi", relative, value(offsets[axis], b))
          require(compare(Self.signedGreaterOrEqual, relative, b.index(0), b))
        }
        if !isOne(strides[axis]) {
          let step = value(strides[axis], b)
          require(compare(0, b.binary("arith.remsi", relative, step), b.index(0), b))
          relative = b.binary("arith.divsi", relative, step)
        }
        if !(isZero(offsets[axis]) && sizes[axis].constant != nil && sizes[axis].constant == shape[axis]) {
          require(compare(Self.signedLess, relative, value(sizes[axis], b), b))
        }
        positions.append(relative)
      }
      return choose(condition, b) {
        extract(source, kept.map { positions[$0] }, $0)
      } else: {
        extract(destination, loops, $0)
      }
    }
  }

  private func rewritePad(_ op: Operation) {
    let source = op.operand(0)
    let low = numbers(op, "low", segment: 1), high = numbers(op, "high", segment: 2)
    guard let block = op.body(), let yielded = block.terminator?.operand(0) else { return }
    let shape = op.result(0).type.shape
    replace(op) { b in
      shape.indices.filter { shape[$0] == Type.dynamic }.map { add(add(b.dimension(source, $0), low[$0], b), high[$0], b) }
    } _: { b, loops in
      var condition: Value?
      func require(_ c: Value) { condition = condition.map { b.binary("arith.andi", $0, c) } ?? c }
      var indices: [Value] = []
      for axis in loops.indices {
        var index = loops[axis]
        if !isZero(low[axis]) {
          index = b.binary("arith.subi", index, value(low[axis], b))
          require(compare(Self.signedGreaterOrEqual, index, b.index(0), b))
        }
        if !isZero(high[axis]) {
          let size = source.type.shape[axis]
          require(compare(Self.signedLess, index, size == Type.dynamic ? b.dimension(source, axis) : b.index(size), b))
        }
        indices.append(index)
      }
      return choose(condition, b) {
        extract(source, indices, $0)
      } else: { inner in
        copyOut(block, yielded, loops, inner)
      }
    }
  }

  /// Copies the computation of a padding value, whose block has the indices as arguments.
  private func copyOut(_ block: Block, _ yielded: Value, _ loops: [Value], _ b: Builder) -> Value {
    var map = Dictionary(uniqueKeysWithValues: zip(block.arguments, loops))
    for op in block.operations.dropLast() {
      let clone = op.clone()
      b.insert(clone)
      for inner in [clone] + clone.descendants {
        for (i, operand) in inner.operands.enumerated() { if let mapped = map[operand] { inner.setOperand(i, mapped) } }
      }
      for (old, new) in zip(op.results, clone.results) { map[old] = new }
    }
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

  private func rewriteConcat(_ op: Operation) {
    let axis = op.attribute("dim")!.integerValue!
    let parts = op.operands
    let shape = op.result(0).type.shape
    func size(_ part: Value, _ b: Builder) -> Value {
      let s = part.type.shape[axis]
      return s == Type.dynamic ? b.dimension(part, axis) : b.index(s)
    }
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
      for part in parts { ends.append(ends.last.map { b.binary("arith.addi", $0, size(part, b)) } ?? size(part, b)) }
      return shape.indices.filter { shape[$0] == Type.dynamic }.map { $0 == axis ? ends.last! : b.dimension(parts[0], $0) }
    } _: { b, loops in
      func pick(_ i: Int, _ b: Builder) -> Value {
        func read(_ b: Builder) -> Value {
          var indices = loops
          if i > 0 { indices[axis] = b.binary("arith.subi", loops[axis], ends[i - 1]) }
          return extract(parts[i], indices, b)
        }
        if i == parts.count - 1 { return read(b) }
        return choose(compare(Self.signedLess, loops[axis], ends[i], b), b, then: read) { pick(i + 1, $0) }
      }
      return pick(0, b)
    }
  }
}
