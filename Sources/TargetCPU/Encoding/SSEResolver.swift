public import TesseraEncodings
public import TesseraVectorKernels

/// The packing of x86 processors without AVX2: vectors of 16 bytes, 16 registers of them, no fused multiply-add.
public struct SSEResolver: EncodingResolver {
  private let panels: PanelPacking

  public init(_ target: CPUTarget, unit: VectorUnit) {
    // Measured on rows x 1024 x 1024, as it lies and packed: 16 rows 0.94 and 0.93 ms, 32 rows 2.46 and 1.75 ms, 64 rows 3.76 and 3.36 ms.
    panels = PanelPacking(unit: unit, runTimeByteCount: target.l2ByteCount / 2, runTimeRowCount: 32)
  }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? { panels.layout(of: encoding) }
}
