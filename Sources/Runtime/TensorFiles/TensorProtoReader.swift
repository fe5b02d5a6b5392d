import TesseraModuleFormat

/// Reads a tensor of ONNX's test data (`input_0.pb`): a TensorProto, or a SequenceProto of tensors.
enum TensorProtoReader {
  private typealias Problem = WireFields.Problem

  /// The numbers of the types in ONNX's files.
  private static let types: [UInt64: ElementType] = [
    1: .f32, 2: .u8, 3: .i8, 4: .u16, 5: .i16, 6: .i32, 7: .i64, 8: .string, 9: .bool, 10: .f16, 11: .f64, 12: .u32, 13: .u64,
    14: .complex64, 15: .complex128, 16: .bf16, 17: .f8E4M3FN, 18: .f8E4M3FNUZ, 19: .f8E5M2, 20: .f8E5M2FNUZ, 21: .u4, 22: .i4,
    23: .f4E2M1FN, 24: .f8E8M0FNU, 25: .u2, 26: .i2,
  ]

  /// Reads the message in `bytes`; `name` is the file's name for errors.
  static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws(RuntimeError) -> TensorFile.Entry {
    func fail(_ what: String) -> RuntimeError {
      RuntimeError(.invalidArgument, "'\(name)' is no tensor of ONNX's test data: \(what)", id: "malformedTensorProto")
    }
    let entry: Result<TensorFile.Entry, Problem>
    do throws(Problem) { entry = .success(try read(WireFields(bytes))) } catch { entry = .failure(error) }
    switch entry {
    case .success(let entry): return entry
    case .failure(let problem): throw fail(problem.reason)
    }
  }

  /// Reads a message of either kind. Only a sequence has messages in field 3: a tensor's field 3 is a segment, which nobody writes.
  private static func read(_ fields: WireFields) throws(Problem) -> TensorFile.Entry {
    let name = { (text: String?) in text.flatMap { $0.isEmpty ? nil : $0 } }
    if fields.numbers[1] == nil, fields.parts[9] == nil, fields.numbers[2] == [1], let elements = fields.parts[3] {
      var tensors: [Tensor] = []
      for element in elements { tensors.append(try tensor(WireFields(element))) }
      return TensorFile.Entry(name: name(fields.text(1)), tensors: tensors)
    }
    return TensorFile.Entry(name: name(fields.text(8)), tensors: [try tensor(fields)])
  }

  /// Reads a TensorProto.
  private static func tensor(_ fields: WireFields) throws(Problem) -> Tensor {
    let code = fields.numbers[2]?.last ?? 0
    guard let type = types[code] else { throw Problem(reason: "it has no element type that is known (\(code))") }
    guard fields.numbers[14]?.last ?? 0 == 0, fields.parts[13] == nil else { throw Problem(reason: "its data stands in another file") }
    var shape: [Int] = []
    for size in try fields.varints(1) {
      guard let size = Int(exactly: Int64(bitPattern: size)), size >= 0, shape.count < 64 else {
        throw Problem(reason: "its shape is impossible")
      }
      shape.append(size)
    }
    // What the runtime says of a tensor is said of the file.
    func made(_ make: () throws(RuntimeError) -> Tensor) throws(Problem) -> Tensor {
      do throws(RuntimeError) { return try make() } catch { throw Problem(reason: error.message) }
    }
    let byteCount: Int
    do throws(RuntimeError) { byteCount = try Tensor.byteCount(type, shape) } catch { throw Problem(reason: error.message) }
    let count = byteCount / type.byteCount
    if type == .string {
      let texts = (fields.parts[6] ?? []).map { Array($0) }
      guard texts.count == count, texts.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) else {
        throw Problem(reason: "it has \(texts.count) strings, or some that are no UTF-8, for \(count) elements")
      }
      return try made { () throws(RuntimeError) in try Tensor(shape: shape, texts: texts) }
    }
    let data = try bytes(fields, type, count)
    guard data.count == byteCount else { throw Problem(reason: "it has \(data.count) bytes of data, and its shape needs \(byteCount)") }
    return try made { () throws(RuntimeError) in try Tensor(elementType: type, shape: shape) { $0.copyBytes(from: data) } }
  }

  /// Returns the elements as they lie in memory: from the raw bytes, or from the list that the type has.
  private static func bytes(_ fields: WireFields, _ type: ElementType, _ count: Int) throws(Problem) -> [UInt8] {
    let perByte = type == .bool ? 1 : 8 / min(8, type.bitCount)
    func unpacked(_ packed: [UInt8]) throws(Problem) -> [UInt8] {
      guard perByte > 1 else { return packed }
      guard packed.count == (count + perByte - 1) / perByte else {
        throw Problem(reason: "it has \(packed.count) bytes for \(count) elements")
      }
      let bits = 8 / perByte
      return (0..<count).map { packed[$0 / perByte] >> UInt8($0 % perByte * bits) & UInt8(1 << bits - 1) }
    }
    if let raw = fields.parts[9]?.last {
      let bytes = try unpacked(Array(raw))
      return type == .bool ? bytes.map { $0 == 0 ? 0 : 1 } : bytes
    }
    switch type {
    case .f32, .complex64: return fields.fixed(4)
    case .f64, .complex128: return fields.fixed(10)
    case .i64: return narrowed(try fields.varints(7), 8)
    case .u32, .u64: return narrowed(try fields.varints(11), type.byteCount)
    case .bool: return try fields.varints(5).map { $0 == 0 ? 0 : 1 }
    default: return try unpacked(narrowed(try fields.varints(5), type.byteCount))
    }
  }

  /// Returns the low bytes of numbers.
  private static func narrowed(_ numbers: [UInt64], _ byteCount: Int) -> [UInt8] {
    numbers.flatMap { number in (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) } }
  }
}
