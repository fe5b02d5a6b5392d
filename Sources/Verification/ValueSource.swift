public import TesseraRuntime

/// One way to compute a model with inputs that are given, of whose inner values some can be asked.
public protocol ValueSource {
  /// Computes the model once, with these inner values as further outputs. Errors: it cannot be compiled, or the call fails.
  func compute(adding values: [String]) throws -> ComputedValues
}

/// What a model computed.
public struct ComputedValues: Sendable {
  /// The model's own outputs, in order.
  public var outputs: [(name: String, value: RuntimeValue)]
  /// The inner values that were asked for.
  public var inner: [String: RuntimeValue]

  /// Creates the result of a computation.
  public init(outputs: [(name: String, value: RuntimeValue)], inner: [String: RuntimeValue] = [:]) {
    (self.outputs, self.inner) = (outputs, inner)
  }

  /// The value called `name`: an inner one, or an output.
  func value(_ name: String) -> RuntimeValue? { inner[name] ?? outputs.first { $0.name == name }?.value }
}
