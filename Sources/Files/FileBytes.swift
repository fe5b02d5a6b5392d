import TesseraLibC

/// The bytes of a file, 64-byte aligned, as long as the object lives.
///
/// Large regular files are mapped: what others write to them meanwhile may be seen, and one that becomes shorter ends the program
/// (`ProcessSignals` says why). All else is read as it is now: small files, pipes, and standard input, whose path is `-`.
public final class FileBytes: @unchecked Sendable {
  // Safe to share: nothing is written after `init`.
  /// The path that was opened.
  public let path: String
  /// The bytes; valid as long as this object.
  public let bytes: UnsafeRawBufferPointer
  /// `true` iff the bytes cannot be read a second time: they came from a pipe, or from standard input.
  public let isStream: Bool
  /// `true` iff the bytes are a mapping rather than an allocation.
  private let isMapped: Bool

  /// Smaller files are read, which takes no longer than mapping them page by page.
  private static let mappedByteCount = 1 << 20
  /// Cache lines, and what modules promise for their constants.
  private static let alignment = 64
  /// Devices give numbers without an end, but a terminal does not.
  private static let deviceByteLimit = 1 << 26

  /// Maps the file at `path`, or reads it.
  public init(path: String) throws(FileError) {
    self.path = path
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", path, errno) }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("read", path, errno) }
    let kind = status.st_mode & S_IFMT
    if kind == S_IFDIR { throw .system("read", path, EISDIR) }
    isStream = kind != S_IFREG || path == "-"
    let length = kind == S_IFREG ? Int(status.st_size) : 0
    // Standard input may stand behind its start.
    if length >= FileBytes.mappedByteCount, lseek(descriptor, 0, SEEK_CUR) == 0 {
      guard let start = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
        throw .system("map", path, errno)
      }
      madvise(start, length, MADV_WILLNEED)
      bytes = UnsafeRawBufferPointer(start: start, count: length)
      isMapped = true
      MappedRanges.insert(bytes, path)
      return
    }
    // A stream has no length: as much as half of the memory is taken.
    let limit = kind == S_IFREG ? Int.max : kind == S_IFCHR ? FileBytes.deviceByteLimit : FileBytes.memoryByteCount / 2
    bytes = try FileBytes.read(descriptor, path, expected: length, limit: limit)
    isMapped = false
  }

  /// Copies `content`.
  public init(_ content: UnsafeRawBufferPointer) {
    path = ""
    isStream = false
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: FileBytes.alignment)
    copy.copyMemory(from: content)
    bytes = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  /// The bytes of memory of the machine.
  private static var memoryByteCount: Int { max(sysconf(Int32(_SC_PHYS_PAGES)), 1 << 16) * max(sysconf(Int32(_SC_PAGESIZE)), 1 << 12) }

  /// Reads to the end of an open file.
  private static func read(_ descriptor: Int32, _ path: String, expected: Int, limit: Int) throws(FileError) -> UnsafeRawBufferPointer {
    // A byte more than expected, to see the end without growing.
    var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(expected + 1, 1 << 12), alignment: alignment)
    var count = 0
    while true {
      if count == buffer.count {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * buffer.count, alignment: alignment)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
      }
      guard let part = DescriptorIO.read(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...])) else {
        let number = errno
        buffer.deallocate()
        throw .system("read", path, number)
      }
      if part == 0 { return UnsafeRawBufferPointer(rebasing: buffer[..<count]) }
      count += part
      if count > limit {
        buffer.deallocate()
        throw .system("read", path, EFBIG)
      }
    }
  }

  /// A copy of the bytes.
  public var array: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The bytes as text; what is no UTF-8 becomes replacement characters.
  public var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  /// Calls `body` with the bytes.
  public func withUnsafeBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    if isMapped {
      MappedRanges.remove(bytes)
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}
