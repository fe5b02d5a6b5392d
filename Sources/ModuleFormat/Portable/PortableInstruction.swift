/// An instruction of portable code: 16 bytes in a module, little-endian, in the order of the properties.
public struct PortableInstruction: Hashable, Sendable {
  /// The bytes of an instruction.
  public static let byteCount = 16
  /// The most lanes of a row.
  public static let laneLimit = 64
  /// The bytes of a row register: elements lie one after the other, as in memory.
  public static let rowByteCount = 512

  /// What it does.
  public var opcode: PortableOpcode
  /// The type of its elements.
  public var type: PortableType
  /// A predicate, a function, a type to convert from, a number, flags: what the table says.
  public var variant: UInt8
  /// 0 where it works on scalars; else the lanes of rows, 1 to 64. Lanes from there on hold anything afterwards.
  public var lanes: UInt8
  /// The registers: most instructions write `d`.
  public var d: UInt16
  public var a: UInt16
  public var b: UInt16
  public var c: UInt16
  /// A number, an instruction, a place in the pool: what the table says.
  public var immediate: Int32

  /// Creates an instruction; registers that it does not use are 0.
  public init(
    _ opcode: PortableOpcode, _ type: PortableType = .i64, variant: UInt8 = 0, lanes: Int = 0, d: Int = 0, a: Int = 0, b: Int = 0,
    c: Int = 0, immediate: Int = 0
  ) {
    (self.opcode, self.type, self.variant, self.lanes) = (opcode, type, variant, UInt8(lanes))
    (self.d, self.a, self.b, self.c, self.immediate) = (UInt16(d), UInt16(a), UInt16(b), UInt16(c), Int32(immediate))
  }
}

extension PortableInstruction {
  /// Reads an instruction. Errors: an unknown opcode or type.
  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    func word(_ offset: Int) -> UInt16 { UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
    guard let opcode = PortableOpcode(rawValue: bytes[0]), let type = PortableType(rawValue: bytes[1]) else {
      throw .malformed("portable code has an unknown instruction or type")
    }
    (self.opcode, self.type, variant, lanes) = (opcode, type, bytes[2], bytes[3])
    (d, a, b, c) = (word(4), word(6), word(8), word(10))
    immediate = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self))
  }

  /// The bytes of the instruction.
  var bytes: [UInt8] {
    var bytes = [opcode.rawValue, type.rawValue, variant, lanes]
    for register in [d, a, b, c] { withUnsafeBytes(of: register.littleEndian) { bytes.append(contentsOf: $0) } }
    withUnsafeBytes(of: immediate.littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// `true` iff it works on rows.
  public var hasRows: Bool { lanes != 0 }

  /// The instruction as text: `add.f32x64 r3, r1, r2`; `s0` is a scalar register, `r0` a row, `@3` an instruction, `#2` a word of the pool.
  public var text: String {
    let row = opcode.row
    var text = "\(row.name).\(type.name)" + (hasRows ? "x\(lanes)" : "")
    if let name = row.variant.name(of: variant) { text += " \(name)" }
    var operands: [String] = []
    for (operand, register) in zip(row.operands, [d, a, b, c]) where operand.isUsed(by: self) {
      switch operand.kind {
      case .unused: continue
      case .scalar: operands.append("s\(register)")
      case .row: operands.append("r\(register)")
      case .value: operands.append(hasRows ? "r\(register)" : "s\(register)")
      case .number: operands.append("\(register)")
      }
    }
    switch row.immediate {
    case .unused: break
    case .number: operands.append("\(immediate)")
    case .target: operands.append("@\(immediate)")
    case .poolWord, .poolLanes: operands.append("#\(immediate)")
    case .contractedTypes:
      let types = contractedTypes
      operands.append(types.map { "\($0.a), \($0.b)" } ?? "?")
    }
    return operands.isEmpty ? text : "\(text) \(operands.joined(separator: ", "))"
  }

  /// The types of the operands of `contract`, which its immediate has in its two lowest bytes; `nil` where they are none, or do not go together.
  public var contractedTypes: (a: ContractedType, b: ContractedType)? {
    guard immediate >> 16 == 0, let a = ContractedType(rawValue: UInt8(truncatingIfNeeded: immediate)),
      let b = ContractedType(rawValue: UInt8(truncatingIfNeeded: immediate >> 8)), a.sum == type, b.sum == type
    else { return nil }
    return (a, b)
  }
}
