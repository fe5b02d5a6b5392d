import MLIR

/// Complex elements: two floats in memory, real part first. Kernels with them have no lanes.
extension KernelEmitter {
  /// Loads the complex element at position `index`.
  func loadComplex(_ reference: MemoryReference, _ index: LaneIndex) -> BodyValue {
    let part = reference.element.complexElement
    let real = b.value("llvm.load", [partPointer(reference, index, 0)], type: part)
    let imaginary = b.value("llvm.load", [partPointer(reference, index, 1)], type: part)
    return .uniform(b.value("complex.create", [real, imaginary], type: reference.element))
  }

  /// Stores a complex element at position `index`.
  func storeComplex(_ value: Value, to reference: MemoryReference, _ index: LaneIndex) {
    for (i, name) in ["complex.re", "complex.im"].enumerated() {
      let part = b.value(name, [value], type: reference.element.complexElement)
      b.create("llvm.store", [part, partPointer(reference, index, i)])
    }
  }

  /// The address of the real (0) or imaginary (1) part.
  private func partPointer(_ reference: MemoryReference, _ index: LaneIndex, _ part: Int) -> Value {
    let floats = index.multiplied(by: 2, b).adding(part)
    let address = offset(reference.pointer, .value(floats.base(b)), reference.element.complexElement)
    return checked(address, reference, index, mask: nil)
  }
}
