/// What a machine multiplies of bytes in one instruction, adding their products up in 32 bits.
public enum ByteProductForm: Sendable, Equatable {
  /// None: each byte is widened to 32 bits and multiplied by itself.
  case none
  /// Products of 16-bit numbers, added by pairs: `vpmaddwd`, in the x86-64 baseline.
  case pairs
  /// Products of an unsigned and a signed byte, added by fours to an accumulator, without saturation: `vpdpbusd`.
  case fours
  /// Products of two signed or two unsigned bytes, added by fours to an accumulator: `sdot` and `udot` of AArch64.
  case equalFours
}
