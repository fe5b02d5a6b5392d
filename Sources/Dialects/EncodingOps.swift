public import TesseraDiagnostics
public import TesseraMLIR

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
    guard operation.changesEncodingOnly, result.type.encoding != nil else { throw .malformedEncodingOp(operation) }
  }
}

/// Takes the encoding from a tensor, without changing its values.
///
///     %y = "encoding.unset"(%z) : (tensor<384x512xf32, {operand = 2, ...}>) -> tensor<384x512xf32>
public struct UnsetEncodingOp {
  public static let name = "encoding.unset"
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  /// Creates the operation and returns the tensor without an encoding.
  public static func create(_ source: Value, type: Type, _ b: Builder) -> Value { b.value(name, [source], type: type) }

  public var source: Value { operation.operand(0) }
  public var result: Value { operation.result(0) }

  /// Checks that only the encoding changes.
  public func verify() throws(Diagnostic) {
    guard operation.changesEncodingOnly, result.type.encoding == nil else { throw .malformedEncodingOp(operation) }
  }
}

extension Operation {
  /// `true` iff this has one operand and one result: tensors that differ in their encoding at most.
  fileprivate var changesEncodingOnly: Bool {
    operandCount == 1 && resultCount == 1 && operand(0).type.isTensor && result(0).type.isTensor
      && operand(0).type.shape == result(0).type.shape && operand(0).type.element == result(0).type.element
  }
}

extension Diagnostic {
  /// An operation on encodings that does more than that.
  fileprivate static func malformedEncodingOp(_ op: Operation) -> Diagnostic {
    Diagnostic(.compilerBug, id: "encodingVerifier", "'\(op.name)' must change the encoding and nothing else: \(op)")
  }
}
