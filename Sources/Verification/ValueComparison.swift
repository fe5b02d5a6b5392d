public import TesseraRuntime

/// A value as two programs computed it, side by side.
public struct ValueComparison: Sendable {
  /// The name of the value; of a tensor in a list with its place, as in `boxes[2]`.
  public var name: String
  /// The type, such as `2x3xf32`.
  public var typeText: String
  /// How many elements there are, and how many of them are further apart than the tolerance.
  public var elementCount: Int
  public var mismatchCount: Int
  /// The largest difference, and the largest one as a part of the expected element.
  public var largestError: TensorComparison.ElementError?
  public var largestRelativeError: TensorComparison.ElementError?
  /// The tolerance; `nil` where elements must be equal.
  public var tolerance: (absolute: Double, relative: Double)?
  /// The first element that differs, in words.
  public var firstMismatch: String?
  /// A difference of types, or of lengths of lists, in words; `nil` where there is none.
  public var problem: String?

  /// `true` iff the values agree within the tolerance.
  public var agrees: Bool { mismatchCount == 0 && problem == nil }

  /// Compares two values. Of a list it is the first tensor that differs, else the one that is furthest off.
  init(_ name: String, actual: RuntimeValue, expected: RuntimeValue, _ tolerance: Tolerance) {
    switch (actual, expected) {
    case (.tensor(let a), .tensor(let e)): self.init(name, a, e, tolerance)
    case (.list(let a), .list(let e)) where a.count == e.count:
      let parts = zip(a, e).enumerated().map { ValueComparison("\(name)[\($0)]", actual: $1.0, expected: $1.1, tolerance) }
      self =
        parts.first { !$0.agrees } ?? parts.max { ($0.largestError?.size ?? 0) < ($1.largestError?.size ?? 0) }
        ?? ValueComparison(name, typeText: expected.typeText, problem: nil)
    default:
      self.init(name, typeText: expected.typeText, problem: "expected \(expected.typeText), got \(actual.typeText)")
    }
  }

  /// Compares two tensors.
  private init(_ name: String, _ actual: Tensor, _ expected: Tensor, _ tolerance: Tolerance) {
    let bounds = tolerance.bounds(expected)
    let comparison = TensorComparison(actual: actual, expected: expected, atol: bounds?.absolute, rtol: bounds?.relative)
    self.name = name
    typeText = expected.typeText
    (elementCount, mismatchCount) = (comparison.count, comparison.mismatchCount)
    (largestError, largestRelativeError) = (comparison.largestError, comparison.largestRelativeError)
    self.tolerance = bounds
    firstMismatch = comparison.firstMismatch
    problem = comparison.typeMismatch
  }

  /// Creates the comparison of values without elements in common.
  init(_ name: String, typeText: String, problem: String?) {
    (self.name, self.typeText, self.problem) = (name, typeText, problem)
    (elementCount, mismatchCount) = (0, 0)
  }
}
