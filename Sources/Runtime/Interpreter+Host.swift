/// Memory of the device, read and written by the host. No command that touches it is pending.
extension Interpreter {
  /// Returns a buffer of the device with the bytes that `body` writes, all of them.
  mutating func buffer(
    _ byteCount: Int, writing body: (UnsafeMutableRawPointer) throws(RuntimeError) -> Void
  ) throws(RuntimeError) -> Storage {
    let storage = try buffer(byteCount)
    if let pointer = storage.hostPointer {
      try body(pointer)
      return storage
    }
    let staged = try Storage(byteCount: byteCount)
    guard let pointer = staged.hostPointer else { return storage }
    try body(pointer)
    if byteCount > 0 { try streams[0].device.write(UnsafeRawBufferPointer(start: pointer, count: byteCount), to: storage.address) }
    return storage
  }
}

extension Reference {
  /// Returns a reference to the same bytes where the host reaches them: itself, or a copy.
  func onHost(_ streams: borrowing Streams) throws(RuntimeError) -> Reference {
    guard let storage, storage.hostPointer == nil else { return self }
    let copy = try Storage(byteCount: byteCount)
    if byteCount > 0 {
      try streams[Int(device)].device.read(
        storage.address &+ UInt64(offset), into: UnsafeMutableRawBufferPointer(start: copy.hostPointer, count: byteCount))
    }
    return Reference(storage: copy, offset: 0, byteCount: byteCount, type: type, list: list, isWritable: false)
  }

  /// The bytes, where the host reaches them.
  var hostBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage?.hostPointer.map { $0 + offset }, count: byteCount)
  }
}
