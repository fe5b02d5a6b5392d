import TesseraModuleFormat
import TesseraRuntime

/// A host read of an element of a storage, to be given a buffer and an offset when memory is planned.
struct DeferredLoad {
  var register: Int
  var storage: Int
  var byteOffset: IntegerOperand
  var elementType: ElementType
}

/// The code of one function under construction: fresh registers, labels, and integer instructions that fold and are shared.
///
/// Branch targets are labels until `finish`, which turns them into instruction indices.
struct CodeBuilder {
  /// A piece of code that is not final yet.
  enum Item {
    case instruction(Instruction)
    case label(Int)
    /// A read of memory whose place is not known yet.
    case load(DeferredLoad)
  }

  private(set) var integerCount = 0
  private(set) var referenceCount = 0
  private var items: [Item] = []
  private var labelCount = 0
  /// Results of pure integer instructions since the last label: an equal instruction need not run again.
  private var known: [Instruction: IntegerOperand] = [:]
  /// What the registers are the products of that `product` made.
  private var factors: [Int: Factors] = [:]

  /// Returns a fresh integer register.
  mutating func integerRegister() -> Int {
    defer { integerCount += 1 }
    return integerCount
  }

  /// Returns a fresh reference register.
  mutating func referenceRegister() -> Int {
    defer { referenceCount += 1 }
    return referenceCount
  }

  /// Returns a label to `place` later.
  mutating func label() -> Int {
    defer { labelCount += 1 }
    return labelCount
  }

  /// Puts a label here. What was computed before may not have been on every way that leads here.
  mutating func place(_ label: Int) {
    items.append(.label(label))
    known = [:]
  }

  /// Takes out what was appended, and puts `other` in its place.
  mutating func exchangeItems(_ other: [Item]) -> [Item] {
    defer { items = other }
    return items
  }

  /// Appends a piece of code that is not final yet.
  mutating func append(_ item: Item) { items.append(item) }

  /// Appends an instruction; branch targets are labels.
  mutating func append(_ instruction: Instruction) { items.append(.instruction(instruction)) }

  /// Returns the value of the pure instruction that `make` makes for a result register.
  mutating func pure(_ make: (Int) -> Instruction) -> IntegerOperand {
    let key = make(-1)
    if let shared = known[key] { return shared }
    let register = integerRegister()
    append(make(register))
    known[key] = .register(register)
    return .register(register)
  }

  /// Returns `a op b`, computed now if both are known.
  mutating func integer(_ operation: IntegerOperation, _ a: IntegerOperand, _ b: IntegerOperand) -> IntegerOperand {
    if case .immediate(let x) = a, case .immediate(let y) = b, let value = operation.evaluate(x, y) { return .immediate(value) }
    switch (operation, a, b) {
    case (.add, let x, 0), (.add, 0, let x), (.sub, let x, 0), (.mul, let x, 1), (.mul, 1, let x), (.divS, let x, 1),
      (.addSaturating, let x, 0), (.addSaturating, 0, let x), (.subSaturating, let x, 0), (.mulSaturating, let x, 1),
      (.mulSaturating, 1, let x),
      (.divU, let x, 1), (.floorDivS, let x, 1), (.ceilDivS, let x, 1), (.or, let x, 0), (.or, 0, let x), (.xor, let x, 0),
      (.shl, let x, 0), (.shrS, let x, 0), (.shrU, let x, 0):
      return x
    case (.mul, _, 0), (.mul, 0, _), (.mulSaturating, _, 0), (.mulSaturating, 0, _), (.and, _, 0), (.and, 0, _): return 0
    default: break
    }
    return pure { .integer(operation, to: $0, a, b) }
  }

  /// Returns 1 iff the comparison holds, else 0.
  mutating func compare(_ predicate: IntegerPredicate, _ a: IntegerOperand, _ b: IntegerOperand) -> IntegerOperand {
    if case .immediate(let x) = a, case .immediate(let y) = b { return predicate.evaluate(x, y) ? 1 : 0 }
    return pure { .compare(predicate, to: $0, a, b) }
  }

  /// Returns the low `bits` of `a` as a signed number.
  mutating func signExtend(_ a: IntegerOperand, _ bits: Int) -> IntegerOperand {
    if bits >= 64 { return a }
    if case .immediate(let x) = a { return .immediate((x << (64 - bits)) >> (64 - bits)) }
    return pure { .signExtend(to: $0, a, bits: bits) }
  }

  /// Returns the low `bits` of `a` as an unsigned number.
  mutating func zeroExtend(_ a: IntegerOperand, _ bits: Int) -> IntegerOperand {
    if bits >= 64 { return a }
    if case .immediate(let x) = a { return .immediate(x & ((1 << bits) - 1)) }
    return pure { .zeroExtend(to: $0, a, bits: bits) }
  }

  /// Returns `a` where the condition is not 0, else `b`.
  mutating func select(_ condition: IntegerOperand, _ a: IntegerOperand, _ b: IntegerOperand) -> IntegerOperand {
    if a == b { return a }
    if case .immediate(let c) = condition { return c != 0 ? a : b }
    return pure { .select(to: $0, condition: condition, a, b) }
  }

  /// Returns the product of `sizes`; the greatest number where it does not fit.
  ///
  /// Products of products are taken apart first: however a tensor is reshaped, its size is one register, and its memory can be used again.
  mutating func product(_ sizes: [IntegerOperand]) -> IntegerOperand {
    var all = Factors(constant: 1, registers: [])
    for size in sizes {
      switch size {
      case .immediate(let number): all.multiply(by: Factors(constant: number, registers: []))
      case .register(let register): all.multiply(by: factors[register] ?? Factors(constant: 1, registers: [register]))
      }
    }
    let registers = all.registers.reduce(1) { integer(.mulSaturating, $0, .register($1)) }
    let result = integer(.mulSaturating, registers, .immediate(all.constant))
    if case .register(let register) = result { factors[register] = all }
    return result
  }

  /// A product of sizes: a number and registers, in ascending order.
  private struct Factors {
    var constant: Int64
    var registers: [Int]

    mutating func multiply(by other: Factors) {
      constant = IntegerOperation.mulSaturating.evaluate(constant, other.constant) ?? constant
      registers = (registers + other.registers).sorted()
    }
  }

  /// Returns `prologue` and the instructions, with labels replaced by the index of what stands behind them.
  func finish(prologue: [Instruction]) -> [Instruction] {
    var positions = [Int](repeating: 0, count: labelCount)
    var count = prologue.count
    for item in items {
      switch item {
      case .instruction, .load: count += 1
      case .label(let label): positions[label] = count
      }
    }
    return prologue
      + items.compactMap { item -> Instruction? in
        switch item {
        case .label: nil
        case .load: preconditionFailure("loads were resolved when their block was emitted")
        case .instruction(.branch(let target)): .branch(positions[target])
        case .instruction(.branchIf(let condition, let then, let otherwise)):
          .branchIf(condition, then: positions[then], else: positions[otherwise])
        case .instruction(let instruction): instruction
        }
      }
  }
}
