import TesseraMLIR

/// Conversions of small types. In the IR their elements are bytes, and the conversions integer arithmetic, which runs in vectors on any processor.
///
/// A number of less than 8 bits stands in the low bits of its byte. The high bits are written as 0 and never read.
extension Scalars {
  private func bits(_ number: Int, _ type: Type) -> Value { builder.constant(.integer(number, type)) }
  private var byte: Type { .i8(builder.context) }

  // MARK: from small types

  /// Converts `value` of the small type `source` to this type.
  package func widened(_ value: Value, from source: ElementType, _ narrowing: Narrowing) -> Value {
    if let float = source.smallFloat { return convert(builder.decoded(value, float), from: .f32, narrowing: narrowing) }
    let width = 8 / source.packing
    if source.isUnsignedSmall {
      return convert(builder.binary("arith.andi", value, bits(1 << width - 1, byte)), from: .u8, narrowing: narrowing)
    }
    let left = builder.binary("arith.shli", value, bits(8 - width, byte))
    return convert(builder.binary("arith.shrsi", left, bits(8 - width, byte)), from: .i8, narrowing: narrowing)
  }

  // MARK: to small types

  /// Converts `value` to this small type.
  package func narrowed(_ value: Value, from source: ElementType, _ narrowing: Narrowing) -> Value {
    if let float = type.smallFloat {
      let single = source == .f32 ? value : forRounding(value, from: source)
      return builder.encoded(single, float, saturates: narrowing.saturates, rounding: narrowing.rounding)
    }
    // Rounded towards zero; then the high bits are dropped.
    let wide = source.isFloat ? Scalars(builder, .i32).convert(value, from: source) : value
    let whole = Scalars(builder, .u8).convert(wide, from: source.isFloat ? .i32 : source)
    return builder.binary("arith.andi", whole, bits(1 << (8 / type.packing) - 1, byte))
  }

  /// `value` as an f32 that rounds to the same small float: what does not fit exactly gets an odd last bit, so that it is never a tie.
  private func forRounding(_ value: Value, from source: ElementType) -> Value {
    let single = Scalars(builder, .f32)
    guard source == .f64 || (source.isInteger && source.byteCount >= 4) else { return single.convert(value, from: source) }
    let exact = Scalars(builder, .f64).convert(value, from: source)
    return builder.oddRounded(exact)
  }
}

extension ElementType {
  /// `true` iff this is an unsigned integer of less than 8 bits.
  fileprivate var isUnsignedSmall: Bool { self == .u4 || self == .u2 }
}
