import TesseraModuleFormat

extension Step {
  /// Translates an instruction at `index` of verified code.
  init(_ instruction: PortableInstruction, at index: Int, of kernel: PortableKernel, _ layout: FrameLayout) {
    var instruction = instruction
    instruction.normalizePredicate()
    let row = instruction.opcode.row
    func place(_ operand: PortableOperand, _ register: UInt16) -> Int32 {
      switch operand.kind {
      case .unused: return 0
      case .number: return Int32(register)
      case .scalar: return 8 * Int32(register)
      case .value where !instruction.hasRows: return 8 * Int32(register)
      case .row, .value: return Int32(layout.rows) + Int32(PortableInstruction.rowByteCount) * Int32(register)
      }
    }
    (opcode, type, variant, lanes) = (instruction.opcode, instruction.type, instruction.variant, instruction.lanes)
    size = UInt8(instruction.type.byteCount)
    blocks = (instruction.lanes + 15) / 16
    d = place(row.operands[0], instruction.d)
    a = place(row.operands[1], instruction.a)
    b = place(row.operands[2], instruction.b)
    c = place(row.operands[3], instruction.c)
    immediate = Int(instruction.immediate)
    unit = Unit(instruction)
    switch row.immediate {
    case .target: immediate -= index
    case .poolWord: immediate = Int(truncatingIfNeeded: kernel.pool[immediate])
    default: break
    }
    switch opcode {
    case .address: immediate = Int(PortableRegion.address(Int(instruction.a), offset: immediate))
    case .move where !instruction.hasRows: size = 8
    default: break
    }
  }
}

extension Step.Unit {
  /// The part of the machine that runs an instruction.
  fileprivate init(_ instruction: PortableInstruction) {
    switch instruction.opcode {
    case .constant, .wideConstant: self = instruction.hasRows ? .broadcast : .constant
    case .address: self = .constant
    case .move: self = .move
    case .broadcast: self = .broadcast
    case .workgroup, .laneNumbers, .prefixMask, .extract, .extractAt, .insert, .insertAt, .shuffle: self = .whole
    case .add where instruction.type == .i64 && !instruction.hasRows: self = .addIndex
    case .multiply where instruction.type == .i64 && !instruction.hasRows: self = .multiplyIndex
    case .compareIntegers: self = .compareIntegers
    case .compareFloats: self = .compareFloats
    case .select: self = .select
    case .extendSigned, .extendUnsigned, .narrow, .convertFloat, .signedToFloat, .unsignedToFloat, .floatToSigned, .floatToUnsigned:
      self = .convert
    case .reduce: self = .reduce
    case .load: self = .load
    case .loadSplat: self = .loadSplat
    case .store: self = .store
    case .gather: self = .gather
    case .scatter: self = .scatter
    case .copy: self = .copy
    case .contract: self = .contract
    case .branch: self = .branch
    case .branchIf: self = .branchIf
    case .branchUnless: self = .branchUnless
    case .branchCompare: self = .branchCompare
    case .loop: self = .loop
    case .finish: self = .finish
    case .finishWith: self = .finishWith
    default:
      switch instruction.type {
      case .i1, .i8: self = .integers8
      case .i16, .f16, .bf16: self = .integers16
      case .i32: self = .integers32
      case .i64: self = .integers64
      case .f32: self = .floats32
      case .f64: self = .floats64
      }
    }
  }
}

extension PortableInstruction {
  /// Turns the predicate into one of those that the machine has: "greater" is "less" of the operands in the other order. The `i1` 1 is -1 where
  /// it has a sign, so that the signed order is the other one of the bytes.
  fileprivate mutating func normalizePredicate() {
    switch opcode {
    case .compareIntegers, .branchCompare:
      guard var predicate = PortableIntegerPredicate(rawValue: variant) else { return }
      if type == .i1 {
        switch predicate {
        case .less: predicate = .greaterUnsigned
        case .lessOrEqual: predicate = .greaterOrEqualUnsigned
        case .greater: predicate = .lessUnsigned
        case .greaterOrEqual: predicate = .lessOrEqualUnsigned
        default: break
        }
      }
      switch predicate {
      case .greater: predicate = .less
      case .greaterOrEqual: predicate = .lessOrEqual
      case .greaterUnsigned: predicate = .lessUnsigned
      case .greaterOrEqualUnsigned: predicate = .lessOrEqualUnsigned
      default:
        variant = predicate.rawValue
        return
      }
      variant = predicate.rawValue
    case .compareFloats:
      switch PortableFloatPredicate(rawValue: variant) {
      case .greater: variant = PortableFloatPredicate.less.rawValue
      case .greaterOrEqual: variant = PortableFloatPredicate.lessOrEqual.rawValue
      case .greaterOrUnordered: variant = PortableFloatPredicate.lessOrUnordered.rawValue
      case .greaterOrEqualOrUnordered: variant = PortableFloatPredicate.lessOrEqualOrUnordered.rawValue
      default: return
      }
    default: return
    }
    (a, b) = (b, a)
  }
}
