import Synchronization

/// The files that are mapped into this process, for the message about one that became shorter.
enum MappedRanges {
  /// The paths by the address of the first byte, with the number of bytes.
  private static let ranges = Mutex<[UInt: (byteCount: UInt, path: String)]>([:])

  /// Adds a mapping.
  static func insert(_ bytes: UnsafeRawBufferPointer, _ path: String) {
    ranges.withLock { $0[UInt(bitPattern: bytes.baseAddress)] = (UInt(bytes.count), path) }
  }

  /// Removes a mapping.
  static func remove(_ bytes: UnsafeRawBufferPointer) {
    ranges.withLock { $0[UInt(bitPattern: bytes.baseAddress)] = nil }
  }

  /// Returns the path of the file that is mapped at an address.
  static func path(at address: UInt) -> String? {
    ranges.withLock { $0.first { address >= $0.key && address - $0.key < $0.value.byteCount }?.value.path }
  }
}
