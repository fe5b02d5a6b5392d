public import TesseraFrontEnds

/// Which initializers a caller may replace, of those that are inputs of the graph too. The others are constants, which are packed and folded
/// when the model is compiled.
///
/// Since version 4 of the IR the standard lets a caller give any of them. Many exporters list all weights so and mean nothing by it, and a
/// weight that may be replaced costs time in every call; so somebody has to ask for it.
public struct OverridableInitializers: FormatOptions {
  public static let flag = "--overridable"
  public static let purpose = "initializers of ONNX models"

  /// All of them.
  public var isAll = false
  /// Those with these names. Errors: there is none.
  public var names: [String] = []
  /// Those with these names, which the call at hand gives: other inputs may be among them.
  public var givenNames: Set<String> = []
  /// As many as a call needs that gives so many inputs in order, the first ones.
  public var givenCount = 0

  public init() {}

  /// `true` iff nobody has asked for any.
  public var isEmpty: Bool { !isAll && names.isEmpty }
}
