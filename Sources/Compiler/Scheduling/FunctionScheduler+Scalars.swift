import TesseraDiagnostics
import TesseraMLIR
import TesseraModuleFormat

/// Arithmetic of the host program.
///
/// An integer register holds an `i1` as 0 or 1, a narrower integer sign-extended, and a float as the bits of an `f64`, rounded to `f32` after every
/// operation where that is its type. (Rounding the `f64` result of + - * / and sqrt once more gives the `f32` result: 53 >= 2 * 24 + 2 bits.)
extension FunctionScheduler {
  /// `true` iff the host program computes with numbers of `type`; it can hold and move narrower floats too.
  static func computes(_ type: Type) -> Bool {
    type.isIndex || type.isInteger && type.bitWidth! <= 64 || type.description == "f32" || type.description == "f64"
  }

  /// `true` iff the host program computes the operation, which works on numbers.
  static func computes(_ operation: Operation) -> Bool {
    computes(name: operation.name) && (operation.operands + operation.results).allSatisfy { computes($0.type) }
  }

  /// `true` iff the host program computes operations of this name on numbers of the types that it computes with.
  static func computes(name: String) -> Bool {
    wrapping[name] != nil || signedOperations[name] != nil || unsignedOperations[name] != nil || floatOperations[name] != nil
      || floatUnaryOperations[name] != nil || otherOperations.contains(name)
  }

  /// The operations that `integerResult`, `conversionResult` and `floatResult` lower each by a rule.
  private static let otherOperations: Set<String> = [
    "arith.ceildivui", "arith.shrsi", "arith.cmpi", "arith.select", "math.absi", "arith.extsi", "arith.extui", "arith.trunci",
    "arith.index_cast", "arith.index_castui", "arith.sitofp", "arith.uitofp", "arith.fptosi", "arith.fptoui", "arith.extf", "arith.truncf",
    "math.rsqrt", "math.exp2", "arith.minnumf", "arith.maxnumf", "arith.cmpf",
  ]

  /// Lowers an operation on scalars.
  func lowerScalar(_ operation: Operation) throws(Diagnostic) {
    guard operation.resultCount == 1, operation.regions.isEmpty else { throw .unsupportedHostOperation(operation) }
    for value in operation.operands + operation.results where !Self.computes(value.type) {
      throw .unsupportedHostOperation(operation, "values of type '\(value.type)'")
    }
    var operands: [IntegerOperand] = []
    for operand in operation.operands { operands.append(try scalar(operand, in: operation)) }
    if Self.divisions.contains(operation.name) { requireDivisor(operands[1], operation) }
    let type = operation.result(0).type
    var result = integerResult(operation, operands, type)
    if result == nil { result = conversionResult(operation, operands, type) }
    if result == nil { result = floatResult(operation, operands, type) }
    guard let result else { throw .unsupportedHostOperation(operation) }
    scalars[operation.result(0)] = result
  }

  /// The width of an integer type; index counts as 64.
  private func width(_ type: Type) -> Int { type.isIndex ? 64 : type.bitWidth ?? 64 }

  /// Brings a result into the form in which registers hold the type.
  private func canonical(_ value: IntegerOperand, _ type: Type) -> IntegerOperand {
    let bits = width(type)
    return bits == 1 ? code.zeroExtend(value, 1) : code.signExtend(value, bits)
  }

  /// The value as an unsigned number.
  private func unsigned(_ value: IntegerOperand, _ type: Type) -> IntegerOperand { code.zeroExtend(value, width(type)) }

  /// The value as a signed number: a true `i1` is -1.
  private func signed(_ value: IntegerOperand, _ type: Type) -> IntegerOperand {
    width(type) == 1 ? code.signExtend(value, 1) : value
  }

  // MARK: integers

