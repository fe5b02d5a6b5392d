import TesseraModuleFormat

/// Reads the arrays of an `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write it: a ZIP archive of `.npy` files.
enum NPZReader {
  /// Reads the arrays in `bytes`; `name` is the file's name for errors. `expected` decides what `V1` means, by name.
  static func read(
    _ bytes: UnsafeRawBufferPointer, name: String, expected: (String) -> ElementType?
  ) throws(RuntimeError) -> [TensorFile.Entry] {
    func fail(_ what: String) -> RuntimeError {
      RuntimeError(.invalidArgument, "'\(name)' is no valid .npz file: \(what)", id: "malformedNPZ")
    }
    let archive: ZipArchive
    do throws(ZipArchive.Problem) { archive = try ZipArchive(bytes) } catch { throw fail(error.reason) }
    var result: [TensorFile.Entry] = []
    for entry in archive.entries where !entry.name.hasSuffix("/") {
      let arrayName = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      let tensors = try archive.withBytes(of: entry, fail) { (content) throws(RuntimeError) in
        try NPYReader.read(content, name: "\(name): \(entry.name)", expected: expected(arrayName))
      }
      guard !result.contains(where: { $0.name == arrayName }) else { throw fail("it has '\(arrayName)' twice") }
      result.append(TensorFile.Entry(name: arrayName, tensors: tensors))
    }
    return result
  }
}
