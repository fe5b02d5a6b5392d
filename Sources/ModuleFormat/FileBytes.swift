import Glibc

/// The bytes of a file, mapped where the file allows it, 64-byte aligned, unchanged for the life of the object.
public final class FileBytes: @unchecked Sendable {
  /// The bytes; valid as long as this object.
  let bytes: UnsafeRawBufferPointer
  /// `true` iff the bytes are a mapping rather than an allocation.
  private let isMapped: Bool

  /// Maps the file at `path`, or reads it where it is no regular file.
  public init(path: String) throws(FormatError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("read", path, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .system("read", path, EISDIR) }
    if status.st_mode & S_IFMT == S_IFREG && status.st_size > 0 {
      let length = Int(status.st_size)
      guard let start = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
        throw .system("map", path, errno)
      }
      madvise(start, length, MADV_WILLNEED)
      bytes = UnsafeRawBufferPointer(start: start, count: length)
      isMapped = true
      return
    }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system("read", path, errno) }
      if count == 0 { break }
      content.append(contentsOf: chunk[0..<count])
    }
    bytes = content.withUnsafeBytes { FileBytes.copy($0) }
    isMapped = false
  }

  /// Copies `content`.
  init(_ content: UnsafeRawBufferPointer) {
    bytes = FileBytes.copy(content)
    isMapped = false
  }

  /// Returns an aligned copy of `content`.
  private static func copy(_ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: ModuleLayout.alignment)
    copy.copyMemory(from: content)
    return UnsafeRawBufferPointer(copy)
  }

  /// Calls `body` with the bytes.
  public func withUnsafeBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}
