import TesseraDiagnostics
import TesseraDialects
import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR

/// Turns encodings into layouts, and packs what is not to lie as it does.
///
/// Before: %e = "encoding.set"(%w); contraction reads %e by (k, n)
/// After:  %p = linalg.generic (packs %w to tensor<16x128x32xf32>); contraction reads %p by (n floordiv 32, k, n mod 32)
///
/// Where all operands that a loop indexes have tiles of one size along it, the loop itself is split: with the layouts of `GenericGemm` every
/// contraction becomes the same one, over tiles (see `ContractionLayouts`). Then packings are cancelled where they meet (`CancelPackings`).
///
/// The layout is the user's, written on the operation as `tessera.layouts = ["", "1,0 1:32"]`, with for each operand (the result last) a layout in
/// the form of `TensorLayout` or nothing; then the first of `resolvers` with an opinion. Packing a constant is a computation on constants:
/// `EvaluateConstants` does it at compile time.
///
/// Requires: encodings only on operands and results of `linalg.generic`.
/// Ensures: no encoding remains; the same values; padding is zero, and never stored.
struct ResolveEncodings {
  let module: Module
  /// Who is asked for layouts, by device, in order.
  private let resolvers: [[any EncodingResolver]]
  /// The devices of the operations of the function at hand.
  private var flow: DeviceFlow
  private let devices: [String]
  /// The number of packed operands.
  private(set) var packedCount = 0
  private var cancellation: CancelPackings
  private var context: Context { module.context }

  /// The attribute by which users tell operations from others, for their specs: an array of strings.
  static let tagsAttribute = "tessera.tags"

  /// Creates the step; of the `resolvers` of an operation's device the first one that has an opinion counts.
  init(_ module: Module, _ devices: [(name: String, resolvers: [any EncodingResolver])]) {
    self.module = module
    resolvers = devices.map(\.resolvers)
    self.devices = devices.map(\.name)
    flow = DeviceFlow(self.devices)
    cancellation = CancelPackings(context: module.context)
  }

  mutating func run() throws(Diagnostic) {
    for function in module.hostFunctions {
      flow = DeviceFlow(devices)
      for operation in function.descendants {
        guard let op = StructuredOp(operation), operation.operands.contains(where: { SetEncodingOp(definedBy: $0) != nil }) else {
          continue
        }
        try resolve(op)
      }
      for operation in function.descendants where SetEncodingOp(operation) != nil || UnsetEncodingOp(operation) != nil {
        guard operation.results.allSatisfy({ !$0.hasUses }) else {
          throw Diagnostic(
            .compilerBug, id: "encodingUse", "something other than a contraction reads a tensor with an encoding: \(operation)")
        }
        operation.erase()
      }
    }
    cancellation.run()
  }

  /// Decides the layouts of one contraction, and gives it its operands in them.
  private mutating func resolve(_ op: StructuredOp) throws(Diagnostic) {
    var chosen: [TensorLayout?] = []
    let resolvers = resolvers[devices.count > 1 ? flow.device(of: op.operation) ?? 0 : 0]
    for (k, operand) in op.operation.operands.enumerated() {
      guard let set = SetEncodingOp(definedBy: operand) else {
        chosen.append(nil)
        continue
      }
      guard var encoding = ContractionEncoding(operand.type), encoding.loops.count == op.loopCount else {
        throw Diagnostic(.compilerBug, id: "unknownEncoding", "no resolver knows the encoding of '\(operand.type)'")
      }
      // Users know operations by the names in their models, too.
      encoding.tags += op.operation.location.sourceNames
      chosen.append(try layout(of: encoding, op, operand: k, resolvers))
      op.operation.setOperand(k, set.source)
    }
    if chosen.contains(where: { $0?.isIdentity == false }), !context.rewrites.allows(op.operation) {
      chosen = chosen.map { _ in nil }
    }
    let layouts = try ContractionLayouts(op, chosen, context)
    let initial = op.operation.operand(op.inputCount)
    let result = op.operation.result(0)
    // Only now: with its encoding the result had the type of its initial value.
    result.setType(initial.type)
    for (k, layout) in layouts.operands.enumerated() {
      guard let layout, !layout.isIdentity else { continue }
      let b = Builder(context, before: op.operation)
      let source = op.operation.operand(k)
      let packing = Packing(context: context, layout: layout, type: source.type)
      packedCount += 1
      if k == op.inputCount {
        op.operation.setOperand(k, packedInitial(packing, source, b))
        result.setType(packing.packedType)
      } else {
        let packed = packing.pack(source, b)
        op.operation.setOperand(k, packed.result(0))
        cancellation.packs.append(.init(operation: packed, source: source, packing: packing, summedAxes: layouts.summedAxes(k)))
      }
    }
    layouts.apply()
    for use in result.uses {
      guard let unset = UnsetEncodingOp(use.operation) else { continue }
      var unpacked = result
      if let layout = layouts.operands[op.inputCount], !layout.isIdentity {
        let packing = Packing(context: context, layout: layout, type: initial.type)
        unpacked = packing.unpack(result, like: initial, Builder(context, after: op.operation)).result(0)
        cancellation.unpacked[unpacked] = .init(value: result, layout: layout)
      }
      unset.result.replaceAllUses(with: unpacked)
    }
  }

  /// The layout of an operand: the user's on the operation, or that of the first resolver with an opinion.
  private func layout(
    of encoding: ContractionEncoding, _ op: StructuredOp, operand k: Int, _ resolvers: [any EncodingResolver]
  ) throws(Diagnostic) -> TensorLayout {
    let rank = encoding.own.count
    var layout = TensorLayout.identity(rank: rank)
    if let text = LayoutsAttribute.text(op.operation, operand: k) {
      guard let written = TensorLayout(text, rank: rank) else { throw .malformedLayout(text, rank: rank, op.operation) }
      layout = written
    } else if let found = resolvers.lazy.compactMap({ $0.layout(of: encoding) }).first {
      guard TensorLayout(found.text, rank: rank) != nil else { throw .malformedLayout(found.text, rank: rank, op.operation) }
      layout = found
    }
    if let tile = layout.inner.first(where: { encoding.own[$0.axis] == nil }) {
      throw .unusableLayout(layout, "dimension \(tile.axis) is read at a sum of loops, and cannot be cut into tiles", op.operation)
    }
    return layout
  }

  /// The initial value of a packed result: a fill is made anew, anything else is packed.
  private mutating func packedInitial(_ packing: Packing, _ initial: Value, _ b: Builder) -> Value {
    guard let definition = initial.definingOperation, let fill = StructuredOp(definition), let scalar = fill.filledScalar else {
      let packed = packing.pack(initial, b)
      cancellation.packs.append(.init(operation: packed, source: initial, packing: packing, summedAxes: []))
      return packed.result(0)
    }
    return packing.fill(scalar, like: initial, b)
  }
}

extension SetEncodingOp {
  /// The operation that gave `value` its encoding; `nil` if it has none.
  fileprivate init?(definedBy value: Value) {
    guard let definition = value.definingOperation else { return nil }
    self.init(definition)
  }
}

extension Diagnostic {
  /// A layout that is none.
  static func malformedLayout(_ text: String, rank: Int, _ op: Operation) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(text)' is no layout of a tensor of \(rank) dimensions", location: op.location.sourceNames.joined(separator: ", "),
      help: "write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'")
  }

  /// A layout that the operand of a contraction cannot have.
  static func unusableLayout(_ layout: TensorLayout, _ reason: String, _ op: Operation) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the layout '\(layout.text)' cannot be used: \(reason)", location: op.location.sourceNames.joined(separator: ", "))
  }
}
