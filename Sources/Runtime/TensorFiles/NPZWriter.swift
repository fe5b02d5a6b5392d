import TesseraModuleFormat

/// Writes `.npz` files as `numpy.savez` does: a ZIP archive of `.npy` files that are stored as they are.
enum NPZWriter {
  /// Returns the bytes of a file. An entry with several tensors is a file with several arrays.
  static func bytes(_ entries: [TensorFile.Entry]) throws(RuntimeError) -> [UInt8] {
    var result: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let content = try NPYWriter.bytes(entry.tensors)
      let name = Array("\(entry.name ?? "").npy".utf8)
      guard name.count <= 0xFFFF else {
        throw RuntimeError(.invalidArgument, "the name of an output is too long for a .npz file", id: "longName")
      }
      let checksum = content.withUnsafeBytes { CRC32.of($0) }
      let start = result.count
      // Version 4.5, for sizes of 8 bytes; the time is the first that the format has, so that equal arrays make equal files.
      let head = number(45, 2) + number(0, 2) + number(0, 2) + number(0, 2) + number(0x21, 2) + number(Int(checksum), 4)
      let large = number(1, 2)
      result +=
        number(0x0403_4B50, 4) + head + number(0xFFFF_FFFF, 4) + number(0xFFFF_FFFF, 4) + number(name.count, 2) + number(20, 2) + name
      result += large + number(16, 2) + number(content.count, 8) + number(content.count, 8) + content
      directory += number(0x0201_4B50, 4) + number(45, 2) + head + number(0xFFFF_FFFF, 4) + number(0xFFFF_FFFF, 4) + number(name.count, 2)
      directory += number(28, 2) + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(0xFFFF_FFFF, 4) + name
      directory += large + number(24, 2) + number(content.count, 8) + number(content.count, 8) + number(start, 8)
    }
    let (start, end) = (result.count, result.count + directory.count)
    let count = entries.count
    result += directory
    result += number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 4) + number(0, 4) + number(count, 8)
    result += number(count, 8) + number(directory.count, 8) + number(start, 8)
    result += number(0x0706_4B50, 4) + number(0, 4) + number(end, 8) + number(1, 4)
    let few = min(count, 0xFFFF)
    result += number(0x0605_4B50, 4) + number(0, 4) + number(few, 2) + number(few, 2)
    return result + number(min(directory.count, 0xFFFF_FFFF), 4) + number(min(start, 0xFFFF_FFFF), 4) + number(0, 2)
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}
