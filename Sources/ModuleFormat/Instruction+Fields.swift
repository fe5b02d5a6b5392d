/// The content of one operand, free of its meaning.
public enum InstructionField: Hashable, Sendable {
  case number(Int)
  case value(IntegerOperand)
  case numbers([Int])
  case values([IntegerOperand])
  case bindings([Binding])
}

/// Hands out the operands of an instruction one by one.
struct FieldCursor {
  /// The operands left, the next one last.
  private var rest: [InstructionField]

  /// Creates a cursor before the first of `fields`.
  init(_ fields: [InstructionField]) { rest = fields.reversed() }

  /// Returns the next operand, a number.
  mutating func number() throws(FormatError) -> Int {
    guard case .number(let number)? = rest.popLast() else { throw .malformedInstruction() }
    return number
  }

  /// Returns the next operand, an integer operand.
  mutating func value() throws(FormatError) -> IntegerOperand {
    guard case .value(let value)? = rest.popLast() else { throw .malformedInstruction() }
    return value
  }

  /// Returns the next operand, a list of numbers.
  mutating func numbers() throws(FormatError) -> [Int] {
    guard case .numbers(let numbers)? = rest.popLast() else { throw .malformedInstruction() }
    return numbers
  }

  /// Returns the next operand, a list of integer operands.
  mutating func values() throws(FormatError) -> [IntegerOperand] {
    guard case .values(let values)? = rest.popLast() else { throw .malformedInstruction() }
    return values
  }

  /// Returns the next operand, a list of bindings.
  mutating func bindings() throws(FormatError) -> [Binding] {
    guard case .bindings(let bindings)? = rest.popLast() else { throw .malformedInstruction() }
    return bindings
  }

  /// Returns the next operand, one of the cases of `Variant`.
  mutating func variant<Variant: RawRepresentable<UInt8>>() throws(FormatError) -> Variant {
    guard let raw = UInt8(exactly: try number()), let variant = Variant(rawValue: raw) else { throw .malformedInstruction() }
    return variant
  }
}

extension Instruction {
  /// The opcode.
  public var opcode: Opcode {
    switch self {
    case .move: .move
    case .moveReference: .moveReference
    case .integer: .integer
    case .compare: .compare
    case .float: .float
    case .compareFloat: .compareFloat
    case .floatUnary: .floatUnary
    case .convert: .convert
    case .signExtend: .signExtend
    case .zeroExtend: .zeroExtend
    case .select: .select
    case .branch: .branch
    case .branchIf: .branchIf
    case .call: .call
    case .returnValues: .returnValues
    case .check: .check
    case .dimension: .dimension
    case .byteCount: .byteCount
    case .constant: .constant
    case .allocate: .allocate
    case .slice: .slice
    case .plan: .plan
    case .tensor: .tensor
    case .load: .load
    case .store: .store
    case .copy: .copy
    case .fill: .fill
    case .dispatch: .dispatch
    case .barrier: .barrier
    case .submit: .submit
    case .list: .list
    case .listCount: .listCount
    case .listElement: .listElement
    case .listInsert: .listInsert
    case .listErase: .listErase
    case .checkTensor: .checkTensor
    case .strings: .strings
    case .listJoin: .listJoin
    case .transfer: .transfer
    }
  }

