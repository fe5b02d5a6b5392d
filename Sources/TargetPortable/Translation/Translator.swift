internal import TesseraDiagnostics
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Translates the IR of a kernel (`scf`, `arith`, `math`, `vector`, and the operations of `PortableMachine`) to portable code, operation by operation.
///
/// Before: a function whose loops and choices are those of `scf`, without `affine`, `complex` but pairs of parts, and arithmetic on narrow floats.
/// After: instructions on virtual registers, which `finish` gives numbers. An index is an i64; a complex number is two registers, and so is an i128, the low word first.
final class Translator {
  let function: Operation
  let context: Context
  var code: [VirtualInstruction] = []
  /// The register of each value; two of a pair.
  var registers: [Value: [VirtualRegister]] = [:]
  /// The register that a value had best be computed into.
  var wishes: [Value: VirtualRegister] = [:]
  /// Where each label stands.
  private var labels: [Label: Int] = [:]
  private var labelCount = 0
  private var registerCount = 0
  /// The instructions that are repeated.
  private var loops: [ClosedRange<Int>] = []
  /// Registers that stand side by side, and the group of each of those.
  private(set) var groups: [[VirtualRegister]] = []
  private(set) var groupOf: [VirtualRegister: Int] = [:]
  private var pool: [UInt64] = []
  private var poolPlaces: [[UInt64]: Int] = [:]

  init(_ function: Operation, _ context: Context) { (self.function, self.context) = (function, context) }

  /// Translates the function, with so many bytes of temporary memory. Errors: an operation that the machine lacks.
  func kernel(symbol: String, temporaryByteCount: Int) throws(Diagnostic) -> PortableKernel {
    guard let block = function.body() else { throw unsupported(function, "it has no body") }
    // Bindings, constants, the workgroup's place (which has an instruction), scratch memory.
    let regions = [PortableRegion.bindings, PortableRegion.constants, PortableRegion.none, PortableRegion.scratch]
    for (argument, region) in zip(block.arguments, regions) where argument.hasUses {
      emit(.init(opcode: .address, type: .i64, d: .register(register(argument)), a: .number(region)))
    }
    try translate(block)
    dropUnused()
    return try finish(symbol, temporaryByteCount)
  }

  // MARK: registers

  func fresh(isRow: Bool) -> VirtualRegister {
    registerCount += 1
    return VirtualRegister(number: registerCount, isRow: isRow)
  }

  /// The register into which `value` is computed.
  func register(_ value: Value) -> VirtualRegister {
    if let known = registers[value] { return known[0] }
    let made = wishes[value] ?? fresh(isRow: value.type.isVector)
    registers[value] = [made]
    return made
  }

  /// The registers of a value that is computed already.
  func parts(_ value: Value) -> [VirtualRegister] {
    if let known = registers[value] { return known }
    let made = value.type.isPair ? [fresh(isRow: false), fresh(isRow: false)] : [register(value)]
    registers[value] = made
    return made
  }

  func operand(_ value: Value) -> VirtualInstruction.Operand { .register(register(value)) }

  /// Lets registers stand side by side.
  func group(_ members: [VirtualRegister]) {
    for member in members { groupOf[member] = groups.count }
    groups.append(members)
  }

  // MARK: code

  func emit(_ instruction: VirtualInstruction) { code.append(instruction) }

  /// Emits the instruction of a scalar constant, and returns its register.
  func constant(_ number: Int, _ type: PortableType = .i64) -> VirtualRegister {
    let made = fresh(isRow: false)
    emitConstant(UInt64(truncatingIfNeeded: number), type, into: made, lanes: 0)
    return made
  }

  /// Sets a register, or each lane of it, to the low bits of a word.
  func emitConstant(_ word: UInt64, _ type: PortableType, into register: VirtualRegister, lanes: Int) {
    let small = Int32(truncatingIfNeeded: word)
    let bits = 8 * type.byteCount
    let isSmall = bits <= 32 || UInt64(bitPattern: Int64(small)) == word
    emit(
      .init(
        opcode: isSmall ? .constant : .wideConstant, type: type, lanes: lanes, d: .register(register),
        immediate: isSmall ? Int(small) : poolPlace([word])))
  }

  /// The place of words in the pool.
  func poolPlace(_ words: [UInt64]) -> Int {
    if let known = poolPlaces[words] { return known }
    poolPlaces[words] = pool.count
    pool += words
    return pool.count - words.count
  }

  func label() -> Label {
    labelCount += 1
    return Label(number: labelCount)
  }

  func place(_ label: Label) { labels[label] = code.count }

  /// Emits `body`, whose instructions are repeated.
  func repeated(_ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    let first = code.count
    try body()
    if code.count > first { loops.append(first...code.count - 1) }
  }

