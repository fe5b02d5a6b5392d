internal import TesseraCMLIR

/// A handle of an operation that lives in the IR. It owns nothing: erase operations explicitly.
public struct Operation: Hashable, CustomStringConvertible {
  let handle: MlirOperation

  public static func == (a: Operation, b: Operation) -> Bool { mlirOperationEqual(a.handle, b.handle) }
  public func hash(into hasher: inout Hasher) { hasher.combine(handle.ptr) }

  /// The full name, like `linalg.generic`.
  public var name: String { String(mlirIdentifierStr(mlirOperationGetName(handle))) }
  /// The identity of the name: equal names in one context have equal identities, which are cheaper to compare.
  public var nameIdentity: UnsafeRawPointer? { mlirOperationGetName(handle).ptr }
  public var location: Location { Location(handle: mlirOperationGetLocation(handle)) }
  public func setLocation(_ location: Location) { mlirOperationSetLocation(handle, location.handle) }

  // MARK: operands and results

  public var operandCount: Int { mlirOperationGetNumOperands(handle) }
  public var operands: [Value] { (0..<operandCount).map(operand) }
  public func operand(_ i: Int) -> Value { Value(handle: mlirOperationGetOperand(handle, i)) }
  public func setOperand(_ i: Int, _ value: Value) { mlirOperationSetOperand(handle, i, value.handle) }
  public func setOperands(_ values: [Value]) { mlirOperationSetOperands(handle, values.count, values.map(\.handle)) }
  public var resultCount: Int { mlirOperationGetNumResults(handle) }
  public var results: [Value] { (0..<resultCount).map(result) }
  public func result(_ i: Int) -> Value { Value(handle: mlirOperationGetResult(handle, i)) }
  public var successors: [Block] {
    (0..<mlirOperationGetNumSuccessors(handle)).map { Block(handle: mlirOperationGetSuccessor(handle, $0)) }
  }

  // MARK: attributes

  public func attribute(_ name: String) -> Attribute? {
    let found = withStringRef(name) { mlirOperationGetAttributeByName(handle, $0) }
    return mlirAttributeIsNull(found) ? nil : Attribute(handle: found)
  }
  public func setAttribute(_ name: String, _ value: Attribute) {
    withStringRef(name) { mlirOperationSetAttributeByName(handle, $0, value.handle) }
  }
  public func removeAttribute(_ name: String) { _ = withStringRef(name) { mlirOperationRemoveAttributeByName(handle, $0) } }
  /// All attributes, inherent and discardable, in MLIR's order.
  public var attributes: [(name: String, value: Attribute)] {
    (0..<mlirOperationGetNumAttributes(handle)).map {
      let named = mlirOperationGetAttribute(handle, $0)
      return (String(mlirIdentifierStr(named.name)), Attribute(handle: named.attribute))
    }
  }

  // MARK: structure

  public var regions: [Region] { (0..<mlirOperationGetNumRegions(handle)).map { Region(handle: mlirOperationGetRegion(handle, $0)) } }
  public var hasRegions: Bool { mlirOperationGetNumRegions(handle) > 0 }
  /// The first block of region `i`.
  public func body(_ i: Int = 0) -> Block? { regions.count > i ? regions[i].blocks.first : nil }
  public var parent: Operation? {
    let p = mlirOperationGetParentOperation(handle)
    return mlirOperationIsNull(p) ? nil : Operation(handle: p)
  }
  /// `true` iff this is one of `ancestors`, or stands in a region of one.
  public func isInside(_ ancestors: Set<Operation>) -> Bool {
    var current: Operation? = self
    while let operation = current {
      if ancestors.contains(operation) { return true }
      current = operation.parent
    }
    return false
  }
  public var block: Block? {
    let b = mlirOperationGetBlock(handle)
    return mlirBlockIsNull(b) ? nil : Block(handle: b)
  }
  public var next: Operation? {
    let n = mlirOperationGetNextInBlock(handle)
    return mlirOperationIsNull(n) ? nil : Operation(handle: n)
  }
  public func isBefore(_ other: Operation) -> Bool { mlirOperationIsBeforeInBlock(handle, other.handle) }
  public func move(before other: Operation) { mlirOperationMoveBefore(handle, other.handle) }
  public func move(after other: Operation) { mlirOperationMoveAfter(handle, other.handle) }
  /// Takes the operation out of its block: it stands in none.
  public func detach() { mlirOperationRemoveFromParent(handle) }
  /// Destroys the operation, which must have no uses left.
  public func erase() { mlirOperationDestroy(handle) }
  /// Returns a copy that stands in no block yet.
  public func clone() -> Operation { Operation(handle: mlirOperationClone(handle)) }

  /// All operations of the body blocks below this one, in pre-order, this one not included.
  public var descendants: [Operation] {
    var list: [Operation] = []
    appendDescendants(to: &list)
    return list
  }