  /// The operands in the order of the instruction table.
  public var fields: [InstructionField] {
    switch self {
    case .move(to: let a, let b):
      [.number(a), .value(b)]
    case .moveReference(to: let a, from: let b):
      [.number(a), .number(b)]
    case .integer(let o, to: let a, let b, let c):
      [.number(Int(o.rawValue)), .number(a), .value(b), .value(c)]
    case .compare(let o, to: let a, let b, let c):
      [.number(Int(o.rawValue)), .number(a), .value(b), .value(c)]
    case .float(let o, to: let a, let b, let c):
      [.number(Int(o.rawValue)), .number(a), .value(b), .value(c)]
    case .compareFloat(let o, to: let a, let b, let c):
      [.number(Int(o.rawValue)), .number(a), .value(b), .value(c)]
    case .floatUnary(let o, to: let a, let b):
      [.number(Int(o.rawValue)), .number(a), .value(b)]
    case .convert(let o, to: let a, let b):
      [.number(Int(o.rawValue)), .number(a), .value(b)]
    case .signExtend(to: let a, let b, bits: let c):
      [.number(a), .value(b), .number(c)]
    case .zeroExtend(to: let a, let b, bits: let c):
      [.number(a), .value(b), .number(c)]
    case .select(to: let a, condition: let b, let c, let d):
      [.number(a), .value(b), .value(c), .value(d)]
    case .branch(let a):
      [.number(a)]
    case .branchIf(let a, then: let b, else: let c):
      [.value(a), .number(b), .number(c)]
    case .call(function: let a, integers: let b, references: let c, integerResults: let d, referenceResults: let e):
      [.number(a), .values(b), .numbers(c), .numbers(d), .numbers(e)]
    case .returnValues(integers: let a, references: let b):
      [.values(a), .numbers(b)]
    case .check(let a, message: let b, values: let c):
      [.value(a), .number(b), .values(c)]
    case .dimension(to: let a, tensor: let b, axis: let c):
      [.number(a), .number(b), .number(c)]
    case .byteCount(to: let a, reference: let b):
      [.number(a), .number(b)]
    case .constant(to: let a, index: let b, let d):
      [.number(a), .number(b), .number(d)]
    case .allocate(to: let a, byteCount: let b, let d):
      [.number(a), .value(b), .number(d)]
    case .slice(to: let a, from: let b, offset: let c, byteCount: let d):
      [.number(a), .number(b), .value(c), .value(d)]
    case .plan(offsets: let a, total: let b, sizes: let c, first: let d, last: let e):
      [.numbers(a), .number(b), .values(c), .numbers(d), .numbers(e)]
    case .tensor(to: let a, buffer: let b, elementType: let o, shape: let c):
      [.number(a), .number(b), .number(Int(o.rawValue)), .values(c)]
    case .load(to: let a, buffer: let b, byteOffset: let c, elementType: let o):
      [.number(a), .number(b), .value(c), .number(Int(o.rawValue))]
    case .store(let a, buffer: let b, byteOffset: let c, elementType: let o):
      [.value(a), .number(b), .value(c), .number(Int(o.rawValue))]
    case .copy(from: let a, to: let b, byteCount: let c):
      [.number(a), .number(b), .value(c)]
    case .fill(buffer: let a, pattern: let b, patternByteCount: let c, byteCount: let d):
      [.number(a), .value(b), .number(c), .value(d)]
    case .dispatch(site: let a, workgroups: let b, constants: let c, bindings: let d):
      [.number(a), .value(b), .values(c), .bindings(d)]
    case .barrier(let d):
      [.number(d)]
    case .transfer(to: let a, from: let b, let d):
      [.number(a), .number(b), .number(d)]
    case .submit:
      []
    case .list(to: let a, elements: let b):
      [.number(a), .numbers(b)]
    case .listCount(to: let a, list: let b):
      [.number(a), .number(b)]
    case .listElement(to: let a, list: let b, position: let c):
      [.number(a), .number(b), .value(c)]
    case .listInsert(to: let a, list: let b, position: let c, element: let d):
      [.number(a), .number(b), .value(c), .number(d)]
    case .listErase(to: let a, list: let b, position: let c):
      [.number(a), .number(b), .value(c)]
    case .checkTensor(let a, elementType: let o, shape: let b):
      [.number(a), .number(Int(o.rawValue)), .values(b)]
    case .listJoin(to: let a, list: let b, axis: let c, isNew: let d, elementType: let o, shape: let e):
      [.number(a), .number(b), .number(c), .number(d), .number(Int(o.rawValue)), .values(e)]
    case .strings(let o, to: let a, from: let b, elementType: let t, values: let c):
      [.number(Int(o.rawValue)), .numbers(a), .numbers(b), .number(Int(t.rawValue)), .values(c)]
    }
  }

