import Glibc

/// A file mapped read-only into memory, for as long as the object lives.
public final class MappedFile: @unchecked Sendable {
  // Safe to share: the mapping is read-only and never changes after `init`.
  public let path: String
  /// The bytes of the file; empty for an empty file.
  public let bytes: UnsafeRawBufferPointer

  /// Why a file could not be mapped.
  public struct Failure: Error, Sendable {
    public var path: String
    /// The system's words, like `No such file or directory`.
    public var reason: String
  }

  /// Maps the regular file at `path`.
  public init(path: String) throws(Failure) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(path: path, reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path, reason: "not a regular file") }
    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw Failure(path: path, reason: String(cString: strerror(errno)))
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}