  private static let wrapping: [String: IntegerOperation] = [
    "arith.addi": .add, "arith.subi": .sub, "arith.muli": .mul, "arith.andi": .and, "arith.ori": .or, "arith.xori": .xor,
    "arith.shli": .shl,
  ]
  private static let saturating: [String: IntegerOperation] = [
    "arith.addi": .addSaturating, "arith.subi": .subSaturating, "arith.muli": .mulSaturating,
  ]
  private static let signedOperations: [String: IntegerOperation] = [
    "arith.divsi": .divS, "arith.remsi": .remS, "arith.floordivsi": .floorDivS, "arith.ceildivsi": .ceilDivS, "arith.minsi": .minS,
    "arith.maxsi": .maxS,
  ]
  private static let unsignedOperations: [String: IntegerOperation] = [
    "arith.divui": .divU, "arith.remui": .remU, "arith.minui": .minU, "arith.maxui": .maxU, "arith.shrui": .shrU,
  ]
  /// In the order of MLIR's `arith::CmpIPredicate`.
  private static let integerPredicates: [IntegerPredicate] = [.eq, .ne, .slt, .sle, .sgt, .sge, .ult, .ule, .ugt, .uge]

  private static let divisions: Set<String> = [
    "arith.divsi", "arith.divui", "arith.remsi", "arith.remui", "arith.floordivsi", "arith.ceildivsi", "arith.ceildivui",
  ]

  /// Ends the call where a divisor is 0, with the names of whose it is.
  private func requireDivisor(_ divisor: IntegerOperand, _ operation: Operation) {
    if case .immediate(let number) = divisor, number != 0 { return }
    let names = operation.location.namesInModules.map { "'\($0)'" }.joined(separator: ", ")
    let message = names.isEmpty ? "an integer is divided by 0" : "\(names): an integer is divided by 0"
    code.append(.check(code.compare(.ne, divisor, 0), message: tables.string(message), values: []))
  }

  private func integerResult(_ operation: Operation, _ operands: [IntegerOperand], _ type: Type) -> IntegerOperand? {
    let name = operation.name
    let source = operation.operandCount > 0 ? operation.operand(0).type : type
    // Arithmetic that must not wrap, as that of sizes, does not: it ends at the greatest number.
    if width(type) == 64, operation.wrapsNever, let saturating = Self.saturating[name] {
      return saturating == .mulSaturating ? code.product(operands) : code.integer(saturating, operands[0], operands[1])
    }
    if let wrapping = Self.wrapping[name] { return canonical(code.integer(wrapping, operands[0], operands[1]), type) }
    if let kind = Self.signedOperations[name] {
      return canonical(code.integer(kind, signed(operands[0], type), signed(operands[1], type)), type)
    }
    if let kind = Self.unsignedOperations[name] {
      return canonical(code.integer(kind, unsigned(operands[0], type), unsigned(operands[1], type)), type)
    }
    switch name {
    case "arith.ceildivui":
      let (a, b) = (unsigned(operands[0], type), unsigned(operands[1], type))
      // ceil(a / b) = a / b + (a % b != 0), without overflow.
      let rest = code.compare(.ne, code.integer(.remU, a, b), 0)
      return canonical(code.integer(.add, code.integer(.divU, a, b), rest), type)
    case "arith.shrsi": return canonical(code.integer(.shrS, signed(operands[0], type), unsigned(operands[1], type)), type)
    case "arith.cmpi":
      guard let number = operation.attribute("predicate")?.integerValue, Self.integerPredicates.indices.contains(number) else { return nil }
      let predicate = Self.integerPredicates[number]
      // Sign extension keeps the unsigned order, so narrow numbers need no other form; only i1 does, for the signed order.
      return code.compare(predicate, signed(operands[0], source), signed(operands[1], source))
    case "arith.select": return code.select(operands[0], operands[1], operands[2])
    case "math.absi":
      return canonical(code.integer(.maxS, operands[0], code.integer(.sub, 0, operands[0])), type)
    default: return nil
    }
  }

  // MARK: conversions

