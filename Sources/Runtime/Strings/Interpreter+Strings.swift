import TesseraModuleFormat

/// The instruction on tensors of strings.
extension Interpreter {
  /// Runs an operation on strings; returns what follows the operands.
  mutating func strings(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    try complete()
    let operation: StringOperation = operands.variant()
    let results = operands.referenceList(), tensors = operands.referenceList()
    let elementType: ElementType = operands.variant()
    let values = operands.values()
    func operand(_ i: Int) throws(RuntimeError) -> Operand {
      try Operand(tensors[i].onHost(streams), strings, function)
    }
    func give(_ i: Int, _ type: ElementType, _ shape: [Int], _ numbers: [Int64]) throws(RuntimeError) {
      results[i] = try made(type, shape, numbers)
    }
    let first = try operand(0)
    let shape = first.type.shape
    switch operation {
    case .format:
      var numbers: [Int64] = []
      for i in 0..<first.count { numbers.append(try strings.number(of: Array(first.type.elementType.numberText(first.value(i)).utf8))) }
      try give(0, .string, shape, numbers)
    case .parse: results[0] = try parsed(function, first, elementType)
    case .concatenate:
      let second = try operand(1)
      guard second.type.shape == shape else { throw function.fail("strings of two shapes are put together") }
      var numbers: [Int64] = []
      for i in 0..<first.count { numbers.append(try strings.number(of: first.text(i) + second.text(i))) }
      try give(0, .string, shape, numbers)
    case .lower, .upper:
      var numbers: [Int64] = []
      for i in 0..<first.count {
        let text = String(decoding: try first.text(i), as: UTF8.self)
        numbers.append(try strings.number(of: Array((operation == .lower ? text.lowercased() : text.uppercased()).utf8)))
      }
      try give(0, .string, shape, numbers)
    case .split:
      let (parts, counts, width) = try split(function, first, by: operand(1), limit: values[0])
      try give(0, .string, shape + [width], parts)
      try give(1, .i64, shape, counts)
    case .match:
      let pattern = try pattern(function, operand(1))
      var numbers: [Int64] = []
      for i in 0..<first.count {
        let isMatch = pattern.matches(try first.text(i)) { interruption.isRequested }
        if interruption.isRequested { throw .interrupted }
        numbers.append(isMatch ? 1 : 0)
      }
      try give(0, .bool, shape, numbers)
    case .find:
      let keys = try operand(1)
      var places: [Int64: Int64] = [:]
      for i in 0..<keys.count { places[try keys.number(i)] = Int64(i) }
      var numbers: [Int64] = []
      for i in 0..<first.count { numbers.append(places[try first.number(i)] ?? -1) }
      try give(0, .i64, shape, numbers)
    case .rank:
      var numbers: [Int64] = []
      for i in 0..<first.count { numbers.append(try first.number(i)) }
      let ranks = try strings.ranks(of: Set(numbers))
      try give(0, .i64, shape, numbers.map { ranks[$0]! })
    }
    return operands
  }

  /// A tensor that an instruction reads.
  private struct Operand {
    let type: TensorType
    let storage: Storage
    let bytes: UnsafeRawPointer
    let count: Int
    let strings: StringPool
    let function: ProgramFunction

    init(_ reference: Reference, _ strings: StringPool, _ function: ProgramFunction) throws(RuntimeError) {
      guard let storage = reference.storage, let base = storage.hostPointer, let type = reference.type else {
        throw function.fail("a register holds no tensor")
      }
      self.type = type
      self.storage = storage
      self.strings = strings
      self.function = function
      bytes = UnsafeRawPointer(base + reference.offset)
      count = reference.byteCount / type.elementType.byteCount
    }

    /// Element `i` of numbers.
    func value(_ i: Int) -> ElementValue { type.elementType.read(bytes + i * type.elementType.byteCount) }

    /// The number of element `i` of strings.
    func number(_ i: Int) throws(RuntimeError) -> Int64 {
      guard type.elementType == .string else {
        throw function.fail("a tensor of \(type.elementType.name) where strings are expected")
      }
      return bytes.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self)
    }

    /// Element `i` of strings.
    func text(_ i: Int) throws(RuntimeError) -> [UInt8] {
      try strings.text(try number(i))
    }
  }

  /// Makes a tensor.
  private mutating func made(_ type: ElementType, _ shape: [Int], _ numbers: [Int64]) throws(RuntimeError) -> Reference {
    let byteCount = try Tensor.byteCount(type, shape)
    let storage = try buffer(byteCount) { start in
      for (i, number) in numbers.enumerated() { type.write(.signed(number), to: start + i * type.byteCount) }
    }
    return Reference(storage: storage, byteCount: byteCount, type: TensorType(type, shape))
  }

  /// Returns the numbers that strings say.
  private mutating func parsed(_ function: ProgramFunction, _ operand: Operand, _ type: ElementType) throws(RuntimeError) -> Reference {
    let byteCount = try Tensor.byteCount(type, operand.type.shape)
    let storage = try buffer(byteCount) { (start) throws(RuntimeError) in
      for i in 0..<operand.count {
        let text = try operand.text(i)
        guard let value = type.number(in: text) else {
          throw function.fail(.invalidArgument, "the string '\(String(decoding: text.prefix(60), as: UTF8.self))' is no \(type.name)")
        }
        type.write(value, to: start + i * type.byteCount)
      }
    }
    return Reference(storage: storage, byteCount: byteCount, type: TensorType(type, operand.type.shape))
  }

  /// The parts of strings are at most so many, with what fills up: one long string among many short ones must not take all memory.
  private static let partLimit = 1 << 24

  /// Returns the numbers of the parts of strings, filled up to the same number of parts, their counts, and that number.
  private mutating func split(
    _ function: ProgramFunction, _ operand: Operand, by delimiter: Operand, limit: Int64
  ) throws(RuntimeError) -> (parts: [Int64], counts: [Int64], width: Int) {
    guard delimiter.count == 1 else { throw function.fail("\(delimiter.count) delimiters") }
    let mark = try delimiter.text(0)
    var rows: [[Int64]] = []
    var width = 0
    for i in 0..<operand.count {
      let parts = TesseraRuntime.split(try operand.text(i), by: mark, limit: Int(clamping: limit), most: Self.partLimit / operand.count)
      width = max(width, parts?.count ?? .max)
      guard let parts, width <= Self.partLimit / operand.count else {
        throw function.fail(.resourceExhausted, "a tensor of more than \(Self.partLimit) parts of strings")
      }
      var row: [Int64] = []
      for part in parts { row.append(try strings.number(of: part)) }
      rows.append(row)
    }
    return (rows.flatMap { $0 + Array(repeating: 0, count: width - $0.count) }, rows.map { Int64($0.count) }, width)
  }

  /// Returns the pattern that is the one element of a tensor; the last patterns are kept.
  private mutating func pattern(_ function: ProgramFunction, _ operand: Operand) throws(RuntimeError) -> Pattern {
    guard operand.count == 1 else { throw function.fail("\(operand.count) patterns") }
    let text = try operand.text(0)
    if let known = patterns[text] { return known }
    let made: Pattern
    do throws(PatternError) { made = try Pattern(String(decoding: text, as: UTF8.self)) } catch {
      throw function.fail(.invalidArgument, "a pattern is refused: \(error.reason)")
    }
    if patterns.count >= 64 { patterns = [:] }
    patterns[text] = made
    return made
  }
}
