internal import TesseraMLIR

/// Complex elements: two floats in memory, real part first. Kernels with them have no lanes.
extension KernelBuilder {
  /// Loads the complex element at position `index`.
  func loadComplex(_ reference: MemoryReference, _ index: LaneIndex) -> BodyValue {
    let part = reference.element.complexElement
    let parts = (0..<2).map { machine.load(part, from: partPointer(reference, index, $0), mask: nil, alignment: nil, b) }
    return .uniform(b.value("complex.create", parts, type: reference.element))
  }

  /// Stores a complex element at position `index`.
  func storeComplex(_ value: Value, to reference: MemoryReference, _ index: LaneIndex) {
    for (i, name) in ["complex.re", "complex.im"].enumerated() {
      let part = b.value(name, [value], type: reference.element.complexElement)
      machine.store(part, at: partPointer(reference, index, i), mask: nil, alignment: nil, b)
    }
  }

  /// The address of the real (0) or imaginary (1) part.
  private func partPointer(_ reference: MemoryReference, _ index: LaneIndex, _ part: Int) -> Value {
    let floats = index.multiplied(by: 2, b).adding(part)
    let address = offset(reference.pointer, .value(floats.base(b)), reference.element.complexElement)
    return checked(address, reference, index, mask: nil)
  }
}
