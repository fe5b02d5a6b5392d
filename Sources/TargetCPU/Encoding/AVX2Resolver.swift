public import TesseraEncodings
public import TesseraVectorKernels

/// The packing of processors with AVX2: vectors of 32 bytes, 16 registers of them.
///
/// A panel has the columns of two vectors for many rows (6 x 16 in registers), of eight for one row.
public struct AVX2Resolver: EncodingResolver {
  private let panels: PanelPacking

  public init(_ target: CPUTarget, unit: VectorUnit) {
    // A product takes twice as long as with AVX-512, packing the same. Measured on rows x 1024 x 1024, as it lies and packed: 16 rows 532
    // and 410 us, 32 rows 1.37 and 0.74 ms, 64 rows 1.88 and 1.22 ms.
    panels = PanelPacking(unit: unit, runTimeByteCount: target.l2ByteCount / 2, runTimeRowCount: 16)
  }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? { panels.layout(of: encoding) }
}
