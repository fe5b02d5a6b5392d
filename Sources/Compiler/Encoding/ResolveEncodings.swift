import Diagnostics
import Dialects
import Encodings
import LoopNests
import MLIR

/// Turns encodings into layouts, by asking the target's resolver, and packs what is not to lie as it does.
///
/// Before: %e = "encoding.set"(%w); contraction reads %e by (n, k)
/// After:  %p = linalg.generic (packs %w to tensor<16x128x32xf32>); contraction reads %p by (n floordiv 32, k, n mod 32)
///
/// A layout that the user wrote on the operation comes first: `tessera.layouts = ["", "1,0 1:32"]` has for each operand a layout in the form of
/// `TensorLayout`, or nothing. Packing a constant is a computation on constants: `EvaluateConstants` does it at compile time.
///
/// Requires: encodings only on operands of `linalg.generic`.
/// Ensures: no encoding remains; the same values; padding is zero and never stored.
struct ResolveEncodings {
  let module: Module
  let resolver: any EncodingResolver
  /// How many operands were packed.
  private(set) var packedCount = 0
  private var context: Context { module.context }

  /// The attribute by which users choose layouts.
  static let layoutsAttribute = "tessera.layouts"

  /// Marks the operations that pack.
  private static let packMarker = "tessera.pack"

  /// How many operands are packed by each call of the program.
  static func packsLeft(in module: Module) -> Int {
    module.operation.descendants.count { $0.attribute(packMarker) != nil }
  }

  init(_ module: Module, _ resolver: any EncodingResolver) {
    self.module = module
    self.resolver = resolver
  }

  mutating func run() throws(Diagnostic) {
    for function in module.hostFunctions {
      for operation in function.descendants {
        guard let set = SetEncodingOp(operation) else { continue }
        try resolve(set)
        operation.erase()
      }
    }
  }

  private mutating func resolve(_ set: SetEncodingOp) throws(Diagnostic) {
    guard let encoding = ContractionEncoding(set.result.type) else {
      throw Diagnostic(.compilerBug, id: "unknownEncoding", "no resolver knows the encoding of '\(set.result.type)'")
    }
    for use in set.result.uses {
      guard let op = StructuredOp(use.operation) else {
        throw Diagnostic(.compilerBug, id: "encodingUse", "'\(use.operation.name)' reads a tensor with an encoding")
      }
      let layout =
        try chosenLayout(op, operand: use.operandNumber) ?? resolver.layout(of: encoding) ?? .identity(rank: encoding.own.count)
      if layout.isIdentity {
        use.operation.setOperand(use.operandNumber, set.source)
      } else {
        pack(op, operand: use.operandNumber, set.source, layout)
        packedCount += 1
      }
    }
  }

  /// The layout that the user wrote on the operation for this operand.
  private func chosenLayout(_ op: StructuredOp, operand: Int) throws(Diagnostic) -> TensorLayout? {
    guard let texts = op.operation.attribute(Self.layoutsAttribute)?.arrayValue, operand < texts.count,
      let text = texts[operand].stringValue,
      !text.isEmpty
    else { return nil }
    let rank = op.maps[operand].results.count
    guard let layout = TensorLayout(text, rank: rank) else { throw .malformedLayout(text, rank: rank, op.operation) }
    return layout
  }

  private func pack(_ op: StructuredOp, operand: Int, _ source: Value, _ layout: TensorLayout) {
    let b = Builder(context, before: op.operation)
    let sizes = source.type.shape
    let shape =
      layout.outer.map { axis in layout.tile(of: axis).map { (sizes[axis] + $0 - 1) / $0 } ?? sizes[axis] } + layout.inner.map(\.size)
    let empty = b.empty(.tensor(shape, source.type.element), [])
    let rank = shape.count
    let packed = b.generic(
      inputs: [], outputs: [empty], maps: [.identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { inner, _ in [element(of: source, layout, inner)] }
    packed.setAttribute(Self.packMarker, .unit(context))
    op.operation.setOperand(operand, packed.result(0))
    var maps = op.maps
    maps[operand] = physicalMap(maps[operand], layout)
    op.operation.setAttribute("indexing_maps", .array(maps.map(Attribute.affineMap), context))
  }

  /// Emits the element of the packed tensor at the loops of the generic around it: one of the source, or zero behind its end.
  private func element(of source: Value, _ layout: TensorLayout, _ b: Builder) -> Value {
    func loop(_ i: Int) -> Value { b.value("linalg.index", type: .index(context), attributes: [("dim", .i64(i, context))]) }
    var indices: [Value] = []
    var inside: Value?
    for axis in layout.outer.indices {
      let outer = loop(layout.outer.firstIndex(of: axis)!)
      guard let place = layout.inner.firstIndex(where: { $0.axis == axis }) else {
        indices.append(outer)
        continue
      }
      let size = layout.inner[place].size
      let index = b.binary("arith.addi", b.binary("arith.muli", outer, b.index(size)), loop(layout.outer.count + place))
      indices.append(index)
      if source.type.shape[axis] % size != 0 {
        let limit = b.index(source.type.shape[axis])
        let condition = b.value("arith.cmpi", [index, limit], type: .i1(context), attributes: [("predicate", .i64(2, context))])
        inside = inside.map { b.binary("arith.andi", $0, condition) } ?? condition
      }
    }
    let element = source.type.element
    guard let inside else { return b.value("tensor.extract", [source] + indices, type: element) }
    let sides = [Region.create(), Region.create()]
    let builders = sides.map { Builder(context, at: $0.appendBlock([], b.location), location: b.location) }
    builders[0].create("scf.yield", [builders[0].value("tensor.extract", [source] + indices, type: element)])
    builders[1].create("scf.yield", [builders[1].scalar(0, element)])
    return b.create("scf.if", [inside], results: [element], regions: sides).result(0)
  }

  /// The map that reads the packed tensor where `map` read the tensor itself.
  private func physicalMap(_ map: AffineMap, _ layout: TensorLayout) -> AffineMap {
    let logical = map.results
    let outer = layout.outer.map { axis -> AffineExpression in
      layout.tile(of: axis).map { logical[axis].floorDivided(by: .constant($0, context)) } ?? logical[axis]
    }
    let inner = layout.inner.map { logical[$0.axis].modulo(.constant($0.size, context)) }
    return AffineMap(dimensions: map.dimensionCount, outer + inner, context)
  }
}

extension Diagnostic {
  /// A layout in the user's IR that is none.
  static func malformedLayout(_ text: String, rank: Int, _ op: Operation) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(text)' is no layout of a tensor of \(rank) dimensions", location: op.location.sourceNames.joined(separator: ", "),
      help: "write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'")
  }
}
