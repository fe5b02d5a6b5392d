/// What a tensor of floats was dequantized from: `(source - zeroPoint) * scale`.
///
/// Operators that only move elements work on the source, and products multiply the sources as integers.
struct Quantized {
  /// Elements of i8 or u8.
  let source: Tensor
  /// One number, or one for each element of `axis`.
  let scale: Tensor
  /// The same; `nil` is zero.
  let zeroPoint: Tensor?
  /// The dimension that has a scale for each element; `nil` if there is one scale.
  let axis: Int?

  /// `true` iff `other` stands for the same numbers by the same rule, one scale for all.
  func hasRule(scale other: Tensor, zeroPoint otherZero: Tensor?) -> Bool {
    guard axis == nil, let mine = scale.knownScalar, mine == other.knownScalar, mine > 0 else { return false }
    return (zeroPoint.map(\.knownScalar) ?? 0) == (otherZero.map(\.knownScalar) ?? 0) && zeroPoint.map { $0.knownScalar != nil } ?? true
  }
}

extension Tensor {
  /// `true` iff this is a constant of zeros.
  var isKnownZero: Bool {
    if let known = host?.known { return known.allSatisfy { $0 == 0 } }
    guard !elementType.isFloat, let constant else { return false }
    return constant.withBytes { bytes in bytes.allSatisfy { $0 == 0 } }
  }
}
