import Diagnostics
import Glibc

/// A private folder for temporary files, removed with them when `body` ends, in whatever way.
package struct TemporaryFolder: ~Copyable {
  package let path: String
  private var files: [String] = []

  /// Creates a folder that only this user can read, in `TMPDIR` or `/tmp`.
  package init() throws(Diagnostic) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array(((base.isEmpty ? "/tmp" : base) + "/tessera-XXXXXX").utf8CString)
    let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    guard made else { throw .temporaryFileFailed(path, "create", String(cString: strerror(errno))) }
  }

  deinit {
    for file in files { unlink(file) }
    rmdir(path)
  }

  /// The path of a file in the folder, which will be removed with it.
  package mutating func file(_ name: String) -> String {
    let file = "\(path)/\(name)"
    files.append(file)
    return file
  }

  /// Writes a file into the folder.
  package mutating func write(_ bytes: [UInt8], to name: String) throws(Diagnostic) -> String {
    let file = self.file(name)
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .temporaryFileFailed(file, "create", String(cString: strerror(errno))) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        throw .temporaryFileFailed(file, "write", reason)
      }
      written += count
    }
    guard close(descriptor) == 0 else { throw .temporaryFileFailed(file, "write", String(cString: strerror(errno))) }
    return file
  }

  /// Reads a whole file of the folder.
  package func read(_ file: String) throws(Diagnostic) -> [UInt8] {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .temporaryFileFailed(file, "open", String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .temporaryFileFailed(file, "read", String(cString: strerror(errno))) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .temporaryFileFailed(file, "read", String(cString: strerror(errno))) }
      done += count
    }
    return bytes
  }
}
