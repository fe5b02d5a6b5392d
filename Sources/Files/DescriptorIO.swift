import TesseraLibC

/// Reading and writing of open files: whole, whatever signals and full pipes do in between.
enum DescriptorIO {
  /// Writes all of `bytes`, where the file's offset stands or at `offset`. Returns 0, or the system's error number.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int? = nil) -> Int32 {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let rest = bytes.count - done
      let count =
        if let offset { pwrite(descriptor, start + done, rest, offset + done) } else { TesseraLibC.write(descriptor, start + done, rest) }
      if count < 0 {
        if isTransient(descriptor, POLLOUT) { continue }
        return errno
      }
      if count == 0 { return ENOSPC }
      done += count
    }
    return 0
  }

  /// Reads into `buffer` what is there, at least a byte; returns how much, 0 at the end, or `nil` with the reason in `errno`.
  static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    while true {
      let count = TesseraLibC.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if !isTransient(descriptor, POLLIN) { return nil }
    }
  }

  /// `true` iff the call that just failed may be made again: a signal came, or another program made the pipe non-blocking, whose turn is awaited.
  private static func isTransient(_ descriptor: Int32, _ event: Int32) -> Bool {
    if errno == EINTR { return true }
    guard errno == EAGAIN else { return false }
    var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return poll(&request, 1, -1) >= 0 || errno == EINTR
  }
}
