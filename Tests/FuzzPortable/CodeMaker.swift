import TesseraModuleFormat

/// The random numbers of one mutant (PCG's multiplier and increment), so that a failure can be repeated.
struct Random {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    for _ in 0..<4 { _ = next(2) }
  }

  /// Returns a number in `0..<limit`.
  mutating func next(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }

  /// Returns one of the elements.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(elements.count)] }

  /// `true` once in so many times.
  mutating func once(in count: Int) -> Bool { next(count) == 0 }
}

/// Makes random code that mostly keeps to the table.
struct CodeMaker {
  var random: Random
  private static let scalarCount = 16, rowCount = 8, poolCount = 24
  /// The registers that hold addresses at first.
  private static let addressCount = 6

  /// Returns a kernel: addresses and small numbers in its scalars, then random instructions.
  mutating func kernel(_ symbol: String) -> PortableKernel {
    var code: [PortableInstruction] = []
    for index in 0..<Self.addressCount {
      let region =
        index < 3 ? PortableRegion.firstBinding + index : index == 3 ? PortableRegion.scratch : index == 4 ? PortableRegion.temporary : 5
      code.append(.init(.address, d: index, a: region, immediate: random.once(in: 4) ? random.next(300) : 0))
    }
    for index in Self.addressCount..<Self.scalarCount { code.append(.init(.constant, d: index, immediate: number())) }
    let count = code.count + 4 + random.next(30)
    while code.count < count { code.append(instruction(of: count + 1)) }
    code.append(.init(.finish, .i32))
    return PortableKernel(
      symbol: symbol, scalarCount: Self.scalarCount, rowCount: Self.rowCount, temporaryByteCount: random.pick([0, 64, 300, 4096]),
      pool: (0..<Self.poolCount).map { UInt64(truncatingIfNeeded: $0 &* 0x0123_4567_89AB_CDEF) }, code: code)
  }

  private mutating func number() -> Int {
    random.once(in: 8) ? random.pick([-1, 1 << 20, Int(Int32.max), Int(Int32.min), -64]) : random.next(80)
  }

  /// Returns an instruction of code of `count`.
  private mutating func instruction(of count: Int) -> PortableInstruction {
    let opcode = random.pick(PortableOpcode.allCases)
    let row = opcode.row
    var lanes = random.once(in: 3) ? 1 + random.next(64) : 64
    if row.form == .scalar || (row.form == .both && random.once(in: 2)) { lanes = 0 }
    var result = PortableInstruction(opcode, random.pick(row.types), lanes: lanes)
    switch row.variant {
    case .unused: break
    case .number(let range): result.variant = UInt8(Int(range.lowerBound) + random.next(range.count))
    case .flags(let bits): result.variant = UInt8(random.next(4)) & bits
    case .source(let types): result.variant = random.pick(types).rawValue
    default: result.variant = UInt8(random.next(10))
    }
    if lanes == 0, opcode == .load || opcode == .store { result.variant &= PortableAccess.indexed }
    var registers: [UInt16] = []
    for operand in row.operands {
      guard operand.isUsed(by: result) else {
        registers.append(0)
        continue
      }
      switch operand.kind {
      case .unused: registers.append(0)
      case .number: registers.append(UInt16(random.next(14)))
      case .row: registers.append(UInt16(random.next(opcode == .contract ? 2 : Self.rowCount)))
      case .value where result.hasRows: registers.append(UInt16(random.next(Self.rowCount)))
      case .scalar, .value:
        let isAddress = ["address", "a", "b", "to", "from"].contains(operand.name) && operand.use == .read && !random.once(in: 4)
        let first = operand.use == .read || random.once(in: 10) ? 0 : Self.addressCount
        let limit = isAddress ? Self.addressCount : Self.scalarCount - operand.count + 1
        registers.append(UInt16(min(first, limit - 1) + random.next(limit - min(first, limit - 1))))
      }
    }
    (result.d, result.a, result.b, result.c) = (registers[0], registers[1], registers[2], registers[3])
    switch row.immediate {
    case .unused: break
    case .number: result.immediate = Int32(random.once(in: 3) ? number() : random.next(5) * 4)
    case .target: result.immediate = Int32(random.next(count))
    case .poolWord: result.immediate = Int32(random.next(Self.poolCount))
    case .poolLanes: result.immediate = Int32(random.next(Self.poolCount - 7))
    case .contractedTypes:
      let types = ContractedType.allCases.filter { $0.sum == result.type }
      result.immediate = Int32(random.pick(types).rawValue) | Int32(random.pick(types).rawValue) << 8
      result.variant = UInt8(1 + random.next(6))
    }
    return result
  }
}
