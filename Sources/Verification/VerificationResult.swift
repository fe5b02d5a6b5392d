public import TesseraModuleFormat

/// What a verification found.
public struct VerificationResult: Sendable {
  /// The model's own outputs side by side, as the model is compiled without further outputs.
  public var outputs: [ValueComparison] = []
  /// How many operators there are, and how many of them were compared by their values.
  public var operatorCount = 0
  public var comparedCount = 0
  /// The largest difference of an inner value that agrees, with its name.
  public var largestInner: ValueComparison?
  /// The first operator that differs.
  public var difference: Difference?
  /// Why the program at test does not run where the other one does.
  public var failure: String?

  /// An operator whose values differ.
  public struct Difference: Sendable {
    /// The operator, with its number from 0; `nil` where the value belongs to none.
    public var operation: SourceOperator?
    public var number: Int?
    /// The value.
    public var value: ValueComparison
    /// The comparisons that were made to find it, each with one operator's values kept; 0 where many were kept at once.
    public var searchCount: Int
  }

  /// `true` iff nothing differs.
  public var agrees: Bool { difference == nil && failure == nil && outputs.allSatisfy(\.agrees) }
}
