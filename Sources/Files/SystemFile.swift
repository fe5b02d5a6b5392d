import TesseraLibC

/// Small text files of the kernel.
package enum SystemFile {
  /// Returns the lines in the first `limit` bytes of a file; none where it cannot be read.
  package static func lines(_ path: String, limit: Int = 16384) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while content.count < limit {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      content.append(contentsOf: chunk[0..<count])
    }
    return String(decoding: content, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
