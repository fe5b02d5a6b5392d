public import Diagnostics
public import MLIR

/// Gives a tensor an encoding, without changing its values.
///
///     %e = "encoding.set"(%w) : (tensor<128x512xf32>) -> tensor<128x512xf32, {constant, operand = 1, ...}>
public struct SetEncodingOp {
  public static let name = "encoding.set"
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  /// Creates the operation and returns the encoded tensor.
  public static func create(_ source: Value, encoding: Attribute, _ b: Builder) -> Value {
    b.value(name, [source], type: .tensor(source.type.shape, source.type.element, encoding: encoding))
  }

  public var source: Value { operation.operand(0) }
  public var result: Value { operation.result(0) }

  /// Checks that only the encoding changes.
  public func verify() throws(Diagnostic) {
    guard operation.operandCount == 1, operation.resultCount == 1, source.type.isTensor, result.type.isTensor,
      source.type.shape == result.type.shape, source.type.element == result.type.element, result.type.encoding != nil
    else {
      throw Diagnostic(.compilerBug, id: "encodingVerifier", "'encoding.set' must change the encoding and nothing else: \(operation)")
    }
  }
}
