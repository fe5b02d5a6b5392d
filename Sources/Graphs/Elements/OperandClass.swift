/// A class of element types.
package enum OperandClass: String, Sendable {
  case boolean = "bool", byte = "i8 or u8", int32 = "i32", integer = "an integer", float = "a float", number = "a number"

  /// `true` iff `type` is of this class.
  package func contains(_ type: ElementType) -> Bool {
    switch self {
    case .boolean: type == .bool
    case .byte: type == .i8 || type == .u8
    case .int32: type == .i32
    case .integer: type.isInteger
    case .float: type.isFloat
    case .number: type != .bool && type != .string
    }
  }
}
