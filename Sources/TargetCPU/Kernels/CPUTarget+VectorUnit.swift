public import TesseraVectorKernels

extension CPUTarget {
  /// The vector registers of the target.
  public var vectorUnit: VectorUnit {
    var unit = VectorUnit(
      vectorByteCount: vectorByteCount, registerCount: vectorRegisterCount, hasFMA: hasFMA,
      scalesExponents: architecture == .x86 && vectorByteCount == 64)
    unit.addressRegisterCount = architecture == .aarch64 ? 31 : 16
    unit.byteProducts = byteProductForm
    unit.l2ByteCount = l2ByteCount
    return unit
  }
}
