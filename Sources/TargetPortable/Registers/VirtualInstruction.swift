internal import TesseraModuleFormat

/// A place in the code that branches go to.
struct Label: Hashable { let number: Int }

/// An instruction on virtual registers.
struct VirtualInstruction {
  /// What stands in an operand of the instruction.
  enum Operand: Hashable {
    case none
    case register(VirtualRegister)
    case number(Int)

    var register: VirtualRegister? { if case .register(let register) = self { register } else { nil } }
  }

  let opcode: PortableOpcode
  let type: PortableType
  var variant: UInt8 = 0
  var lanes = 0
  var d = Operand.none
  var a = Operand.none
  var b = Operand.none
  var c = Operand.none
  var immediate = 0
  /// Where a branch goes.
  var target: Label?

  /// The registers that are read, those behind the ones that are named not included.
  var readOperands: [Operand] {
    let row = opcode.row
    return zip(row.operands, [d, a, b, c]).compactMap { description, operand in description.use == .written ? nil : operand }
  }

  /// The register that is written.
  var written: VirtualRegister? { opcode.row.operands[0].use == .read ? nil : d.register }

  /// `true` iff the instruction does nothing but write `d`.
  var isPure: Bool {
    switch opcode {
    case .store, .scatter, .copy, .contract, .branch, .branchIf, .branchUnless, .branchCompare, .loop, .finish, .finishWith: false
    default: true
    }
  }

  /// `true` iff `d` may be the register of an operand that has elements as wide: each lane is read before it is written, and no other is.
  var worksInPlace: Bool {
    switch opcode {
    case .move, .add, .subtract, .multiply, .and, .or, .exclusiveOr, .shiftLeft, .shiftRight, .shiftRightSigned, .minSigned, .maxSigned,
      .minUnsigned, .maxUnsigned, .divide, .minimum, .maximum, .minNumber, .maxNumber, .negate, .absolute, .floor, .ceil, .round,
      .roundEven,
      .truncate, .squareRoot, .multiplyAdd, .copySign, .divideSigned, .divideUnsigned, .remainderSigned, .remainderUnsigned, .power,
      .function,
      .arcTangent2, .remainder:
      true
    default: lanes == 0
    }
  }
}
