import Dialects
import Encodings
import LoopNests
import MLIR

/// Says of every operand of a contraction what it is for. How it will lie in memory is decided when the target is known.
///
/// Before: linalg.generic ... ins(%x, %w : tensor<384x128xf32>, tensor<128x512xf32>)
/// After:  %e = "encoding.set"(%w); linalg.generic ... ins(%x, %e : tensor<384x128xf32>, tensor<128x512xf32, {operand = 1, ...}>)
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
        for k in 0..<op.inputCount {
          let operand = op.operation.operand(k)
          guard !isSplat(operand), operand.type.isTensor, operand.type.hasStaticShape, let own = op.maps[k].asDimensions,
            Set(own).count == own.count
          else { continue }
          let encoding = ContractionEncoding(
            operand: k, isConstant: constants.contains(operand),
            elements: op.operation.operands.map { $0.type.isTensor ? $0.type.element : $0.type },
            loops: loops(op, operand: k), own: own, result: result)
          let set = SetEncodingOp.create(operand, encoding: encoding.attribute(context), Builder(context, before: operation))
          operation.setOperand(k, set)
        }
      }
    }
  }

  private func isSplat(_ value: Value) -> Bool { value.definingOperation?.attribute("value")?.isSplat == true }

  /// What each loop does, seen from operand `k`.
  private func loops(_ op: StructuredOp, operand k: Int) -> [ContractionEncoding.Loop] {
    let sizes = op.staticLoopSizes
    return (0..<op.loopCount).map { loop in
      func isUsed(_ operand: Int) -> Bool { op.maps[operand].results.contains { $0.uses(dimension: loop) } }
      let own = isUsed(k), other = isUsed(1 - k)
      let kind: ContractionEncoding.LoopKind =
        op.iterators[loop] == .reduction ? .reduction : own && other ? .batch : own ? .column : .row
      return .init(kind: kind, size: sizes[loop])
    }
  }
}
