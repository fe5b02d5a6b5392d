import TesseraFiles
public import TesseraModuleFormat

/// Files of tensors, told apart by their content and their names: `.npy`, `.npz`, `.safetensors`, and `.pb` of ONNX's test data.
public enum TensorFile {
  /// The tensors of a file, by name or in order.
  public struct Entry: Sendable {
    /// The name; `nil` where the file has none.
    public var name: String?
    /// One tensor, or the elements of a list.
    public var tensors: [Tensor]

    /// Creates an entry.
    public init(name: String?, tensors: [Tensor]) { (self.name, self.tensors) = (name, tensors) }
  }

  /// Reads all of a file; `-` is standard input. `expected` decides by name what NumPy's `V1` means.
  public static func read(path: String, expected: (String?) -> ElementType? = { _ in nil }) throws(RuntimeError) -> [Entry] {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw RuntimeError(error) }
    let name = path == "-" ? "standard input" : path
    return try file.withUnsafeBytes { (bytes) throws(RuntimeError) in
      if ZipArchive.begins(bytes) { return try NPZReader.read(bytes, name: name) { expected($0) } }
      if path.hasSuffix(".npz") {
        throw RuntimeError(.invalidArgument, "'\(name)' is no valid .npz file: it does not begin as an archive", id: "malformedNPZ")
      }
      if path.hasSuffix(".safetensors") || SafetensorsReader.begins(bytes) { return try SafetensorsReader.read(bytes, name: name) }
      if path.hasSuffix(".pb") { return [try TensorProtoReader.read(bytes, name: name)] }
      return try NPYReader.read(bytes, name: name, expected: expected(nil)).map { Entry(name: nil, tensors: [$0]) }
    }
  }

  /// A form in which tensors are written.
  public enum Form: String, CaseIterable, Sendable {
    case npy, npz, safetensors, bin

    /// The form that the end of a path names; `.npy` where it names none. `nil` for an end that is no form of ours.
    public init?(path: String) {
      let name = path.split(separator: "/").last ?? ""
      guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
        self = .npy
        return
      }
      self.init(rawValue: String(name[name.index(after: dot)...]))
    }
  }

  /// Returns the bytes of a file. Errors: the form cannot hold such tensors.
  public static func bytes(_ entries: [Entry], _ form: Form) throws(RuntimeError) -> [UInt8] {
    switch form {
    case .npy: return try NPYWriter.bytes(entries.flatMap(\.tensors))
    case .npz: return try NPZWriter.bytes(entries)
    case .safetensors: return try SafetensorsWriter.bytes(entries)
    case .bin:
      var bytes: [UInt8] = []
      for tensor in entries.flatMap(\.tensors) {
        guard tensor.elementType != .string else {
          throw RuntimeError(.invalidArgument, "strings go to .npy and .npz files only", id: "stringsInBytes")
        }
        tensor.withUnsafeBytes { bytes.append(contentsOf: $0) }
      }
      return bytes
    }
  }
}
