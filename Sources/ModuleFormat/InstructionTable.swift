/// The meaning of an operand, by which it is encoded, verified, printed and documented.
public enum OperandKind: Hashable, Sendable {
  /// An integer register that is written.
  case integerResult
  /// A reference register that is written.
  case referenceResult
  /// A reference register that is read.
  case reference
  /// An integer register or an immediate.
  case value
  /// The index of an instruction of the same function.
  case target
  /// The index of a function, of a message, of a constant, of a dispatch site.
  case function, message, constant, site
  /// The index of a device of the module.
  case device
  /// A number in the range.
  case number(ClosedRange<Int>)
  /// One of the variants of an operation.
  case integerOperation, integerPredicate, floatOperation, floatPredicate, floatUnaryOperation, conversion, stringOperation
  /// An element type.
  case elementType
  /// A list of integer registers that are written.
  case integerResults
  /// A list of reference registers that are written.
  case referenceResults
  /// A list of reference registers that are read.
  case references
  /// A list of integer registers or immediates.
  case values
  /// A list of numbers that are not negative.
  case numbers
  /// A list of bindings.
  case bindings
}

/// One operand in the instruction table.
public struct OperandDescription: Sendable {
  /// The name in the documentation.
  public let name: String
  /// The meaning.
  public let kind: OperandKind
}

/// A number that tells instructions apart in a module file.
public enum Opcode: UInt8, CaseIterable, Sendable {
  case move, moveReference, integer, compare, float, compareFloat, floatUnary, convert, signExtend, zeroExtend, select
  case branch, branchIf, call, returnValues, check, dimension, byteCount, constant, allocate, slice, plan, tensor, load, store
  case copy, fill, dispatch, barrier, submit, list, listCount, listElement, listInsert, listErase, checkTensor, strings
  case listJoin, transfer
}

/// A row of the instruction table.
public struct InstructionDescription: Sendable {
  /// The opcode.
  public let opcode: Opcode
  /// The operands in the order of the encoding.
  public let operands: [OperandDescription]
  /// The effect of the instruction, in one sentence or two.
  public let summary: String

  /// The name in disassembly and documentation.
  public var name: String { "\(opcode)" }

  /// Creates a row.
  init(_ opcode: Opcode, _ operands: KeyValuePairs<String, OperandKind>, _ summary: String) {
    self.opcode = opcode
    self.operands = operands.map { OperandDescription(name: $0.key, kind: $0.value) }
    self.summary = summary
  }
}

