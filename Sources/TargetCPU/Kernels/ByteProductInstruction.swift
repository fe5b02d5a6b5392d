/// The instruction by which a CPU multiplies bytes and adds their products up in 32 bits.
public enum ByteProductInstruction: Sendable, Equatable {
  /// None: each byte is widened to 32 bits and multiplied by itself.
  case none
  /// Products of 16-bit numbers, added by pairs: `vpmaddwd`, in the x86-64 baseline.
  case pairs
  /// Products of an unsigned and a signed byte, added by fours to an accumulator, without saturation: `vpdpbusd`.
  case fours
  /// Products of two signed or two unsigned bytes, added by fours to an accumulator: `sdot` and `udot` of AArch64.
  case equalFours
}

extension CPUTarget {
  /// The instruction for vectors of `vectorByteCount` bytes.
  var byteProductInstruction: ByteProductInstruction {
    if architecture == .aarch64 { return has("dotprod") && vectorByteCount == 16 ? .equalFours : .none }
    return has(vectorByteCount == 64 ? "avx512vnni" : "avxvnni") && vectorByteCount >= 32 ? .fours : .pairs
  }
}
