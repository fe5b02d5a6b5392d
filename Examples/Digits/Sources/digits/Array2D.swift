import Glibc

/// The elements of a `.npy` file, by rows of its first dimension.
struct Array2D<Element> {
  /// The elements of each row, in the order of the file.
  var rows: [[Element]]

  /// Reads a file of version 1 in row-major order, whose element type must be the numpy type of `Element`.
  init(npy path: String) throws {
    let bytes = try readFile(path)
    guard bytes.count > 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw FileError("'\(path)' is no .npy file") }
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    guard start <= bytes.count else { throw FileError("'\(path)' ends in its header") }
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    let type = Element.self == Float.self ? "<f4" : "<i8"
    guard header.contains("'descr': '\(type)'"), header.contains("'fortran_order': False"),
      let open = header.lastIndex(of: "("), let close = header.lastIndex(of: ")")
    else { throw FileError("'\(path)' should hold \(type) in row-major order") }

    let shape = header[header.index(after: open)..<close].split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }
    let count = shape.reduce(1, *)
    guard let rowCount = shape.first, rowCount > 0, bytes.count - start == count * MemoryLayout<Element>.stride else {
      throw FileError("'\(path)' has a wrong size")
    }
    rows = bytes.withUnsafeBytes { raw in
      (0..<rowCount).map { row in
        (0..<count / rowCount).map { column in
          let index = row * (count / rowCount) + column
          return raw.loadUnaligned(fromByteOffset: start + index * MemoryLayout<Element>.stride, as: Element.self)
        }
      }
    }
  }
}

/// What is wrong with a file.
struct FileError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// Returns the bytes of a file.
private func readFile(_ path: String) throws -> [UInt8] {
  guard let file = fopen(path, "rb") else { throw FileError("cannot open '\(path)': \(String(cString: strerror(errno)))") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return bytes
}
