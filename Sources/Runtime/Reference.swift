/// The content of a reference register: nothing, a view of a buffer, a tensor, or a list.
struct Reference {
  /// The memory; `nil` where the register was never set.
  var storage: Storage?
  /// The start of the view, in bytes.
  var offset = 0
  /// The length of the view.
  var byteCount = 0
  /// Element type and shape of a tensor; `nil` for a buffer.
  var type: TensorType?
  /// The elements of a list, which has no memory of its own.
  var list: ReferenceList?
  /// `true` iff the host program may write here: into what it allocated, not into constants and callers' inputs.
  var isWritable = false
  /// The index of the device that has the memory.
  var device: UInt8 = 0

  /// A register that was never set.
  static var unset: Reference { Reference(storage: nil) }
  /// `true` iff the register was set.
  var isSet: Bool { storage != nil || list != nil }
}

extension Reference {
  /// Refers to a tensor from outside, which the host program must not write to, where the device has its memory.
  init(to tensor: Tensor, in storage: Storage) {
    self.init(storage: storage, offset: tensor.byteOffset, byteCount: tensor.byteCount, type: tensor.type)
  }
}
