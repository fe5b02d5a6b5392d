import TesseraLibC

/// A file that is written beside its target and renamed when complete: readers see the old content or the new one, and a failure leaves the old one.
///
/// A link is followed to what it points to. What is no regular file, or is an open file (`/dev/stdout`, a pipe, a device), gets the bytes directly.
public final class OutputFile {
  /// The kind of content, which decides whether it may go to a terminal.
  public enum Content: Sendable { case text, binary }

  /// The path of the content.
  public let path: String
  /// The file beside the target until `commit`; `nil` when the target is written directly.
  private var replacement: Replacement?
  /// The open file.
  private var descriptor: Int32
  /// Bytes that are not handed to the system yet.
  private var buffer: [UInt8] = []
  /// The number of bytes collected before they are written.
  private static let bufferByteCount = 1 << 18

  /// A file on its way to its place.
  private struct Replacement {
    var temporary: String
    var target: String
    /// The file that is replaced: its owner and its permissions stay.
    var old: stat?
  }

  /// Opens a file for the content of `path`. Errors: the system's; `plan` has the file as an input; `binary` content for a terminal.
  public init(path: String, content: Content = .text, appending: Bool = false, plan: FilePlan = FilePlan()) throws(FileError) {
    self.path = path
    let target = try OutputTarget(path: path)
    try plan.check(target, path)
    var old: FileBytes?
    switch target {
    case .descriptor(let number): descriptor = fcntl(number, F_DUPFD_CLOEXEC, 3)
    case .special(let special): descriptor = open(special, O_WRONLY | O_CLOEXEC | O_NOCTTY | (appending ? O_APPEND : O_TRUNC))
    case .file(let file, let status):
      // Who took the permission to write from a file wants it kept.
      if status != nil, faccessat(AT_FDCWD, file, W_OK, AT_EACCESS) != 0 { throw .output(path, errno) }
      if appending, status != nil { old = try FileBytes(path: file) }
      let temporary = TemporaryNames.partial(beside: file)
      TemporaryNames.add(temporary)
      // Nobody else reads a private file on its way.
      descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, status == nil ? 0o666 : 0o600)
      if descriptor >= 0 {
        replacement = Replacement(temporary: temporary, target: file, old: status)
      } else {
        TemporaryNames.forget(temporary)
      }
    }
    guard descriptor >= 0 else { throw .output(path, errno) }
    if content == .binary, isatty(descriptor) == 1 {
      throw .refused(
        "\(FileError.name(path, isOutput: true)) is a terminal, which cannot show binary files; give the name of a file, or redirect the output"
      )
    }
    if let old { try write(old.bytes) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let replacement {
      unlink(replacement.temporary)
      TemporaryNames.forget(replacement.temporary)
    }
  }

  /// `true` iff bytes can be written at any position.
  public var isSeekable: Bool { replacement != nil }

  /// Appends `bytes`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if buffer.count + bytes.count > OutputFile.bufferByteCount { try flush() }
    if bytes.count >= OutputFile.bufferByteCount {
      try writeAll(bytes, at: nil)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    let result: Result<Void, FileError> = bytes.withUnsafeBytes { all in
      do throws(FileError) { return .success(try write(all)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Writes `bytes` at `offset`, over what stands there.
  public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    try flush()
    let result: Result<Void, FileError> = bytes.withUnsafeBytes { all in
      do throws(FileError) { return .success(try writeAll(all, at: offset)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Closes the file and puts it in the place of the target.
  public func commit() throws(FileError) {
    try flush()
    if let old = replacement?.old {
      // Only the administrator may give files away; another user's file becomes the writer's.
      _ = fchown(descriptor, old.st_uid, old.st_gid)
      guard fchmod(descriptor, old.st_mode & 0o777) == 0 else { throw .output(path, errno) }
    }
    let closed = close(descriptor)
    descriptor = -1
    if closed != 0 { throw .output(path, errno) }
    guard let replacement else { return }
    if rename(replacement.temporary, replacement.target) != 0 { throw .output(path, errno) }
    TemporaryNames.forget(replacement.temporary)
    self.replacement = nil
  }

  /// Hands the collected bytes to the system.
  private func flush() throws(FileError) {
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    let result: Result<Void, FileError> = pending.withUnsafeBytes { all in
      do throws(FileError) { return .success(try writeAll(all, at: nil)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Writes all of `bytes`, at the end or at an offset.
  private func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int?) throws(FileError) {
    let number = DescriptorIO.write(bytes, to: descriptor, at: offset)
    guard number == 0 else { throw .output(path, number) }
  }
}

/// Writes a file whole: beside its place first, then renamed.
public func writeFile(
  _ bytes: [UInt8], to path: String, content: OutputFile.Content = .text, plan: FilePlan = FilePlan()
) throws(FileError) {
  let file = try OutputFile(path: path, content: content, plan: plan)
  try file.write(bytes)
  try file.commit()
}
