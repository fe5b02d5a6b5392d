import TesseraModuleFormat

/// Reads `.safetensors` files: 8 bytes with the length of a JSON header, the header, and the bytes of the tensors.
enum SafetensorsReader {
  /// The longest header that the format allows.
  static let headerLimit = 100_000_000

  /// The names of types in headers.
  static let types: [(name: String, type: ElementType)] = [
    ("F64", .f64), ("F32", .f32), ("F16", .f16), ("BF16", .bf16), ("I64", .i64), ("I32", .i32), ("I16", .i16), ("I8", .i8), ("U64", .u64),
    ("U32", .u32), ("U16", .u16), ("U8", .u8), ("BOOL", .bool), ("F8_E4M3", .f8E4M3FN), ("F8_E5M2", .f8E5M2), ("F8_E8M0", .f8E8M0FNU),
    ("F8_E4M3FNUZ", .f8E4M3FNUZ), ("F8_E5M2FNUZ", .f8E5M2FNUZ), ("C64", .complex64),
  ]

  /// `true` iff bytes begin as such a file: with the length of a header that is there, and its first bracket.
  static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let length = LittleEndianReader(bytes).number(0, 8) else { return false }
    return length >= 2 && length <= min(headerLimit, bytes.count - 8) && bytes[8] == UInt8(ascii: "{")
  }

  /// Reads the tensors in `bytes`, in the order of their bytes; `name` is the file's name for errors.
  static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws(RuntimeError) -> [TensorFile.Entry] {
    func fail(_ what: String) -> RuntimeError {
      RuntimeError(.invalidArgument, "'\(name)' is no valid .safetensors file: \(what)", id: "malformedSafetensors")
    }
    let reader = LittleEndianReader(bytes)
    guard let length = reader.number(0, 8) else { throw fail("it does not begin with the length of a header") }
    guard length <= headerLimit else { throw fail("its header has \(length) bytes, and may have \(headerLimit)") }
    guard length <= bytes.count - 8, let header = reader.text(8, length) else {
      throw fail("it ends within the header, or that is no UTF-8")
    }
    var parser = JSONParser(header)
    let parsed: JSONParser.Value
    do throws(JSONParser.Problem) { parsed = try parser.parse() } catch { throw fail("its header \(error.reason)") }
    guard case .object(let members) = parsed else { throw fail("its header is no object") }
    let rows = members.filter { $0.name != "__metadata__" }
    let data = UnsafeRawBufferPointer(rebasing: bytes[(8 + length)...])
    var tensors: [(entry: TensorFile.Entry, range: Range<Int>)] = []
    var names: Set<String> = []
    for row in rows {
      guard names.insert(row.name).inserted else { throw fail("it has '\(row.name)' twice") }
      guard case .object(let fields) = row.value, case .string(let code)? = fields.first(where: { $0.name == "dtype" })?.value,
        let shape = integers(fields, "shape"), let offsets = integers(fields, "data_offsets"), offsets.count == 2, offsets[0] <= offsets[1],
        offsets[1] <= data.count
      else { throw fail("its header is malformed at '\(row.name)', or the tensor ends beyond the file") }
      guard let type = types.first(where: { $0.name == code })?.type else {
        throw fail("the type '\(code)' of '\(row.name)' is not supported")
      }
      let range = offsets[0]..<offsets[1]
      let byteCount: Int
      do throws(RuntimeError) { byteCount = try Tensor.byteCount(type, shape) } catch { throw fail(error.message) }
      guard byteCount == range.count else {
        throw fail("'\(row.name)' is \(shapeText(shape)) of \(type.name), which are \(byteCount) bytes, but it has \(range.count)")
      }
      let tensor = try Tensor(elementType: type, shape: shape) { target in
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: data[range]))
        if type == .bool { for index in target.indices where target[index] > 1 { target[index] = 1 } }
      }
      tensors.append((TensorFile.Entry(name: row.name, tensors: [tensor]), range))
    }
    tensors.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for tensor in tensors {
      guard tensor.range.lowerBound == end else { throw fail("its tensors overlap, or leave a hole") }
      end = tensor.range.upperBound
    }
    guard end == data.count else { throw fail("it has bytes behind the last tensor") }
    return tensors.map(\.entry)
  }

  /// Returns a list of numbers that are not negative.
  private static func integers(_ fields: [(name: String, value: JSONParser.Value)], _ name: String) -> [Int]? {
    guard case .array(let values)? = fields.first(where: { $0.name == name })?.value else { return nil }
    var result: [Int] = []
    for value in values {
      guard case .integer(let number) = value, number >= 0, result.count < 64 else { return nil }
      result.append(number)
    }
    return result
  }
}
