import Files
import ModuleFormat

/// Reads the arrays of an `.npz` file, as `numpy.savez` writes it: a ZIP archive of `.npy` files that are stored, not compressed.
public enum NPZReader {
  /// Returns the arrays with their names, in the order of the archive. `expected` decides what `V1` means, by name.
  public static func read(path: String, expected: (String) -> ElementType?) throws(RuntimeError) -> [(name: String, tensor: Tensor)] {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw RuntimeError(error) }
    return try file.withUnsafeBytes { (bytes) throws(RuntimeError) in try read(bytes, name: path, expected: expected) }
  }

  /// Reads the arrays in `bytes`; `name` is the file's name for errors.
  public static func read(
    _ bytes: UnsafeRawBufferPointer, name: String, expected: (String) -> ElementType? = { _ in nil }
  ) throws(RuntimeError) -> [(name: String, tensor: Tensor)] {
    func fail(_ what: String) -> RuntimeError {
      RuntimeError(.invalidArgument, "'\(name)' is no valid .npz file: \(what)", id: "malformedNPZ")
    }
    /// Returns `count` bytes at `offset` as a number; `nil` where they are not there.
    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      return (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    guard let end = endOfDirectory(bytes.count, number), let count = number(end + 10, 2), var entry = number(end + 16, 4) else {
      throw fail("it does not end with the directory of an archive")
    }
    var arrays: [(name: String, tensor: Tensor)] = []
    for _ in 0..<count {
      guard number(entry, 4) == 0x0201_4B50, let method = number(entry + 10, 2), let size = number(entry + 24, 4),
        let nameLength = number(entry + 28, 2),
        let extraLength = number(entry + 30, 2), let commentLength = number(entry + 32, 2), let local = number(entry + 42, 4),
        entry + 46 + nameLength <= bytes.count
      else { throw fail("its directory is damaged") }
      let fileName = String(decoding: bytes[entry + 46..<entry + 46 + nameLength], as: UTF8.self)
      entry += 46 + nameLength + extraLength + commentLength
      guard method == 0 else {
        throw RuntimeError(
          .unavailable, "the array '\(fileName)' of '\(name)' is compressed, which is not supported; write the file with numpy.savez",
          id: "compressedNPZ")
      }
      guard size < 0xFFFF_FFFF, local < 0xFFFF_FFFF else { throw fail("arrays of 4 GB and more are not supported") }
      guard number(local, 4) == 0x0403_4B50, let before = number(local + 26, 2), let between = number(local + 28, 2) else {
        throw fail("the place of '\(fileName)' is damaged")
      }
      let start = local + 30 + before + between
      guard start <= bytes.count - size else { throw fail("'\(fileName)' ends beyond the file") }
      let arrayName = fileName.hasSuffix(".npy") ? String(fileName.dropLast(4)) : fileName
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
      for tensor in try NPYReader.read(part, name: "\(name): \(fileName)", expected: expected(arrayName)) {
        arrays.append((arrayName, tensor))
      }
    }
    return arrays
  }

  /// Returns where the record that ends the archive's directory starts: at the end, behind it at most a comment of 64 KiB.
  private static func endOfDirectory(_ count: Int, _ number: (Int, Int) -> Int?) -> Int? {
    stride(from: count - 22, through: max(0, count - 22 - 0xFFFF), by: -1).first { number($0, 4) == 0x0605_4B50 }
  }
}
