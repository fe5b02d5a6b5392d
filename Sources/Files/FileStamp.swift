import TesseraLibC

/// The identity of the file at `path` as it is now: path, size and time. It changes as soon as the file does.
public func fileIdentity(_ path: String) -> String {
  var status = stat()
  guard stat(path, &status) == 0 else { return path }
  return "\(path) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
}