  /// Copies registers to others at the same time.
  func move(_ pairs: [(from: VirtualRegister, to: VirtualRegister, type: Type)]) {
    let real = pairs.filter { $0.from != $0.to }
    let targets = Set(real.map(\.to))
    func emitMove(_ from: VirtualRegister, _ to: VirtualRegister, _ type: Type) {
      emit(.init(opcode: .move, type: storage(type) ?? .i64, lanes: lanes(type), d: .register(to), a: .register(from)))
    }
    var sources: [VirtualRegister] = []
    for pair in real {
      guard targets.contains(pair.from) else {
        sources.append(pair.from)
        continue
      }
      let copy = fresh(isRow: pair.from.isRow)
      emitMove(pair.from, copy, pair.type)
      sources.append(copy)
    }
    for (source, pair) in zip(sources, real) { emitMove(source, pair.to, pair.type) }
  }

  // MARK: types

  /// The type in which the elements of a type are kept; `nil` where there is none.
  func storage(_ type: Type) -> PortableType? {
    let element = type.isVector ? type.element : type
    if element.isIndex { return .i64 }
    if element.isComplex { return storage(element.complexElement) }
    if element.isPair { return .i64 }
    guard let bits = element.bitWidth else { return nil }
    if element.isFloat {
      switch "\(element)" {
      case "f16": return .f16
      case "bf16": return .bf16
      case "f32": return .f32
      case "f64": return .f64
      default: return nil
      }
    }
    return bits == 1 ? .i1 : bits <= 8 ? .i8 : bits <= 16 ? .i16 : bits <= 32 ? .i32 : bits <= 64 ? .i64 : nil
  }

  /// The lanes of a type, 0 of a scalar.
  func lanes(_ type: Type) -> Int { type.isVector ? type.shape.reduce(1, *) : 0 }

  /// An operation that has no translation.
  func unsupported(_ operation: Operation, _ reason: String? = nil) -> Diagnostic {
    let types = (operation.operands + operation.results).map { "\($0.type)" }
    return Diagnostic(
      .unsupported, id: "portableOperation", "the portable machine cannot compute '\(operation.name)'\(reason.map { ": \($0)" } ?? "")",
      location: function.location.sourceNames.joined(separator: ", "), notes: ["types: \(types.joined(separator: ", "))"])
  }

  // MARK: end

  /// Drops instructions whose results nobody reads, last to first: addresses that became part of others, for the most part.
  private func dropUnused() {
    var uses: [VirtualRegister: Int] = [:]
    for instruction in code { for operand in instruction.readOperands { operand.register.map { uses[$0, default: 0] += 1 } } }
    for group in groups { for register in group { uses[register, default: 0] += 1 } }
    var kept = [Bool](repeating: true, count: code.count)
    var changed = true
    while changed {
      changed = false
      for i in code.indices.reversed() where kept[i] && code[i].isPure {
        guard let d = code[i].written else { continue }
        // What an instruction reads of its own result keeps nothing alive.
        let own = code[i].opcode.row.operands[0].use == .updated ? 1 : 0
        guard uses[d, default: 0] <= own else { continue }
        kept[i] = false
        changed = true
        for operand in code[i].readOperands { operand.register.map { uses[$0, default: 0] -= 1 } }
      }
    }
    var places: [Int] = []
    var count = 0
    for keep in kept {
      places.append(count)
      if keep { count += 1 }
    }
    places.append(count)
    labels = labels.mapValues { places[$0] }
    loops = loops.compactMap { loop in
      let last = places[loop.upperBound + 1] - 1
      return places[loop.lowerBound] <= last ? places[loop.lowerBound]...last : nil
    }
    code = zip(code, kept).filter(\.1).map(\.0)
  }

  /// Gives registers their numbers. Errors: there are too many, or too much code.
  private func finish(_ symbol: String, _ temporaryByteCount: Int) throws(Diagnostic) -> PortableKernel {
    let allocation = RegisterAllocation(code, loops: loops, groups: groups)
    guard allocation.scalarCount <= PortableKernel.scalarLimit, allocation.rowCount <= PortableKernel.rowLimit,
      temporaryByteCount <= PortableKernel.temporaryLimit, code.count <= PortableKernel.codeLimit, pool.count <= PortableKernel.poolLimit
    else {
      throw Diagnostic(
        .unsupported, id: "portableLimits", "a kernel is too large for the portable machine",
        location: function.location.sourceNames.joined(separator: ", "),
        notes: ["\(allocation.scalarCount) scalars, \(allocation.rowCount) rows, \(code.count) instructions, \(temporaryByteCount) bytes"])
    }
    func number(_ operand: VirtualInstruction.Operand) -> Int {
      switch operand {
      case .none: 0
      case .number(let number): number
      case .register(let register): allocation.numbers[register] ?? 0
      }
    }
    let instructions = code.map { virtual in
      PortableInstruction(
        virtual.opcode, virtual.type, variant: virtual.variant, lanes: virtual.lanes, d: number(virtual.d), a: number(virtual.a),
        b: number(virtual.b), c: number(virtual.c), immediate: virtual.target.map { labels[$0]! } ?? virtual.immediate)
    }
    return PortableKernel(
      symbol: symbol, scalarCount: allocation.scalarCount, rowCount: allocation.rowCount, temporaryByteCount: temporaryByteCount,
      pool: pool, code: instructions)
  }
}
