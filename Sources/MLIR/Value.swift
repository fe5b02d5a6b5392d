internal import TesseraCMLIR

/// A handle of an SSA value: a result of an operation or an argument of a block.
public struct Value: Hashable, CustomStringConvertible {
  let handle: MlirValue

  public static func == (a: Value, b: Value) -> Bool { mlirValueEqual(a.handle, b.handle) }
  public func hash(into hasher: inout Hasher) { hasher.combine(handle.ptr) }

  public var type: Type { Type(handle: mlirValueGetType(handle)) }
  /// Changes the type in place; the caller answers for the users.
  public func setType(_ type: Type) { mlirValueSetType(handle, type.handle) }
  /// The operation of which this is a result, or `nil` for a block argument.
  public var definingOperation: Operation? {
    mlirValueIsAOpResult(handle) ? Operation(handle: mlirOpResultGetOwner(handle)) : nil
  }
  /// The number among the results or the block's arguments.
  public var number: Int {
    mlirValueIsAOpResult(handle) ? Int(mlirOpResultGetResultNumber(handle)) : Int(mlirBlockArgumentGetArgNumber(handle))
  }
  public var isBlockArgument: Bool { mlirValueIsABlockArgument(handle) }
  /// The block in which the value is made, as an argument or a result.
  public var block: Block? { definingOperation.map(\.block) ?? owningBlock }
  /// The block of which this is an argument.
  public var owningBlock: Block? { isBlockArgument ? Block(handle: mlirBlockArgumentGetOwner(handle)) : nil }

  /// One use of a value: which operation, which operand.
  public struct Use {
    public let operation: Operation
    public let operandNumber: Int

    public init(operation: Operation, operandNumber: Int) { (self.operation, self.operandNumber) = (operation, operandNumber) }
  }
  public var uses: [Use] {
    var list: [Use] = []
    var use = mlirValueGetFirstUse(handle)
    while !mlirOpOperandIsNull(use) {
      list.append(Use(operation: Operation(handle: mlirOpOperandGetOwner(use)), operandNumber: Int(mlirOpOperandGetOperandNumber(use))))
      use = mlirOpOperandGetNextUse(use)
    }
    return list
  }
  public var hasUses: Bool { !mlirOpOperandIsNull(mlirValueGetFirstUse(handle)) }
  public var hasOneUse: Bool {
    let first = mlirValueGetFirstUse(handle)
    return !mlirOpOperandIsNull(first) && mlirOpOperandIsNull(mlirOpOperandGetNextUse(first))
  }

  /// `true` iff a use satisfies `predicate`; stops at the first, since a value may have thousands of uses.
  public func isUsed(where predicate: (Use) -> Bool) -> Bool {
    var use = mlirValueGetFirstUse(handle)
    while !mlirOpOperandIsNull(use) {
      if predicate(Use(operation: Operation(handle: mlirOpOperandGetOwner(use)), operandNumber: Int(mlirOpOperandGetOperandNumber(use)))) {
        return true
      }
      use = mlirOpOperandGetNextUse(use)
    }
    return false
  }

  public func replaceAllUses(with other: Value) { mlirValueReplaceAllUsesOfWith(handle, other.handle) }
  public var location: Location { Location(handle: mlirValueGetLocation(handle)) }
  public var description: String { printed { mlirValuePrint(handle, $0, $1) } }
}
