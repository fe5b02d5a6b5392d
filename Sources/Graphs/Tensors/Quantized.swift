/// What a tensor of floats was dequantized from: `(source - zeroPoint) * scale`.
///
/// Operators that only move elements work on the source, and products multiply the sources as integers.
package struct Quantized {
  /// Elements of i8 or u8.
  package let source: GraphTensor
  /// One number, or one for each element of `axis`.
  package let scale: GraphTensor
  /// The same; `nil` is zero.
  package let zeroPoint: GraphTensor?
  /// The dimension that has a scale for each element; `nil` if there is one scale.
  package let axis: Int?

  package init(source: GraphTensor, scale: GraphTensor, zeroPoint: GraphTensor?, axis: Int?) {
    (self.source, self.scale, self.zeroPoint, self.axis) = (source, scale, zeroPoint, axis)
  }

  /// `true` iff `other` stands for the same numbers by the same rule, one scale for all.
  package func hasRule(scale other: GraphTensor, zeroPoint otherZero: GraphTensor?) -> Bool {
    guard axis == nil, let mine = scale.knownScalar, mine == other.knownScalar, mine > 0 else { return false }
    return (zeroPoint.map(\.knownScalar) ?? 0) == (otherZero.map(\.knownScalar) ?? 0) && zeroPoint.map { $0.knownScalar != nil } ?? true
  }
}

extension GraphTensor {
  /// `true` iff this is a constant of zeros.
  package var isKnownZero: Bool {
    if let known = host?.known { return known.allSatisfy { $0 == 0 } }
    guard !elementType.isFloat, let constant else { return false }
    return constant.withBytes { bytes in bytes.allSatisfy { $0 == 0 } }
  }
}
