/// An integer that an instruction reads: out of a register, or written in the instruction.
public enum IntegerOperand: Hashable, Sendable {
  /// The content of an integer register of the frame.
  case register(Int)
  /// The number itself.
  case immediate(Int64)
}

extension IntegerOperand: ExpressibleByIntegerLiteral {
  /// Creates an immediate.
  public init(integerLiteral value: Int64) { self = .immediate(value) }
}

/// A part of a buffer that a dispatch hands to a kernel.
public struct Binding: Hashable, Sendable {
  /// The reference register of the buffer or tensor.
  public var reference: Int
  /// The start of the part, in bytes; kernels expect a multiple of 64.
  public var offset: IntegerOperand
  /// The length of the part in bytes; the device checks that it lies in the buffer.
  public var byteCount: IntegerOperand

  /// Creates a binding.
  public init(reference: Int, offset: IntegerOperand, byteCount: IntegerOperand) {
    self.reference = reference
    self.offset = offset
    self.byteCount = byteCount
  }
}

/// An instruction of the host program. `InstructionTable` documents each; the case names are the names there.
public enum Instruction: Hashable, Sendable {
  case move(to: Int, IntegerOperand)
  case moveReference(to: Int, from: Int)
  case integer(IntegerOperation, to: Int, IntegerOperand, IntegerOperand)
  case compare(IntegerPredicate, to: Int, IntegerOperand, IntegerOperand)
  case float(FloatOperation, to: Int, IntegerOperand, IntegerOperand)
  case compareFloat(FloatPredicate, to: Int, IntegerOperand, IntegerOperand)
  case floatUnary(FloatUnaryOperation, to: Int, IntegerOperand)
  case convert(Conversion, to: Int, IntegerOperand)
  case signExtend(to: Int, IntegerOperand, bits: Int)
  case zeroExtend(to: Int, IntegerOperand, bits: Int)
  case select(to: Int, condition: IntegerOperand, IntegerOperand, IntegerOperand)
  case branch(Int)
  case branchIf(IntegerOperand, then: Int, else: Int)
  case call(function: Int, integers: [IntegerOperand], references: [Int], integerResults: [Int], referenceResults: [Int])
  case returnValues(integers: [IntegerOperand], references: [Int])
  case check(IntegerOperand, message: Int, values: [IntegerOperand])
  case dimension(to: Int, tensor: Int, axis: Int)
  case byteCount(to: Int, reference: Int)
  case constant(to: Int, index: Int, device: Int = 0)
  case allocate(to: Int, byteCount: IntegerOperand, device: Int = 0)
  case slice(to: Int, from: Int, offset: IntegerOperand, byteCount: IntegerOperand)
  case plan(offsets: [Int], total: Int, sizes: [IntegerOperand], first: [Int], last: [Int])
  case tensor(to: Int, buffer: Int, elementType: ElementType, shape: [IntegerOperand])
  case load(to: Int, buffer: Int, byteOffset: IntegerOperand, elementType: ElementType)
  case store(IntegerOperand, buffer: Int, byteOffset: IntegerOperand, elementType: ElementType)
  case copy(from: Int, to: Int, byteCount: IntegerOperand)
  case fill(buffer: Int, pattern: IntegerOperand, patternByteCount: Int, byteCount: IntegerOperand)
  case dispatch(site: Int, workgroups: IntegerOperand, constants: [IntegerOperand], bindings: [Binding])
  case barrier(device: Int = 0)
  case transfer(to: Int, from: Int, device: Int)
  case submit
  case list(to: Int, elements: [Int])
  case listCount(to: Int, list: Int)
  case listElement(to: Int, list: Int, position: IntegerOperand)
  case listInsert(to: Int, list: Int, position: IntegerOperand, element: Int)
  case listErase(to: Int, list: Int, position: IntegerOperand)
  case checkTensor(Int, elementType: ElementType, shape: [IntegerOperand])
  case listJoin(to: Int, list: Int, axis: Int, isNew: Int, elementType: ElementType, shape: [IntegerOperand])
  case strings(StringOperation, to: [Int], from: [Int], elementType: ElementType, values: [IntegerOperand])
}