  private func conversionResult(_ operation: Operation, _ operands: [IntegerOperand], _ type: Type) -> IntegerOperand? {
    guard operands.count == 1 else { return nil }
    let (value, source) = (operands[0], operation.operand(0).type)
    switch operation.name {
    case "arith.extsi": return signed(value, source)
    case "arith.extui": return unsigned(value, source)
    case "arith.trunci": return canonical(value, type)
    case "arith.index_cast": return canonical(signed(value, source), type)
    case "arith.index_castui": return canonical(unsigned(value, source), type)
    case "arith.sitofp": return rounded(convert(.intToFloat, signed(value, source)), type)
    case "arith.uitofp": return rounded(convert(.unsignedToFloat, unsigned(value, source)), type)
    case "arith.fptosi": return canonical(convert(.floatToInt, value), type)
    case "arith.fptoui": return canonical(convert(.floatToUnsigned, value), type)
    case "arith.extf", "arith.truncf": return rounded(value, type)
    default: return nil
    }
  }

  private func convert(_ conversion: Conversion, _ value: IntegerOperand) -> IntegerOperand {
    code.pure { .convert(conversion, to: $0, value) }
  }

  /// Rounds to the precision of the type.
  private func rounded(_ value: IntegerOperand, _ type: Type) -> IntegerOperand {
    type.bitWidth == 32 ? code.pure { .floatUnary(.roundToF32, to: $0, value) } : value
  }

  // MARK: floats

  private static let floatOperations: [String: FloatOperation] = [
    "arith.addf": .add, "arith.subf": .sub, "arith.mulf": .mul, "arith.divf": .div, "arith.remf": .rem, "arith.minimumf": .min,
    "arith.maximumf": .max, "math.powf": .pow,
  ]
  private static let floatUnaryOperations: [String: FloatUnaryOperation] = [
    "arith.negf": .neg, "math.absf": .abs, "math.floor": .floor, "math.ceil": .ceil, "math.roundeven": .round, "math.trunc": .trunc,
    "math.sqrt": .sqrt, "math.exp": .exp, "math.log": .log, "math.tanh": .tanh, "math.sin": .sin, "math.cos": .cos,
  ]

  private func floatResult(_ operation: Operation, _ operands: [IntegerOperand], _ type: Type) -> IntegerOperand? {
    let name = operation.name
    if let kind = Self.floatOperations[name] { return rounded(float(kind, operands[0], operands[1]), type) }
    if let kind = Self.floatUnaryOperations[name] {
      return rounded(code.pure { .floatUnary(kind, to: $0, operands[0]) }, type)
    }
    switch name {
    case "math.rsqrt":
      let root = code.pure { .floatUnary(.sqrt, to: $0, operands[0]) }
      return rounded(float(.div, Self.bits(1), root), type)
    case "math.exp2": return rounded(float(.pow, Self.bits(2), operands[0]), type)
    case "arith.minnumf", "arith.maxnumf":
      // The other operand where one is NaN.
      let both = float(name == "arith.minnumf" ? .min : .max, operands[0], operands[1])
      let first = code.select(compare(.ne, operands[0], operands[0]), operands[1], both)
      return code.select(compare(.ne, operands[1], operands[1]), operands[0], first)
    case "arith.cmpf":
      guard let predicate = operation.attribute("predicate")?.integerValue else { return nil }
      return floatComparison(predicate, operands[0], operands[1])
    default: return nil
    }
  }

  private static func bits(_ number: Double) -> IntegerOperand { .immediate(Int64(bitPattern: number.bitPattern)) }

  private func float(_ operation: FloatOperation, _ a: IntegerOperand, _ b: IntegerOperand) -> IntegerOperand {
    code.pure { .float(operation, to: $0, a, b) }
  }

  private func compare(_ predicate: FloatPredicate, _ a: IntegerOperand, _ b: IntegerOperand) -> IntegerOperand {
    code.pure { .compareFloat(predicate, to: $0, a, b) }
  }