  /// Creates an instruction of its operands, in the order of the instruction table.
  public init(opcode: Opcode, fields list: [InstructionField]) throws(FormatError) {
    var fields = FieldCursor(list)
    switch opcode {
    case .move:
      self = .move(to: try fields.number(), try fields.value())
    case .moveReference:
      self = .moveReference(to: try fields.number(), from: try fields.number())
    case .integer:
      self = .integer(try fields.variant(), to: try fields.number(), try fields.value(), try fields.value())
    case .compare:
      self = .compare(try fields.variant(), to: try fields.number(), try fields.value(), try fields.value())
    case .float:
      self = .float(try fields.variant(), to: try fields.number(), try fields.value(), try fields.value())
    case .compareFloat:
      self = .compareFloat(try fields.variant(), to: try fields.number(), try fields.value(), try fields.value())
    case .floatUnary:
      self = .floatUnary(try fields.variant(), to: try fields.number(), try fields.value())
    case .convert:
      self = .convert(try fields.variant(), to: try fields.number(), try fields.value())
    case .signExtend:
      self = .signExtend(to: try fields.number(), try fields.value(), bits: try fields.number())
    case .zeroExtend:
      self = .zeroExtend(to: try fields.number(), try fields.value(), bits: try fields.number())
    case .select:
      self = .select(to: try fields.number(), condition: try fields.value(), try fields.value(), try fields.value())
    case .branch:
      self = .branch(try fields.number())
    case .branchIf:
      self = .branchIf(try fields.value(), then: try fields.number(), else: try fields.number())
    case .call:
      self = .call(
        function: try fields.number(), integers: try fields.values(), references: try fields.numbers(),
        integerResults: try fields.numbers(), referenceResults: try fields.numbers())
    case .returnValues:
      self = .returnValues(integers: try fields.values(), references: try fields.numbers())
    case .check:
      self = .check(try fields.value(), message: try fields.number(), values: try fields.values())
    case .dimension:
      self = .dimension(to: try fields.number(), tensor: try fields.number(), axis: try fields.number())
    case .byteCount:
      self = .byteCount(to: try fields.number(), reference: try fields.number())
    case .constant:
      self = .constant(to: try fields.number(), index: try fields.number(), device: try fields.number())
    case .allocate:
      self = .allocate(to: try fields.number(), byteCount: try fields.value(), device: try fields.number())
    case .slice:
      self = .slice(to: try fields.number(), from: try fields.number(), offset: try fields.value(), byteCount: try fields.value())
    case .plan:
      self = .plan(
        offsets: try fields.numbers(), total: try fields.number(), sizes: try fields.values(), first: try fields.numbers(),
        last: try fields.numbers())
    case .tensor:
      self = .tensor(to: try fields.number(), buffer: try fields.number(), elementType: try fields.variant(), shape: try fields.values())
    case .load:
      self = .load(to: try fields.number(), buffer: try fields.number(), byteOffset: try fields.value(), elementType: try fields.variant())
    case .store:
      self = .store(try fields.value(), buffer: try fields.number(), byteOffset: try fields.value(), elementType: try fields.variant())
    case .copy:
      self = .copy(from: try fields.number(), to: try fields.number(), byteCount: try fields.value())
    case .fill:
      self = .fill(
        buffer: try fields.number(), pattern: try fields.value(), patternByteCount: try fields.number(), byteCount: try fields.value())
    case .dispatch:
      self = .dispatch(
        site: try fields.number(), workgroups: try fields.value(), constants: try fields.values(), bindings: try fields.bindings())
    case .barrier: self = .barrier(device: try fields.number())
    case .transfer:
      self = .transfer(to: try fields.number(), from: try fields.number(), device: try fields.number())
    case .submit: self = .submit
    case .list:
      self = .list(to: try fields.number(), elements: try fields.numbers())
    case .listCount:
      self = .listCount(to: try fields.number(), list: try fields.number())
    case .listElement:
      self = .listElement(to: try fields.number(), list: try fields.number(), position: try fields.value())
    case .listInsert:
      self = .listInsert(to: try fields.number(), list: try fields.number(), position: try fields.value(), element: try fields.number())
    case .listErase:
      self = .listErase(to: try fields.number(), list: try fields.number(), position: try fields.value())
    case .checkTensor:
      self = .checkTensor(try fields.number(), elementType: try fields.variant(), shape: try fields.values())
    case .strings:
      self = .strings(
        try fields.variant(), to: try fields.numbers(), from: try fields.numbers(), elementType: try fields.variant(),
        values: try fields.values())
    case .listJoin:
      self = .listJoin(
        to: try fields.number(), list: try fields.number(), axis: try fields.number(), isNew: try fields.number(),
        elementType: try fields.variant(), shape: try fields.values())
    }
  }
}
