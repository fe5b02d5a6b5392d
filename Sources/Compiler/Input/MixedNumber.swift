import TesseraMLIR

/// An offset, a size, a stride or a width of an operation that moves elements: a known number, or an index value.
struct MixedNumber {
  let constant: Int?
  /// The value, if the number is not known.
  let value: Value?

  /// The numbers `static_<name>` of `op`, where those that are not known are the operands of segment `segment`.
  static func all(_ op: Operation, _ name: String, segment: Int) -> [MixedNumber] {
    let fixed = op.attribute("static_\(name)")?.denseIntegers ?? []
    let segments = op.attribute("operandSegmentSizes")?.denseIntegers ?? []
    var next = segments[..<segment].reduce(0, +)
    return fixed.map { number in
      if number != Type.dynamic { return MixedNumber(constant: number, value: nil) }
      defer { next += 1 }
      return MixedNumber(constant: nil, value: op.operand(next))
    }
  }

  var isZero: Bool { constant == 0 }
  var isOne: Bool { constant == 1 }

  /// The number as a value.
  func value(_ b: Builder) -> Value { value ?? b.index(constant!) }

  /// `index` plus the number.
  func added(to index: Value, _ b: Builder) -> Value { isZero ? index : b.plus(index, value(b)) }

  /// `index` times the number.
  func multiplied(by index: Value, _ b: Builder) -> Value { isOne ? index : b.times(index, value(b)) }
}
