extension OperandKind {
  /// The forms that operands have in the encoding.
  enum Form {
    case number, value, numbers, values, bindings
  }

  /// The form of the kind.
  var form: Form {
    switch self {
    case .integerResult, .referenceResult, .reference, .target, .function, .message, .constant, .site, .device, .number: .number
    case .integerOperation, .integerPredicate, .floatOperation, .floatPredicate, .floatUnaryOperation, .conversion, .stringOperation:
      .number
    case .elementType: .number
    case .value: .value
    case .integerResults, .referenceResults, .references, .numbers: .numbers
    case .values: .values
    case .bindings: .bindings
    }
  }
}

extension ByteWriter {
  /// Appends an integer operand: a register is 0 and its number, an immediate 1 and the number.
  mutating func write(_ value: IntegerOperand) {
    switch value {
    case .register(let register):
      write(byte: 0)
      write(register)
    case .immediate(let number):
      write(byte: 1)
      write(signed: number)
    }
  }

  /// Appends an instruction: its opcode and its operands.
  mutating func write(_ instruction: Instruction) {
    write(byte: instruction.opcode.rawValue)
    for field in instruction.fields {
      switch field {
      case .number(let number): write(number)
      case .value(let value): write(value)
      case .numbers(let numbers): write(numbers) { $0.write($1) }
      case .values(let values): write(values) { $0.write($1) }
      case .bindings(let bindings):
        write(bindings) { writer, binding in
          writer.write(binding.reference)
          writer.write(binding.offset)
          writer.write(binding.byteCount)
        }
      }
    }
  }
}

extension ByteReader {
  /// Reads an integer operand.
  mutating func value() throws(FormatError) -> IntegerOperand {
    switch try byte() {
    case 0: .register(try int())
    case 1: .immediate(try signed())
    default: throw error("an unknown kind of operand")
    }
  }

  /// Reads an instruction.
  mutating func instruction() throws(FormatError) -> Instruction {
    let opcode: Opcode = try variant("instruction")
    var fields: [InstructionField] = []
    for operand in opcode.row.operands {
      switch operand.kind.form {
      case .number: fields.append(.number(try int()))
      case .value: fields.append(.value(try value()))
      case .numbers: fields.append(.numbers(try list { (r: inout ByteReader) throws(FormatError) in try r.int() }))
      case .values: fields.append(.values(try list { (r: inout ByteReader) throws(FormatError) in try r.value() }))
      case .bindings:
        fields.append(
          .bindings(
            try list { (r: inout ByteReader) throws(FormatError) in
              Binding(reference: try r.int(), offset: try r.value(), byteCount: try r.value())
            }))
      }
    }
    return try Instruction(opcode: opcode, fields: fields)
  }
}
