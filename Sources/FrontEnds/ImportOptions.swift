/// How to import a model.
public struct ImportOptions: Sendable {
  /// Sizes for symbolic dimensions of the inputs, by symbol: `["batch": 1]`.
  public var symbols: [String: Int]
  /// The name of the function that a model which is one graph becomes.
  public var functionName: String
  /// The initializers that a caller may replace.
  public var overridable: OverridableInitializers
  /// A program that tries to read files which may end the process that reads them, before this one does; or `nil`.
  public var trialReader: String?

  public init(
    symbols: [String: Int] = [:], functionName: String = "main", overridable: OverridableInitializers = OverridableInitializers(),
    trialReader: String? = nil
  ) {
    self.symbols = symbols
    self.functionName = functionName
    self.overridable = overridable
    self.trialReader = trialReader
  }
}

/// Which initializers a caller may replace, of those that are inputs of the graph too. The others are constants, which are packed and folded
/// when the model is compiled.
///
/// Since version 4 of the IR the standard lets a caller give any of them. Many exporters list all weights so and mean nothing by it, and a
/// weight that may be replaced costs time in every call; so somebody has to ask for it.
public struct OverridableInitializers: Sendable {
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
