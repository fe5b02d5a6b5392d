package import TesseraMLIR

/// Conversions between f16 and f32 by integer operations, for processors that have no instruction for them: LLVM would call a library.
///
/// The results are those of the instructions: nearest, halves to even, subnormal numbers kept, but for the payloads of NaN.
extension Builder {
  /// The f32 of each f16 of `half`, a scalar or a vector.
  package func widenedHalf(_ half: Value) -> Value { lane(half).widenedHalf.value }

  /// The f16 nearest to each f32 of `number`, a scalar or a vector.
  package func narrowedToHalf(_ number: Value) -> Value { lane(number).narrowedToHalf.value }

  private func lane(_ value: Value) -> Lane {
    Lane(value: value, emitter: LaneEmitter(builder: self, hasFusedMultiplyAdd: false, exponents: nil))
  }
}

extension Lane {
  private var context: Context { emitter.builder.context }

  private func isLess(than number: Int) -> Lane {
    Lane(value: emitter.builder.compare(.less, value, integer(number).value), emitter: emitter)
  }

  fileprivate var widenedHalf: Lane {
    let pattern = bits.apply("arith.extui", type: type(.i32(context)))
    let magnitude = pattern.masked(0x7FFF)
    // The biases of the exponents differ by 112; a product makes normal numbers of subnormal ones, too.
    let number = (magnitude.shiftedLeft(13).float * 0x1p112).bits
    let special = number | number.integer(0x7F80_0000)
    let sign = pattern.masked(0x8000).shiftedLeft(16)
    return (magnitude.isLess(than: 0x7C00).select(number, special) | sign).float
  }

  fileprivate var narrowedToHalf: Lane {
    let pattern = bits
    let magnitude = pattern.masked(0x7FFF_FFFF)
    // Half a unit less one, and one more if the last bit that stays is odd, carries where rounding goes up: to infinity at last.
    let isOdd = magnitude.shiftedRight(13).masked(1)
    let normal = magnitude.plus(0xFFF).plus(isOdd).shiftedRight(13).plus(-112 << 10)
    // The sum with 2^23 units of the subnormal numbers has their count in its last bits, rounded.
    let subnormal = (magnitude.float + 0.5).bits.plus(-0x3F00_0000)
    let rounded = magnitude.isLess(than: 0x3880_0000).select(subnormal, normal)
    let finite = rounded.isLess(than: 0x7C00).select(rounded, rounded.integer(0x7C00))
    let code = magnitude.isLess(than: 0x7F80_0001).select(finite, finite.integer(0x7E00))
    let signed = code | pattern.shiftedRight(16).masked(0x8000)
    return signed.apply("arith.trunci", type: type(.integer(16, context))).apply("arith.bitcast", type: type(.f16(context)))
  }
}
