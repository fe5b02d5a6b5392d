import TesseraModuleFormat
import TesseraRuntime

/// How far elements may be apart: `|actual - expected| <= absolute + relative * |expected|`.
///
/// Where the user says nothing, the absolute part is a share of the largest expected element, as sums in another order are off by a part of their
/// terms, not of what is left of them.
public struct Tolerance: Sendable {
  /// The user's absolute and relative tolerance; `nil` for those of the element type.
  public var atol: Double?
  public var rtol: Double?

  /// Creates a tolerance.
  public init(atol: Double? = nil, rtol: Double? = nil) { (self.atol, self.rtol) = (atol, rtol) }

  /// The tolerance of a type: relative, as a share of the largest element, and the least absolute one.
  struct Default: Sendable {
    var relative: Double
    var share: Double
    var least: Double
  }

  /// What holds for elements of a type; `nil` where they must be equal.
  static func ofType(_ type: ElementType) -> Default? {
    switch type {
    case .f32, .complex64: Default(relative: 1e-3, share: 1e-4, least: 1e-5)
    case .f64, .complex128: Default(relative: 1e-9, share: 1e-10, least: 1e-12)
    case .f16: Default(relative: 2e-2, share: 1e-2, least: 1e-3)
    case .bf16: Default(relative: 5e-2, share: 5e-2, least: 1e-2)
    // What a model quantizes to: a number near the middle of two goes either way.
    case .i2, .i4, .i8, .u2, .u4, .u8: Default(relative: 0, share: 0, least: 1)
    default: type.isSmallFloat ? Default(relative: 0.25, share: 0.25, least: 0.1) : nil
    }
  }

  /// The bounds for elements like those of `expected`; `nil` where they must be equal.
  func bounds(_ expected: Tensor) -> (absolute: Double, relative: Double)? {
    let standard = Self.ofType(expected.elementType)
    if standard == nil, atol == nil, rtol == nil { return nil }
    let absolute = atol ?? standard.map { max($0.least, $0.share == 0 ? 0 : $0.share * expected.largestMagnitude) }
    return (absolute ?? 0, rtol ?? standard?.relative ?? 0)
  }
}
