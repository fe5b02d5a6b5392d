public import TesseraEncodings
public import TesseraVectorKernels

/// The packing of AArch64 processors: vectors of 16 bytes, 32 registers of them.
public struct NEONResolver: EncodingResolver {
  private let panels: PanelPacking

  public init(_ target: CPUTarget, unit: VectorUnit) {
    // Not measured on such a machine: the figure of x86 vectors of the same width.
    panels = PanelPacking(unit: unit, runTimeByteCount: target.l2ByteCount / 2, runTimeRowCount: 32)
  }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? { panels.layout(of: encoding) }
}
