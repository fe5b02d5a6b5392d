import Glibc

/// A file that is written beside its target and renamed when complete: readers see the old content or the new one.
///
/// Where the target is no regular file (`/dev/stdout`, a pipe), bytes go there directly.
public final class OutputFile {
  /// Where the content shall be.
  public let path: String
  /// Where it is until `commit`; `nil` when the target is written directly.
  private var temporary: String?
  /// The open file.
  private var descriptor: Int32
  /// Bytes that are not handed to the system yet.
  private var buffer: [UInt8] = []
  /// How many bytes are collected before they are written.
  private static let bufferByteCount = 1 << 18

  /// Opens a file for the content of `path`.
  public init(path: String) throws(FormatError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { throw .system("write", path, EISDIR) }
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let beside = "\(path).\(getpid()).partial"
      descriptor = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 && errno == EEXIST {
        unlink(beside)
        descriptor = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
      temporary = beside
    }
    if descriptor < 0 {
      temporary = nil
      throw .system("write", path, errno)
    }
    buffer.reserveCapacity(OutputFile.bufferByteCount)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporary { unlink(temporary) }
  }

  /// `true` iff bytes can be written at any position.
  var isSeekable: Bool { temporary != nil }

  /// Appends `bytes`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    if buffer.count + bytes.count > OutputFile.bufferByteCount { try flush() }
    if bytes.count >= OutputFile.bufferByteCount {
      try writeAll(bytes, at: nil)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) throws(FormatError) {
    let result: Result<Void, FormatError> = bytes.withUnsafeBytes { all in
      do throws(FormatError) { return .success(try write(all)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Writes `bytes` at `offset`, over what stands there.
  func write(_ bytes: [UInt8], at offset: Int) throws(FormatError) {
    try flush()
    let result: Result<Void, FormatError> = bytes.withUnsafeBytes { all in
      do throws(FormatError) { return .success(try writeAll(all, at: offset)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Closes the file and puts it in the place of the target.
  public func commit() throws(FormatError) {
    try flush()
    let closed = close(descriptor)
    descriptor = -1
    if closed != 0 { throw .system("write", path, errno) }
    guard let temporary else { return }
    if rename(temporary, path) != 0 { throw .system("write", path, errno) }
    self.temporary = nil
  }

  /// Hands the collected bytes to the system.
  private func flush() throws(FormatError) {
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    let result: Result<Void, FormatError> = pending.withUnsafeBytes { all in
      do throws(FormatError) { return .success(try writeAll(all, at: nil)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Writes all of `bytes`, at the end or at an offset.
  private func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int?) throws(FormatError) {
    var done = 0
    while done < bytes.count {
      guard let start = bytes.baseAddress else { return }
      let rest = bytes.count - done
      let count =
        if let offset { pwrite(descriptor, start + done, rest, offset + done) } else { Glibc.write(descriptor, start + done, rest) }
      if count < 0 {
        if errno == EINTR { continue }
        throw .system("write", path, errno)
      }
      if count == 0 { throw .system("write", path, ENOSPC) }
      done += count
    }
  }
}
