import TesseraModuleFormat

/// Memory for tensors that are needed for a short time: that of a tensor that is gone serves the next one of about its size.
package struct TensorPool {
  private var storages = StoragePool(nil)

  package init() {}

  /// Creates a tensor with a copy of the first bytes of `bytes`. Errors: there are too few of them, no memory.
  package mutating func tensor(
    _ elementType: ElementType, _ shape: [Int], prefixOf bytes: UnsafeRawBufferPointer
  ) throws(RuntimeError) -> Tensor {
    let byteCount = try Tensor.byteCount(elementType, shape)
    guard byteCount <= bytes.count else { throw .wrongElementCount(shape, given: bytes.count, unit: "bytes of \(elementType.name)") }
    storages.endRound()
    let storage = try storages.take(byteCount)
    UnsafeMutableRawBufferPointer(start: storage.hostPointer, count: byteCount).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: bytes.prefix(byteCount)))
    return Tensor(storage: storage, byteOffset: 0, byteCount: byteCount, type: TensorType(elementType, shape))
  }

  /// Notes that a group of tensors is no longer needed: memory that several groups did not use is freed.
  package mutating func endGroup() { storages.endCall() }
}