/// The instruction set. The encoder, the decoder, the verifier, the disassembler and `docs/VM.md` read this table.
public enum InstructionTable {
  /// All instructions, at the index of their opcode.
  public static let rows: [InstructionDescription] = [
    .init(.move, ["to": .integerResult, "value": .value], "Sets an integer register."),
    .init(.moveReference, ["to": .referenceResult, "from": .reference], "Copies a reference; the bytes are shared."),
    .init(
      .integer, ["operation": .integerOperation, "to": .integerResult, "a": .value, "b": .value],
      "Computes on 64-bit integers. Division by zero and overflowing signed division are errors; all else wraps around."),
    .init(
      .compare, ["predicate": .integerPredicate, "to": .integerResult, "a": .value, "b": .value],
      "Compares integers; gives 0 or 1."),
    .init(
      .float, ["operation": .floatOperation, "to": .integerResult, "a": .value, "b": .value],
      "Computes on `f64` bit patterns in integer registers."),
    .init(
      .compareFloat, ["predicate": .floatPredicate, "to": .integerResult, "a": .value, "b": .value],
      "Compares `f64` bit patterns; gives 0 or 1."),
    .init(
      .floatUnary, ["operation": .floatUnaryOperation, "to": .integerResult, "a": .value],
      "Computes on one `f64` bit pattern."),
    .init(
      .convert, ["conversion": .conversion, "to": .integerResult, "a": .value],
      "Converts between integers and `f64` bit patterns."),
    .init(
      .signExtend, ["to": .integerResult, "a": .value, "bits": .number(1...64)],
      "Takes the low bits as a signed number."),
    .init(
      .zeroExtend, ["to": .integerResult, "a": .value, "bits": .number(1...64)],
      "Takes the low bits as an unsigned number."),
    .init(
      .select, ["to": .integerResult, "condition": .value, "then": .value, "else": .value],
      "Gives one value where the condition is not 0, else the other."),
    .init(.branch, ["target": .target], "Goes on at an instruction of the function."),
    .init(
      .branchIf, ["condition": .value, "then": .target, "else": .target],
      "Goes on at one instruction where the condition is not 0, else at the other."),
    .init(
      .call,
      [
        "function": .function, "integers": .values, "references": .references, "integerResults": .integerResults,
        "referenceResults": .referenceResults,
      ],
      "Calls a function of the module, in a frame of its own. Too deep a nesting is an error."),
    .init(
      .returnValues, ["integers": .values, "references": .references],
      "Ends the function. Returning from an exported function completes the pending commands."),
    .init(
      .check, ["condition": .value, "message": .message, "values": .values],
      "Ends the call with an error where the condition is 0; `{0}`, `{1}` in the message stand for the values."),
    .init(
      .dimension, ["to": .integerResult, "tensor": .reference, "axis": .number(0...63)],
      "Reads an extent of a tensor's shape."),
    .init(.byteCount, ["to": .integerResult, "reference": .reference], "Reads the length of a buffer view or tensor."),
    .init(
      .constant, ["to": .referenceResult, "index": .constant, "device": .device],
      "Refers to a constant of the module where a device has it: read-only, never copied."),
    .init(
      .allocate, ["to": .referenceResult, "byteCount": .value, "device": .device],
      "Makes a buffer of a device, 64-byte aligned, with arbitrary content."),
    .init(
      .slice, ["to": .referenceResult, "from": .reference, "offset": .value, "byteCount": .value],
      "Refers to a part of a buffer; a part that is not inside is an error."),
    .init(
      .plan, ["offsets": .integerResults, "total": .integerResult, "sizes": .values, "first": .numbers, "last": .numbers],
      "Plans an arena: value `i` has `sizes[i]` bytes and lives in the steps `first[i]...last[i]`; values that live at the same time do not overlap."
    ),
    .init(
      .tensor, ["to": .referenceResult, "buffer": .reference, "elementType": .elementType, "shape": .values],
      "Makes a tensor of a buffer view, or of another tensor's bytes. The elements must fit."),
    .init(
      .load, ["to": .integerResult, "buffer": .reference, "byteOffset": .value, "elementType": .elementType],
      "Reads an element on the host, after completing the pending commands. Floats arrive as `f64` bits, signed integers sign-extended."),
    .init(
      .store, ["value": .value, "buffer": .reference, "byteOffset": .value, "elementType": .elementType],
      "Writes an element on the host, after completing the pending commands."),
    .init(
      .copy, ["from": .reference, "to": .reference, "byteCount": .value],
      "Records a copy of the first bytes of a view to the start of another."),
    .init(
      .fill, ["buffer": .reference, "pattern": .value, "patternByteCount": .number(1...8), "byteCount": .value],
      "Records a fill of the first bytes of a view with a pattern of 1, 2, 4 or 8 bytes."),
    .init(
      .dispatch, ["site": .site, "workgroups": .value, "constants": .values, "bindings": .bindings],
      "Records a run of a kernel, on the device of its executable, where the bindings must be. `workgroups` is the most workgroups that make sense; the device chooses how many."
    ),
    .init(
      .barrier, ["device": .device],
      "Commands of the device recorded after it see the effects of those before it; between two barriers commands may run at the same time."
    ),
    .init(.submit, [:], "Runs the pending commands and waits for them."),
    .init(
      .list, ["to": .referenceResult, "elements": .references],
      "Makes a list of tensors and lists. Lists never change; they nest at most \(TensorInfo.containerLimit) deep."),
    .init(.listCount, ["to": .integerResult, "list": .reference], "Reads the number of a list's elements."),
    .init(
      .listElement, ["to": .referenceResult, "list": .reference, "position": .value],
      "Refers to an element of a list; a position that is not there is an error."),
    .init(
      .listInsert, ["to": .referenceResult, "list": .reference, "position": .value, "element": .reference],
      "Makes a list with one element more, before the one at the position, or at the end."),
    .init(
      .listErase, ["to": .referenceResult, "list": .reference, "position": .value],
      "Makes a list without the element at the position."),
    .init(
      .checkTensor, ["reference": .reference, "elementType": .elementType, "shape": .values],
      "Ends the call with an error unless the reference is a tensor of the type; an extent of -1 stands for any."),
    .init(
      .strings,
      [
        "operation": .stringOperation, "to": .referenceResults, "from": .references, "elementType": .elementType, "values": .values,
      ],
      "Computes on tensors of strings, after completing the pending commands; `elementType` is that of the first result."),
    .init(
      .listJoin,
      [
        "to": .referenceResult, "list": .reference, "axis": .number(0...63), "isNew": .number(0...1), "elementType": .elementType,
        "shape": .values,
      ],
      "Makes a tensor of a list's tensors, one after the other along an axis, or along a new one, after completing the pending commands. "
        + "They must have the type, in which an extent of -1 stands for any, and agree in the other extents."),
    .init(
      .transfer, ["to": .referenceResult, "from": .reference, "device": .device],
      "Refers to the bytes of a view or tensor where a device can use them: the same memory, or a copy. Commands of the device recorded after it run once those that make the bytes have run."
    ),
  ]
}

extension Opcode {
  /// The row of the opcode.
  public var row: InstructionDescription { InstructionTable.rows[Int(rawValue)] }
}
