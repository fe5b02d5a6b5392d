public import TesseraDiagnostics
public import TesseraMLIR

/// A tensor where another device can use it. The values are the same.
///
///     %y = "flow.transfer"(%x) {device = "b"} : (tensor<384x512xf32>) -> tensor<384x512xf32>
///
/// What reads the result runs on the device: nothing else says where operations run once they are placed.
public struct TransferOp {
  public static let name = "flow.transfer"
  public let operation: Operation

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name == Self.name else { return nil }
    self.operation = operation
  }

  /// Creates the operation, and returns the tensor on the device called `device`.
  public static func create(_ source: Value, to device: String, _ b: Builder) -> Value {
    b.value(name, [source], type: source.type, attributes: [("device", .string(device, b.context))])
  }

  /// Erases the transfers below `operation` that nothing reads: upstream's passes do not know that they do nothing else.
  public static func eraseUnread(in operation: Operation) {
    for transfer in operation.descendants.reversed().compactMap(TransferOp.init) where !transfer.result.hasUses {
      transfer.operation.erase()
    }
  }

  public var source: Value { operation.operand(0) }
  public var result: Value { operation.result(0) }
  /// The name of the device; empty where the attribute is missing.
  public var device: String { operation.attribute("device")?.stringValue ?? "" }

  /// Checks that there is a device, and that the type stays.
  public func verify() throws(Diagnostic) {
    guard operation.operandCount == 1, operation.resultCount == 1, operation.operand(0).type.isTensor,
      operation.operand(0).type == operation.result(0).type, !device.isEmpty
    else {
      throw Diagnostic(
        .invalidInput, id: "transferVerifier", "'flow.transfer' takes a tensor, gives one of its type, and names a device: \(operation)",
        location: operation.location.sourceNames.joined(separator: ", "), help: "write \"flow.transfer\"(%x) {device = \"NAME\"}")
    }
  }
}

/// Names of the attributes that say where operations run.
public enum DeviceAttribute {
  /// String: the device that the user wants for an operation of the model.
  public static let wanted = "tessera.device"
  /// String: the device of an operation that reads nothing from one, and of an executable.
  public static let placed = "flow.device"
}
