import TesseraKernels
import TesseraMLIR
internal import TesseraVectorKernels

extension CPUTarget {
  /// How bytes are multiplied in vectors of `vectorByteCount` bytes.
  var byteProductForm: ByteProductForm {
    if architecture == .aarch64 { return has("dotprod") && vectorByteCount == 16 ? .equalFours : .none }
    return has(vectorByteCount == 64 ? "avx512vnni" : "avxvnni") && vectorByteCount >= 32 ? .fours : .pairs
  }
}

/// The instructions for products of bytes, in vectors of 32-bit sums.
struct CPUByteProducts: ByteProductInstructions {
  let form: ByteProductForm

  /// Creates the instructions of `form`; `nil` where there are none.
  init?(_ form: ByteProductForm) {
    if form == .none { return nil }
    self.form = form
  }

  func add(_ first: Value, _ second: Value, areSigned: Bool, to sum: Value, _ b: Builder) -> Value {
    let width = sum.type.shape[0]
    if form == .fours {
      return b.intrinsic(width == 16 ? "llvm.x86.avx512.vpdpbusd.512" : "llvm.x86.avx512.vpdpbusd.256", [sum, first, second], sum.type)
    }
    if form == .equalFours { return b.intrinsic("llvm.aarch64.neon.\(areSigned ? "sdot" : "udot")", [sum, first, second], sum.type) }
    let name = width == 16 ? "llvm.x86.avx512.pmaddw.d.512" : width == 8 ? "llvm.x86.avx2.pmadd.wd" : "llvm.x86.sse2.pmadd.wd"
    return b.binary("arith.addi", sum, b.intrinsic(name, [first, second], sum.type))
  }
}
