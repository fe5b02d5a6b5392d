import TesseraKernels
package import TesseraMLIR

/// AVX-512's instructions for the exponents of 16 floats.
package struct AVX512Exponents: ExponentInstructions {
  package init() {}

  package func apply(to type: Type) -> Bool { type.isVector && type.shape == [16] && type.element.isFloat && type.element.bitWidth == 32 }

  package func scale(_ value: Value, by exponent: Value, _ b: Builder) -> Value {
    maskedIntrinsic("llvm.x86.avx512.mask.scalef.ps.512", [value, exponent, zeros(value.type, b)], b)
  }

  package func lessFloor(_ value: Value, _ b: Builder) -> Value {
    // 0 bits behind the point; towards minus infinity.
    let places = b.constant(.integer(1, .i32(b.context)))
    return maskedIntrinsic("llvm.x86.avx512.mask.reduce.ps.512", [value, places, zeros(value.type, b)], b)
  }

  private func zeros(_ type: Type, _ b: Builder) -> Value { b.constant(.splat(type, .float(0, type.element))) }

  /// A call for all lanes, rounding as the processor is told to.
  private func maskedIntrinsic(_ name: String, _ operands: [Value], _ b: Builder) -> Value {
    let everyLane = b.constant(.integer(-1, .integer(16, b.context)))
    let rounding = b.constant(.integer(4, .i32(b.context)))
    return b.intrinsic(name, operands + [everyLane, rounding], operands[0].type)
  }
}

extension Builder {
  /// A call of an intrinsic function of LLVM.
  func intrinsic(_ name: String, _ operands: [Value], _ type: Type) -> Value {
    value(
      "llvm.call_intrinsic", operands, type: type,
      attributes: [
        ("intrin", .string(name, context)), ("op_bundle_sizes", .denseI32([], context)),
        ("operandSegmentSizes", .denseI32([operands.count, 0], context)),
      ])
  }
}
