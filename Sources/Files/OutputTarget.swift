import TesseraLibC

/// The target of the bytes for a path.
enum OutputTarget {
  /// An open file of this process, written from where its offset stands: `-`, `/dev/stdout`, `/dev/fd/3`, and links to them.
  case descriptor(Int32)
  /// A pipe, a device, or another process's open file, written as it is.
  case special(String)
  /// A regular file, or none yet, by a path whose last part is no link: it is replaced when the new one is complete.
  case file(String, stat?)

  /// The most links that are followed, as the system does: more are a circle.
  private static let linkLimit = 40

  /// Follows links from `path` to what is written.
  init(path: String) throws(FileError) {
    if path == "-" {
      self = .descriptor(STDOUT_FILENO)
      return
    }
    var current = path
    for _ in 0..<OutputTarget.linkLimit {
      let slash = current.lastIndex(of: "/")
      let name = slash.map { String(current[current.index(after: $0)...]) } ?? current
      let parent = slash.map { $0 == current.startIndex ? "/" : String(current[..<$0]) } ?? "."
      guard !current.isEmpty else { throw .output(path, ENOENT) }
      guard !["", ".", ".."].contains(name) else { throw .output(path, EISDIR) }
      guard let folder = realPath(parent) else { throw .output(path, errno) }
      if let number = OutputTarget.openFile(folder, name) {
        guard fcntl(number, F_GETFL) >= 0 else { throw .output(path, EBADF) }
        self = .descriptor(number)
        return
      }
      let full = (folder == "/" ? "" : folder) + "/" + name
      var status = stat()
      if lstat(full, &status) != 0 {
        guard errno == ENOENT else { throw .output(path, errno) }
        self = .file(full, nil)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: throw .output(path, EISDIR)
      case S_IFREG:
        self = .file(full, status)
        return
      case S_IFLNK where folder.hasPrefix("/proc/"):
        // The links there only look like paths.
        self = .special(full)
        return
      case S_IFLNK:
        guard let target = linkTarget(full) else { throw .output(path, errno) }
        current = target.hasPrefix("/") ? target : (folder == "/" ? "" : folder) + "/" + target
      default:
        self = .special(full)
        return
      }
    }
    throw .output(path, ELOOP)
  }

  /// Returns the number that `name` means in this process's folder of open files; `nil` in other folders.
  private static func openFile(_ folder: String, _ name: String) -> Int32? {
    guard folder.hasPrefix("/proc/\(getpid())/"), folder.hasSuffix("/fd") else { return nil }
    return Int32(name)
  }

  /// The identity of the target; `nil` if it is not a regular file.
  var identity: FileIdentity? {
    switch self {
    case .descriptor(let number): FileIdentity(descriptor: number)
    case .special(let path): FileIdentity(path: path)
    case .file(_, let status): status.flatMap { FileIdentity($0) }
    }
  }
}

/// The identity of a regular file, whatever its path.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt
  private let number: UInt

  /// Creates the identity of a regular file; `nil` for what is none.
  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
  }

  /// Creates the identity of the file that a path leads to.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Creates the identity of an open file.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }
}

/// Returns a path without links and dots; `nil` where nothing is there.
private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Returns what a link says; `nil` where it cannot be read.
func linkTarget(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &buffer, buffer.count)
  return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
}
