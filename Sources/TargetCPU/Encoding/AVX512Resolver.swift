public import TesseraEncodings
public import TesseraVectorKernels

/// The packing of processors with AVX-512: vectors of 64 bytes, 32 registers of them.
///
/// A panel has the columns of two vectors for many rows (12 x 32 in registers), of eight for one row.
public struct AVX512Resolver: EncodingResolver {
  private let panels: PanelPacking

  public init(_ target: CPUTarget, unit: VectorUnit) {
    // Half of the second-level cache: the other operand and the result pass through it too. With fewer rows packing takes what it brings.
    panels = PanelPacking(unit: unit, runTimeByteCount: target.l2ByteCount / 2, runTimeRowCount: 64)
  }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? { panels.layout(of: encoding) }
}