  /// `arith.cmpf`, by the number of MLIR's `arith::CmpFPredicate`: ordered ones are false where an operand is NaN, unordered ones true.
  private func floatComparison(_ predicate: Int, _ a: IntegerOperand, _ b: IntegerOperand) -> IntegerOperand? {
    func not(_ value: IntegerOperand) -> IntegerOperand { code.integer(.xor, value, 1) }
    func ordered() -> IntegerOperand { code.integer(.and, compare(.eq, a, a), compare(.eq, b, b)) }
    func different() -> IntegerOperand { code.integer(.or, compare(.lt, a, b), compare(.gt, a, b)) }
    switch predicate {
    case 0: return 0
    case 1: return compare(.eq, a, b)
    case 2: return compare(.gt, a, b)
    case 3: return compare(.ge, a, b)
    case 4: return compare(.lt, a, b)
    case 5: return compare(.le, a, b)
    case 6: return different()
    case 7: return ordered()
    case 8: return not(different())
    case 9: return not(compare(.le, a, b))
    case 10: return not(compare(.lt, a, b))
    case 11: return not(compare(.ge, a, b))
    case 12: return not(compare(.gt, a, b))
    case 13: return compare(.ne, a, b)
    case 14: return not(ordered())
    case 15: return 1
    default: return nil
    }
  }

  // MARK: kernel constants

  /// Returns a scalar as kernels take it: integers as they are, floats as their own bits in the low half.
  func kernelConstant(_ value: IntegerOperand, _ type: Type, in operation: Operation) throws(Diagnostic) -> IntegerOperand {
    if type.isIndex || type.isInteger || type.description == "f64" { return value }
    if case .immediate(let bits) = value {
      let number = Double(bitPattern: UInt64(bitPattern: bits))
      switch type.description {
      case "f32": return .immediate(Int64(Float(number).bitPattern))
      case "f16": return .immediate(Int64(Float16(number).bitPattern))
      case "bf16": return .immediate(Int64(Float(number).bitPattern >> 16))
      default: throw .unsupportedHostOperation(operation, "a scalar of type '\(type)'")
      }
    }
    switch type.description {
    case "f32": break
    case "f16": return bits(of: value, as: .f16)
    case "bf16": return bits(of: value, as: .bf16)
    default: throw .unsupportedHostOperation(operation, "a scalar of type '\(type)'")
    }
    return f32Bits(value)
  }

  /// Returns the bits of a float of 16 bits, by way of memory.
  private func bits(of value: IntegerOperand, as type: ElementType) -> IntegerOperand {
    let (buffer, register) = (code.referenceRegister(), code.integerRegister())
    code.append(.allocate(to: buffer, byteCount: .immediate(2)))
    code.append(.store(value, buffer: buffer, byteOffset: 0, elementType: type))
    code.append(.load(to: register, buffer: buffer, byteOffset: 0, elementType: .u16))
    return .register(register)
  }

  /// Returns the bits of an `f32` whose value stands in `value` as `f64` bits.
  private func f32Bits(_ value: IntegerOperand) -> IntegerOperand {
    let sign = code.integer(.shl, code.integer(.shrU, value, 63), 31)
    let exponent = code.integer(.and, code.integer(.shrU, value, 52), 0x7ff)
    let fraction = code.integer(.and, code.integer(.shrU, value, 29), 0x7fffff)
    // The two biases differ by 1023 - 127.
    let normal = code.integer(.or, code.integer(.shl, code.integer(.sub, exponent, 896), 23), fraction)
    let special = code.integer(.or, 0x7f80_0000, fraction)
    // Below the normal range the bits are the number in units of the smallest one, 2^-149.
    let magnitude = code.pure { .floatUnary(.abs, to: $0, value) }
    let small = convert(.floatToInt, float(.mul, magnitude, Self.bits(0x1p149)))
    let finite = code.select(code.compare(.sgt, exponent, 896), normal, small)
    return code.integer(.or, sign, code.select(code.compare(.eq, exponent, 0x7ff), special, finite))
  }
}
