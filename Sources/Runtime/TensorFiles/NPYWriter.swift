import TesseraFiles
import TesseraModuleFormat

/// Writes tensors in NumPy's `.npy` format, version 1.
public enum NPYWriter {
  /// Returns the bytes of a file with some arrays, one after the other.
  public static func bytes(_ tensors: [Tensor]) throws(RuntimeError) -> [UInt8] {
    var result: [UInt8] = []
    for tensor in tensors { result += try bytes(tensor) }
    return result
  }

  /// Returns the bytes of a file with one array. `bf16` becomes `V2`, other types that NumPy lacks `V1`, as ml_dtypes has them.
  public static func bytes(_ tensor: Tensor) throws(RuntimeError) -> [UInt8] {
    let strings = tensor.elementType == .string ? try NPYStrings.write(tensor.texts()) : nil
    let descriptor =
      switch tensor.elementType {
      case .bool: "|b1"
      case .i8: "|i1"
      case .i16: "<i2"
      case .i32: "<i4"
      case .i64: "<i8"
      case .u8: "|u1"
      case .u16: "<u2"
      case .u32: "<u4"
      case .u64: "<u8"
      case .f16: "<f2"
      case .bf16: "<V2"
      case .f32: "<f4"
      case .f64: "<f8"
      case .f8E4M3FN, .f8E5M2, .f8E4M3FNUZ, .f8E5M2FNUZ, .f8E8M0FNU, .f4E2M1FN, .i4, .u4, .i2, .u2, .f8E4M3, .f8E3M4, .f8E4M3B11FNUZ,
        .f6E2M3FN, .f6E3M2FN:
        "|V1"
      case .complex64: "<c8"
      case .complex128: "<c16"
      case .string: strings?.descriptor ?? "<U1"
      }
    let extents = tensor.shape.map { "\($0)" }.joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
    var header = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
    // The data starts at a multiple of 64; the header ends with a newline.
    header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
    bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
    bytes += Array(header.utf8)
    if let strings { bytes += strings.bytes } else { tensor.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Writes a file with one array, beside its target first.
  public static func write(_ tensor: Tensor, to path: String) throws(RuntimeError) {
    let bytes = try bytes(tensor)
    do throws(FileError) { try writeFile(bytes, to: path, content: .binary) } catch { throw RuntimeError(error) }
  }
}
