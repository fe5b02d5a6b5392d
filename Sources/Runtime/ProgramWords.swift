import TesseraModuleFormat

/// The words of a function under translation. An instruction is its opcode, then its operands in the order of the instruction table:
/// one word for a number or an integer operand, a count before each list, three words for a binding. `Operands` reads them in that order.
///
/// `plan` and `tensor` have the number of their slot as their first operand, and the steps of a `plan`, which need more than 32 bits,
/// are one word, the index in the list of the function.
struct ProgramWords {
  /// The words so far.
  private(set) var words: [Int32] = []
  /// The immediates, which stand behind the integer registers of a frame.
  private(set) var pool: [Int64] = []
  /// The steps of `plan` instructions.
  private(set) var plans: [PlanSteps] = []
  /// The index of each immediate in the pool.
  private var poolIndex: [Int64: Int] = [:]
  /// The integer registers of the function.
  private let integerCount: Int

  /// Translates the instructions of a function; `slots` counts the slots of the program.
  init(_ function: FunctionDescription, slots: inout Int) {
    integerCount = function.integerRegisterCount
    var starts: [Int] = []
    var targets: [(word: Int, instruction: Int)] = []
    for instruction in function.code {
      starts.append(words.count)
      append(Int(instruction.opcode.rawValue))
      if instruction.opcode.hasSlot {
        append(slots)
        slots += 1
      }
      var fields = instruction.fields[...]
      if case .plan(_, _, _, let first, let last) = instruction { fields.removeLast(2); plans.append(PlanSteps(first: first, last: last)) }
      for (description, field) in zip(instruction.opcode.row.operands, fields) {
        if description.kind == .target, case .number(let number) = field { targets.append((words.count, number)) }
        append(field)
      }
      if instruction.opcode == .plan { append(plans.count - 1) }
    }
    for target in targets { words[target.word] = Int32(starts[target.instruction]) }
  }

  /// Appends an operand.
  private mutating func append(_ field: InstructionField) {
    switch field {
    case .number(let number): append(number)
    case .value(let value): append(value)
    case .numbers(let numbers):
      append(numbers.count)
      for number in numbers { append(number) }
    case .values(let values):
      append(values.count)
      for value in values { append(value) }
    case .bindings(let bindings):
      append(bindings.count)
      for binding in bindings {
        append(binding.reference)
        append(binding.offset)
        append(binding.byteCount)
      }
    }
  }

  /// Appends a number.
  private mutating func append(_ number: Int) { words.append(Int32(truncatingIfNeeded: number)) }

  /// Appends an integer operand: a register, or the place of an immediate behind the registers.
  private mutating func append(_ value: IntegerOperand) {
    switch value {
    case .register(let register): append(register)
    case .immediate(let number):
      let index = poolIndex[number] ?? pool.count
      if index == pool.count {
        poolIndex[number] = index
        pool.append(number)
      }
      append(integerCount + index)
    }
  }
}

/// The steps in which the values of a `plan` instruction live.
struct PlanSteps {
  /// The first step of each value.
  let first: [Int]
  /// The last step of each value.
  let last: [Int]
}

extension Opcode {
  /// `true` iff the instruction keeps its last result in a slot of the interpreter.
  fileprivate var hasSlot: Bool { self == .plan || self == .tensor }
}

/// The operands of an instruction in a frame, read one after the other in the order of the instruction table.
///
/// Requires: the instruction was verified, and each operand is read as what the table says; then no read needs a check.
struct Operands {
  /// The next word.
  private(set) var next: UnsafePointer<Int32>
  /// The integer registers and immediates of the frame.
  private let integers: UnsafeMutablePointer<Int64>
  /// The reference registers of the frame.
  private let references: UnsafeMutablePointer<Reference>

  /// Creates a reader of the words at `next`, whose registers are those of `frame`.
  @inline(__always) init(at next: UnsafePointer<Int32>, in frame: Frame) {
    self.next = next
    integers = frame.integers
    references = frame.references
  }

  /// Returns the next operand, a number.
  @inline(__always) mutating func number() -> Int {
    defer { next += 1 }
    return Int(next.pointee)
  }

  /// Returns the next operand, one of the cases of `Variant`, whose tags are their raw values: a test states it for each of these types.
  @inline(__always) mutating func variant<Variant: InstructionVariant>() -> Variant {
    unsafeBitCast(UInt8(truncatingIfNeeded: number()), to: Variant.self)
  }

  /// Returns the next operand, the value of an integer register or immediate.
  @inline(__always) mutating func value() -> Int64 { integers[number()] }

  /// Returns the next operand, an integer register that is written.
  @inline(__always) mutating func result() -> UnsafeMutablePointer<Int64> { integers + number() }

  /// Returns the next operand, a reference register, in place: a copy of a reference would count three objects.
  @inline(__always) mutating func reference() -> UnsafeMutablePointer<Reference> { references + number() }

  /// Returns the next operand, a list of integer registers or immediates.
  @inline(__always) mutating func values() -> OperandList<Int64> { OperandList(&self, in: integers) }

  /// Returns the next operand, a list of reference registers.
  @inline(__always) mutating func referenceList() -> OperandList<Reference> { OperandList(&self, in: references) }

  /// The number of the register that is the next operand.
  var register: Int { Int(next.pointee) }

  /// Returns the content of an integer register of the frame.
  func integer(_ register: Int) -> Int64 { integers[register] }

  /// Goes past `count` words.
  @inline(__always) fileprivate mutating func skip(_ count: Int) { next += count }
}

/// A list of registers, one of the operands of an instruction.
struct OperandList<Content> {
  /// The length of the list.
  let count: Int
  /// The numbers of the registers.
  private let words: UnsafePointer<Int32>
  /// The registers of the frame.
  private let registers: UnsafeMutablePointer<Content>

  /// Reads the count and goes past the list.
  @inline(__always) fileprivate init(_ operands: inout Operands, in registers: UnsafeMutablePointer<Content>) {
    count = operands.number()
    words = operands.next
    self.registers = registers
    operands.skip(count)
  }

  /// The content of a register of the list.
  @inline(__always) subscript(_ index: Int) -> Content {
    unsafeAddress { UnsafePointer(registers + Int(words[index])) }
    nonmutating unsafeMutableAddress { registers + Int(words[index]) }
  }

  /// Returns the number of a register of the list.
  func register(_ index: Int) -> Int { Int(words[index]) }

  /// The contents of all the registers.
  var contents: [Content] { (0..<count).map { self[$0] } }
}
