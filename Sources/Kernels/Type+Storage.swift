package import TesseraMLIR

extension Type {
  /// The bytes that an element of this type has in memory.
  package var storedByteCount: Int {
    if isComplex { return (complexElement.bitWidth ?? 32) / 4 }
    let bits = bitWidth ?? 64
    return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8
  }
}
