public import TesseraEncodings
public import TesseraVectorKernels

extension CPUTarget {
  /// The resolver of contractions' operands for this processor, with the vectors of `unit`.
  public func encodingResolver(unit: VectorUnit) -> any EncodingResolver {
    switch (architecture, vectorByteCount) {
    case (.aarch64, _): NEONResolver(self, unit: unit)
    case (.x86, 64): AVX512Resolver(self, unit: unit)
    case (.x86, 32): AVX2Resolver(self, unit: unit)
    case (.x86, _): SSEResolver(self, unit: unit)
    }
  }
}
