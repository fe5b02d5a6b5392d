import TesseraModuleFormat

/// A piece of memory in which tensor values stand, and where it is.
struct PlannedBuffer {
  enum Place: Equatable {
    case undecided
    /// All of the buffer in a reference register.
    case whole(Int)
    /// A slice of the buffer in a reference register.
    case slice(of: Int, offset: IntegerOperand)
  }

  var byteCount: IntegerOperand
  var place: Place = .undecided
  /// The device that has the memory.
  var device = 0
  /// The number of the constant that this is.
  var constant: Int?
  /// `true` iff the function allocated the memory and has the only reference: not an argument, a constant or the result of a call.
  var isOwned = false
  /// `true` iff values that leave the block stand in it: it is then an allocation of its own.
  var escapes = false
  /// Other storages whose memory this may be: a call may return its argument, a select is one of two.
  var aliases: [Int] = []
  /// The segment of its block in which the byte count is computed.
  var segment = 0
  /// The steps in which it is used: from the command that makes it to its last reader.
  var first = Int.max
  var last = -1
  /// The number of commands that read it in step `last`.
  var lastReaderCount = 0
  /// The storage whose memory it took over.
  var mergedInto: Int?

  /// Forgets all uses.
  mutating func restart() { (escapes, first, last, lastReaderCount) = (false, Int.max, -1, 0) }

  /// Makes the storage live in `step`.
  mutating func use(at step: Int, byCommand: Bool) {
    first = min(first, step)
    if step > last {
      last = step
      lastReaderCount = 0
    }
    if byCommand && step == last { lastReaderCount += 1 }
  }
}

/// A tensor value at host level: memory with a shape.
struct TensorValue {
  var storage: Int
  var shape: [IntegerOperand]
  var elementType: ElementType
  /// The register of a reference that has this very shape and type, if there is one.
  var register: Int?
}

/// A command of the device.
struct HostCommand {
  enum Kind {
    case dispatch(site: Int, workgroups: IntegerOperand, constants: [IntegerOperand])
    case copy
    /// The bytes of what it reads where another device can use them.
    case transfer
  }
  var kind: Kind
  /// The buffers that it reads, in the order of the bindings.
  var reads: [Int]
  /// The buffers that it writes, in the order of the bindings.
  var writes: [Int]
  /// Which result may take over which operand, and whether both have one shape.
  var inPlace: [(result: Int, operand: Int, hasItsShape: Bool)] = []
  /// The device that runs it, or for which it makes a transfer.
  var device = 0
  var segment: Int
  /// `true` iff a command list has it: a transfer is the host program's.
  var runsOnDevice: Bool { if case .transfer = kind { false } else { true } }
  /// When it runs: commands of one step run at the same time.
  var step = 0
}

/// A part of a block: host instructions, then commands in waves, then something for which the host waits or leaves.
struct Segment {
  /// Host instructions that need no command of the segment.
  var head: [CodeBuilder.Item] = []
  /// Storages that the head reads.
  var loads: [Int] = []
  /// References to be chosen once memory is placed.
  var choices: [ReferenceChoice] = []
  /// The call that ends the segment, unless a read at the head of the next one does.
  var call: CallSite?
  /// The list operation that ends the segment.
  var list: ListSite?
  /// The string operation that ends the segment.
  var strings: StringSite?
  var headStep = 0
  /// The steps of the waves.
  var waves: Range<Int> = 0..<0
  var tailStep = 0
}

/// A choice between two tensors.
struct ReferenceChoice {
  var register: Int
  var condition: IntegerOperand
  var then: TensorValue
  var otherwise: TensorValue
}

/// A call of another function of the host program.
struct CallSite {
  var function: Int
  var integers: [IntegerOperand]
  var tensors: [TensorValue]
  var integerResults: [Int]
  var referenceResults: [Int]
}

/// An operation on strings of the host program.
struct StringSite {
  var operation: StringOperation
  var results: [Int]
  var operands: [TensorValue]
  /// The element type of the first result.
  var elementType: ElementType
  var values: [IntegerOperand]
}

/// The value for a reference register: a tensor, or a list that a register holds already.
enum ReferenceValue {
  case tensor(TensorValue)
  case list(Int)
}

/// An operation on lists of the host program.
enum ListSite {
  case make(to: Int, [ReferenceValue])
  case insert(to: Int, list: Int, position: IntegerOperand, ReferenceValue)
  /// An instruction that uses registers only.
  case plain(Instruction)
  /// An instruction that reads the elements' bytes.
  case join(Instruction)
  /// One list or another.
  case choose(to: Int, condition: IntegerOperand, then: Int, otherwise: Int)

  /// The tensors that become elements.
  var tensors: [TensorValue] {
    let values: [ReferenceValue] =
      switch self {
      case .make(_, let elements): elements
      case .insert(_, _, _, let element): [element]
      case .plain, .join, .choose: []
      }
    return values.compactMap { if case .tensor(let tensor) = $0 { tensor } else { nil } }
  }
}
