import TesseraMLIR

extension ElementType {
  /// The numbers of a small floating-point type; `nil` for other types.
  package var smallFloat: SmallFloat? { SmallFloat(name: "\(self)") }
}

/// How numbers become a small type, as `Cast` says.
package struct Narrowing {
  /// `true` iff floats that are too large become the largest number, else infinity or NaN.
  package var saturates: Bool
  /// Of `f8E8M0FNU`; all others round to the nearest, halves to even.
  package var rounding: SmallFloat.Rounding

  package init(saturates: Bool = true, rounding: SmallFloat.Rounding = .up) { (self.saturates, self.rounding) = (saturates, rounding) }
}
