import MLIR

extension ElementType {
  /// The numbers of a small floating-point type; `nil` for other types.
  var smallFloat: SmallFloat? { SmallFloat(name: "\(self)") }
}

/// How numbers become a small type, as `Cast` says.
struct Narrowing {
  /// `true` iff floats that are too large become the largest number, else infinity or NaN.
  var saturates = true
  /// Of `f8E8M0FNU`; all others round to the nearest, halves to even.
  var rounding = SmallFloat.Rounding.up
}
