package import TesseraMLIR

/// The part of a result that the nests of a kernel compute.
///
///     %y = linalg.generic ... : tensor<1x112x112x96xf32>
///     %p = tensor.pad %y low[0, 1, 1, 0] high[0, 1, 1, 0] { ... tensor.yield %zero }
///     return %p
///
/// The nests write `%y` where it stands in the memory of `%p`; the border is filled besides (see `emitBorder`).
package struct KernelOutput {
  /// The value that a structured operation computes.
  package let value: Value
  /// The border around it.
  package let border: Border?

  /// The elements around a tensor.
  package struct Border {
    /// The widths before and behind it along each axis.
    package let low: [Int]
    package let high: [Int]
    package let filler: Value
  }

  /// Takes a returned value apart.
  package init(_ result: Value) {
    guard let pad = result.definingOperation, pad.name == "tensor.pad", pad.operandCount == 1,
      let low = pad.attribute("static_low")?.denseIntegers, let high = pad.attribute("static_high")?.denseIntegers,
      let filler = pad.body()?.terminator?.operand(0)
    else {
      (value, border) = (result, nil)
      return
    }
    value = pad.operand(0)
    border = Border(low: low, high: high, filler: filler)
  }
}
