package import TesseraMLIR

/// An index as a builder of kernels knows it: `dynamic + constant + stride * lane`, where `lane` counts the lanes of a vector from 0.
///
/// Sums and products wrap, as those of the program do.
package struct LaneIndex {
  /// The part that is known at run time only.
  package var dynamic: Value?
  package var constant: Int = 0
  /// How much the index grows from one lane to the next.
  package var stride: Int = 0
  /// A number that `dynamic` is known to be a multiple of.
  package var divisor: Int = 1

  package init(dynamic: Value? = nil, constant: Int = 0, stride: Int = 0, divisor: Int = 1) {
    (self.dynamic, self.constant, self.stride, self.divisor) = (dynamic, constant, stride, divisor)
  }

  package static func constant(_ value: Int) -> LaneIndex { LaneIndex(dynamic: nil, constant: value) }

  /// `true` iff all lanes have the same index.
  package var isUniform: Bool { stride == 0 }

  /// `true` iff the index of lane 0 is known to be a multiple of `number`.
  package func isMultiple(of number: Int) -> Bool { (dynamic == nil || divisor % number == 0) && constant % number == 0 }

  package func adding(_ other: LaneIndex, _ b: Builder) -> LaneIndex {
    let sum: Value?
    switch (dynamic, other.dynamic) {
    case (nil, let d), (let d, nil): sum = d
    case (let x?, let y?): sum = b.binary("arith.addi", x, y)
    }
    return LaneIndex(
      dynamic: sum, constant: constant &+ other.constant, stride: stride &+ other.stride,
      divisor: dynamic == nil ? other.divisor : other.dynamic == nil ? divisor : greatestCommonDivisor(divisor, other.divisor))
  }

  /// The difference to an index that is the same in all lanes. The same dynamic part goes away.
  package func subtracting(_ other: LaneIndex, _ b: Builder) -> LaneIndex {
    guard let theirs = other.dynamic else { return adding(0 &- other.constant) }
    if dynamic == theirs { return LaneIndex(dynamic: nil, constant: constant &- other.constant, stride: stride) }
    let negative = LaneIndex(dynamic: b.binary("arith.subi", b.index(0), theirs), constant: 0 &- other.constant, divisor: other.divisor)
    return adding(negative, b)
  }

  /// `true` iff the index is known to be 0 in all lanes.
  package var isZero: Bool { dynamic == nil && constant == 0 && stride == 0 }

  package func adding(_ number: Int) -> LaneIndex {
    var copy = self
    copy.constant &+= number
    return copy
  }

  package func multiplied(by factor: Int, _ b: Builder) -> LaneIndex {
    if factor == 0 { return .constant(0) }
    if factor == 1 { return self }
    let (divisor, isTooLarge) = divisor.multipliedReportingOverflow(by: Int(clamping: factor.magnitude))
    return LaneIndex(
      dynamic: dynamic.map { b.binary("arith.muli", $0, b.index(factor)) }, constant: constant &* factor, stride: stride &* factor,
      divisor: isTooLarge ? 1 : divisor)
  }

  /// The index of lane 0 as a value.
  package func base(_ b: Builder) -> Value {
    guard let dynamic else { return b.index(constant) }
    return constant == 0 ? dynamic : b.binary("arith.addi", dynamic, b.index(constant))
  }

  /// The indices of all lanes as `vector<width x index>`.
  package func vector(width: Int, _ b: Builder) -> Value {
    let type = Type.vector([width], .index(b.context))
    let base = b.value("vector.broadcast", [base(b)], type: type)
    if stride == 0 { return base }
    let steps = b.value("vector.step", type: type)
    let scaled = stride == 1 ? steps : b.binary("arith.muli", steps, b.value("vector.broadcast", [b.index(stride)], type: type))
    return b.binary("arith.addi", base, scaled)
  }
}

/// Returns the greatest common divisor of two positive numbers.
package func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
