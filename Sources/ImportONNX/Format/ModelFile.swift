import TesseraConstants
import TesseraDiagnostics
import TesseraFiles
import TesseraGraphs
import TesseraMLIR

/// A parsed ONNX file with the mapped bytes that its tensors point into, and the files of its external data.
final class ModelFile {
  let file: FileBytes
  let proto: ModelProto
  /// The strings that its tensors and attributes have.
  let strings = StringNumbers()
  private var externalFiles: [String: FileBytes] = [:]

  /// Reads and parses the file at `path`.
  convenience init(path: String) throws(Diagnostic) {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw Diagnostic(error) }
    try self.init(file)
  }

  /// Parses a file that has been read.
  init(_ file: FileBytes) throws(Diagnostic) {
    self.file = file
    guard file.bytes.count > 0 else { throw .emptyFile(file.path) }
    proto = try ModelProto(WireReader(file.bytes, path: file.path, message: "ModelProto"))
  }

  var path: String { file.path }
  /// The paths of the files of external data that were read.
  var externalPaths: [String] { externalFiles.values.map(\.path).sorted() }

  /// The tensor that `proto` describes. Small integers are read now; the rest stays in the file where it stands as it is needed.
  func tensor(_ proto: TensorProto, name: String) throws(Diagnostic) -> GraphTensor {
    let (type, count) = try form(proto, name)
    return GraphTensor(name: name, type, proto.dimensions, try contents(proto, name, type, count))
  }

  /// The elements of the tensor that `proto` describes, as they are in memory.
  func bytes(of proto: TensorProto) throws(Diagnostic) -> ConstantBytes {
    let (type, count) = try form(proto, proto.name)
    return try contents(proto, proto.name, type, count)
  }

  /// The type of the elements of a tensor, and how many there are.
  func form(_ proto: TensorProto, _ name: String) throws(Diagnostic) -> (type: ElementType, count: Int) {
    guard let type = ElementType(onnx: proto.dataType) else {
      throw .unsupportedElementType(name, ElementType.onnxName(proto.dataType))
    }
    return (type, try Self.elementCount(proto.dimensions, name))
  }

  /// How many elements a tensor with these sizes has.
  static func elementCount(_ dimensions: [Int64], _ name: String) throws(Diagnostic) -> Int {
    var count = 1
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(dimension))
      guard dimension >= 0, !overflow, product <= Type.elementLimit else { throw .invalidTensorShape(name, dimensions) }
      count = product
    }
    return count
  }

  private func contents(_ proto: TensorProto, _ name: String, _ type: ElementType, _ count: Int) throws(Diagnostic) -> ConstantBytes {
    if type == .string { return try stringContents(proto, name, count) }
    let packing = type.packing
    let expected = packing == 1 ? count * type.byteCount : (count + packing - 1) / packing
    let bytes: ConstantBytes
    if proto.isExternal {
      bytes = try externalContents(proto, name, expected)
    } else if let range = proto.rawData {
      bytes = .mapped(file, offset: range.lowerBound, count: range.count)
    } else {
      bytes = .owned(Self.typedContents(proto, type))
    }
    guard bytes.count == expected else { throw .wrongTensorSize(name, bytes: bytes.count, expected: expected) }
    return packing == 1 ? bytes : .owned(Self.unpacked(bytes, count, packing))
  }

  /// The numbers of the strings of a tensor.
  private func stringContents(_ proto: TensorProto, _ name: String, _ count: Int) throws(Diagnostic) -> ConstantBytes {
    guard !proto.isExternal, proto.rawData == nil, proto.stringData.count == count else {
      throw .wrongStringCount(name, proto.stringData.count, expected: count)
    }
    var texts: [String] = []
    for range in proto.stringData {
      guard let text = String(validating: file.bytes[range], as: UTF8.self) else { throw .stringNotUTF8(name) }
      texts.append(text)
    }
    return .owned(strings.bytes(texts))
  }

  /// The elements of packed bytes, each in a byte of its own.
  private static func unpacked(_ bytes: ConstantBytes, _ count: Int, _ packing: Int) -> [UInt8] {
    let bits = 8 / packing
    return bytes.withBytes { packed in
      (0..<count).map { packed[$0 / packing] >> UInt8($0 % packing * bits) & UInt8(1 << bits - 1) }
    }
  }

  /// The bytes of the typed data field that ONNX prescribes for `type`.
  private static func typedContents(_ proto: TensorProto, _ type: ElementType) -> [UInt8] {
    func bytes<T: FixedWidthInteger, S: BinaryInteger>(_ list: [S], as: T.Type) -> [UInt8] {
      var result: [UInt8] = []
      result.reserveCapacity(list.count * MemoryLayout<T>.size)
      for item in list { withUnsafeBytes(of: T(truncatingIfNeeded: item).littleEndian) { result.append(contentsOf: $0) } }
      return result
    }
    switch type {
    case .f32: return bytes(proto.floatBits, as: UInt32.self)
    case .f64: return bytes(proto.doubleBits, as: UInt64.self)
    case .i64: return bytes(proto.int64Data, as: Int64.self)
    case .u32: return bytes(proto.uint64Data, as: UInt32.self)
    case .u64: return bytes(proto.uint64Data, as: UInt64.self)
    case .i32: return bytes(proto.int32Data, as: Int32.self)
    case .i16, .u16, .f16, .bf16: return bytes(proto.int32Data, as: UInt16.self)
    default: return bytes(proto.int32Data, as: UInt8.self)
    }
  }

  // MARK: external data

  private func externalContents(_ proto: TensorProto, _ name: String, _ expected: Int) throws(Diagnostic) -> ConstantBytes {
    func entry(_ key: String) -> String? { proto.external.first { $0.key == key }?.value }
    guard let location = entry("location") else { throw .externalDataWithoutLocation(name) }
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.hasPrefix("/"), !parts.contains(".."), !location.utf8.contains(0) else {
      throw .externalDataOutside(name, location)
    }
    let offset = try number(entry("offset") ?? "0", name, "offset")
    let length = try number(entry("length") ?? "\(expected)", name, "length")
    let file = try externalFile(location, name)
    guard length == expected else { throw .wrongTensorSize(name, bytes: length, expected: expected) }
    guard offset <= file.bytes.count, length <= file.bytes.count - offset else {
      throw .externalDataTooShort(name, location, offset: offset, length: length, available: file.bytes.count)
    }
    return .mapped(file, offset: offset, count: length)
  }

  private func number(_ text: String, _ name: String, _ key: String) throws(Diagnostic) -> Int {
    guard let value = Int(text), value >= 0 else { throw .externalDataNumber(name, key, text) }
    return value
  }

  private func externalFile(_ location: String, _ name: String) throws(Diagnostic) -> FileBytes {
    if let file = externalFiles[location] { return file }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let place = folder + location
    do throws(FileError) {
      // A file of the name that stands for standard input.
      let file = try FileBytes(path: place == "-" ? "./-" : place)
      externalFiles[location] = file
      return file
    } catch { throw .externalDataUnreadable(name, place, error.reason, isMissing: error.kind == .missing) }
  }
}

extension GraphTensor {
  /// Creates a constant of the file; small integers are read now.
  convenience init(name: String, _ type: ElementType, _ dimensions: [Int64], _ bytes: ConstantBytes) {
    let shape = dimensions.map { IndexExpression(Int($0)) }
    var host: [IndexExpression]?
    if type.isInteger || type == .bool, let count = shape.product.known, count <= Self.hostElementLimit {
      host = bytes.withBytes { bytes in (0..<count).map { IndexExpression(type.integer(in: bytes, at: $0)) } }
    }
    self.init(name: name, type, shape, host: host, constant: host == nil ? bytes : nil)
  }
}