  /// The walk is of MLIR's lists themselves: passes do it often, and most operations have no regions.
  private func appendDescendants(to list: inout [Operation]) {
    for i in 0..<mlirOperationGetNumRegions(handle) {
      var block = mlirRegionGetFirstBlock(mlirOperationGetRegion(handle, i))
      while !mlirBlockIsNull(block) {
        var inner = mlirBlockGetFirstOperation(block)
        while !mlirOperationIsNull(inner) {
          let operation = Operation(handle: inner)
          list.append(operation)
          operation.appendDescendants(to: &list)
          inner = mlirOperationGetNextInBlock(inner)
        }
        block = mlirBlockGetNextInRegion(block)
      }
    }
  }

  /// `true` iff MLIR's verifier accepts the operation and all below it; else the context has the message.
  public func verify() -> Bool { mlirOperationVerify(handle) }

  /// The name of a symbol operation (functions, globals).
  public var symbolName: String? { attribute("sym_name")?.stringValue }

  // MARK: text

  public var description: String { text() }
  /// Returns the textual form. `locations` adds them, so that parsing restores them; `local` prints every attribute where it is used, so that
  /// the text can be parsed by itself.
  public func text(locations: Bool = false, generic: Bool = false, local: Bool = false) -> String {
    let flags = mlirOpPrintingFlagsCreate()
    defer { mlirOpPrintingFlagsDestroy(flags) }
    if locations { mlirOpPrintingFlagsEnableDebugInfo(flags, true, false) }
    if generic { mlirOpPrintingFlagsPrintGenericOpForm(flags) }
    if local { mlirOpPrintingFlagsUseLocalScope(flags) }
    mlirOpPrintingFlagsAssumeVerified(flags)
    return printed { mlirOperationPrintWithFlags(handle, flags, $0, $1) }
  }
}

/// A region: a list of blocks.
public struct Region {
  let handle: MlirRegion

  /// Creates a region without an owner, which is the operation that is created with it.
  public static func create() -> Region { Region(handle: mlirRegionCreate()) }
  public var blocks: [Block] {
    var list: [Block] = []
    var block = mlirRegionGetFirstBlock(handle)
    while !mlirBlockIsNull(block) {
      list.append(Block(handle: block))
      block = mlirBlockGetNextInRegion(block)
    }
    return list
  }
  /// `true` iff control flow can leave a block other than to the end of the region.
  public var hasSeveralBlocks: Bool {
    let first = mlirRegionGetFirstBlock(handle)
    return !mlirBlockIsNull(first) && !mlirBlockIsNull(mlirBlockGetNextInRegion(first))
  }
  /// Appends a new block with arguments of these types.
  @discardableResult
  public func appendBlock(_ arguments: [Type], _ location: Location) -> Block {
    let block = Block.create(arguments, location)
    mlirRegionAppendOwnedBlock(handle, block.handle)
    return block
  }
  /// Moves all blocks of `other` into this region.
  public func takeBody(of other: Region) { mlirRegionTakeBody(handle, other.handle) }
}

/// A block: arguments and a list of operations.
public struct Block: Hashable {
  let handle: MlirBlock

  public static func == (a: Block, b: Block) -> Bool { mlirBlockEqual(a.handle, b.handle) }
  public func hash(into hasher: inout Hasher) { hasher.combine(handle.ptr) }

  static func create(_ arguments: [Type], _ location: Location) -> Block {
    Block(handle: mlirBlockCreate(arguments.count, arguments.map(\.handle), arguments.map { _ in location.handle }))
  }
  public var arguments: [Value] { (0..<mlirBlockGetNumArguments(handle)).map { Value(handle: mlirBlockGetArgument(handle, $0)) } }
  /// Adds an argument, which becomes that of number `position`; the last one if `nil`.
  public func addArgument(_ type: Type, at position: Int? = nil, _ location: Location) -> Value {
    Value(handle: mlirBlockInsertArgument(handle, position ?? mlirBlockGetNumArguments(handle), type.handle, location.handle))
  }
  public var operations: [Operation] {
    var list: [Operation] = []
    var op = mlirBlockGetFirstOperation(handle)
    while !mlirOperationIsNull(op) {
      list.append(Operation(handle: op))
      op = mlirOperationGetNextInBlock(op)
    }
    return list
  }
  public var terminator: Operation? {
    let t = mlirBlockGetTerminator(handle)
    return mlirOperationIsNull(t) ? nil : Operation(handle: t)
  }
  public var parent: Operation? {
    let p = mlirBlockGetParentOperation(handle)
    return mlirOperationIsNull(p) ? nil : Operation(handle: p)
  }
  /// Appends an operation that stands in no block.
  public func append(_ operation: Operation) { mlirBlockAppendOwnedOperation(handle, operation.handle) }
  /// Inserts an operation that stands in no block before `other`, which stands in this one.
  public func insert(_ operation: Operation, before other: Operation) {
    mlirBlockInsertOwnedOperationBefore(handle, other.handle, operation.handle)
  }
  /// Inserts an operation that stands in no block after `other`, or first.
  public func insert(_ operation: Operation, after other: Operation?) {
    mlirBlockInsertOwnedOperationAfter(handle, other?.handle ?? MlirOperation(ptr: nil), operation.handle)
  }
}
