import TesseraModuleFormat

/// Writes `.safetensors` files.
enum SafetensorsWriter {
  /// Returns the bytes of a file. Errors: a type that the format does not have; a list of several tensors.
  static func bytes(_ entries: [TensorFile.Entry]) throws(RuntimeError) -> [UInt8] {
    var rows: [String] = []
    var position = 0
    for entry in entries {
      guard let tensor = entry.tensors.first, entry.tensors.count == 1 else {
        throw RuntimeError(.invalidArgument, "a list goes to .npy and .npz files, not to a .safetensors file", id: "listInSafetensors")
      }
      guard let type = SafetensorsReader.types.first(where: { $0.type == tensor.elementType })?.name else {
        throw RuntimeError(.invalidArgument, "a .safetensors file has no elements of \(tensor.elementType.name)", id: "typeInSafetensors")
      }
      let end = position + tensor.withUnsafeBytes { $0.count }
      let shape = tensor.shape.map { "\($0)" }.joined(separator: ",")
      rows.append("\(quoted(entry.name ?? "")):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(position),\(end)]}")
      position = end
    }
    var header = Array("{\(rows.joined(separator: ","))}".utf8)
    // Spaces make the data begin at a multiple of 8.
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    var result = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
    result.reserveCapacity(result.count + position)
    for entry in entries { for tensor in entry.tensors { tensor.withUnsafeBytes { result.append(contentsOf: $0) } } }
    return result
  }

  /// Returns a text in quotes.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" {
        result += "\\\(scalar)"
      } else if scalar.value < 0x20 {
        result += "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
