import TesseraDialects
import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR

/// Says of every operand of a contraction, and of its result, what it is for. How it will lie in memory is decided when the target is known.
///
/// Before: %y = linalg.generic ... ins(%x, %w : tensor<384x128xf32>, tensor<128x512xf32>) outs(%i : tensor<384x512xf32>)
/// After:  %e = "encoding.set"(%w) ... (the others too)
///         %z = linalg.generic ... ins(%d, %e : ..., tensor<128x512xf32, {operand = 1, ...}>) outs(%f : ...)
///         %y = "encoding.unset"(%z)
///
/// The loops are found by inference from the maps, so that a matrix product, a convolution and a generic with permuted loops are alike.
///
/// Requires: structured operations are `linalg.generic`.
/// Ensures: values are unchanged.
struct SetEncodings {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  func run() {
    for function in module.hostFunctions {
      var constants = ConstantValues()
      for operation in function.descendants {
        guard let op = StructuredOp(operation), op.reusesInputs, op.operation.resultCount == 1, op.inputCount == 2,
          let result = op.outputMaps[0].asDimensions
        else { continue }
        let encodings = (0...2).map { encoding(op, operand: $0, result, &constants) }
        guard encodings.contains(where: { $0 != nil }), context.rewrites.allows(operation) else { continue }
        for (k, encoding) in encodings.enumerated() { if let encoding { set(encoding, operand: k, op) } }
      }
    }
  }

  /// The encoding of operand `k`; `nil` for one that is the same everywhere, and for one that is read along a diagonal.
  private func encoding(_ op: StructuredOp, operand k: Int, _ result: [Int], _ constants: inout ConstantValues) -> ContractionEncoding? {
    let operand = op.operation.operand(k)
    let own = op.maps[k].results.map { op.onlyLoop(of: $0) }
    let known = own.compactMap { $0 }
    guard operand.type.isTensor, operand.definingOperation?.attribute("value")?.isSplat != true, Set(known).count == known.count else {
      return nil
    }
    return ContractionEncoding(
      operand: k, isConstant: k < 2 && constants.contains(operand),
      elements: op.operation.operands.map { $0.type.isTensor ? $0.type.element : $0.type },
      loops: loops(op, operand: k), own: own, result: result,
      tags: op.operation.attribute(ResolveEncodings.tagsAttribute)?.arrayValue?.compactMap(\.stringValue) ?? [])
  }

  private func set(_ encoding: ContractionEncoding, operand k: Int, _ op: StructuredOp) {
    let set = SetEncodingOp.create(op.operation.operand(k), encoding: encoding.attribute(context), Builder(context, before: op.operation))
    op.operation.setOperand(k, set)
    guard encoding.isResult else { return }
    let result = op.operation.result(0)
    let type = result.type
    result.setType(set.type)
    let uses = result.uses
    let unset = UnsetEncodingOp.create(result, type: type, Builder(context, after: op.operation))
    for use in uses { use.operation.setOperand(use.operandNumber, unset) }
  }

  /// The role of each loop, seen from operand `k`: the result sees the roles of the second input.
  private func loops(_ op: StructuredOp, operand k: Int) -> [ContractionEncoding.Loop] {
    let sizes = op.staticLoopSizes
    let mine = k == 0 ? 0 : 1
    return (0..<op.loopCount).map { loop in
      func isUsed(_ operand: Int) -> Bool { op.maps[operand].results.contains { $0.uses(dimension: loop) } }
      let own = isUsed(mine), other = isUsed(1 - mine)
      let kind: ContractionEncoding.LoopKind =
        op.iterators[loop] == .reduction ? .reduction : own && other ? .batch : own ? .column : .row
      let isWindow = op.maps.contains {
        $0.results.contains { $0.uses(dimension: loop) && op.onlyLoop(of: $0) != loop && sizes[loop] != 1 }
      }
      return .init(kind: kind, size: sizes[loop], isWindow: isWindow)
    }
  }
}
