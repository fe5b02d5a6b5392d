import TesseraConstants
import TesseraDiagnostics
import TesseraFiles
import TesseraFlatBuffers
import TesseraGraphs
import TesseraMLIR

/// A TFLite file: its records, read once, and the bytes of its tensors, which stay where they are.
final class ModelFile {
  /// The four characters behind the first offset.
  static let identifier = "TFL3"
  /// More operators or tensors than this are an attack.
  private static let recordLimit = 2_000_000

  let file: FileBytes
  let buffer: FlatBuffer
  private(set) var subgraphs: [SubgraphRecord] = []
  private(set) var signatures: [SignatureRecord] = []
  /// The ranges of the file that the buffers are; `nil` for those without bytes.
  private var buffers: [Range<Int>?] = []

  init(_ file: FileBytes) throws(Diagnostic) {
    self.file = file
    buffer = FlatBuffer(file.bytes, path: file.path, format: "a TFLite model")
    guard buffer.identifier == Self.identifier else { throw .damagedModel(self, "its first bytes are not those of one") }
    let root = try buffer.root()
    let version = try root.number(0, default: UInt32(0))
    guard version == 3 else { throw .unknownSchema(file.path, Int(version)) }
    var codes: [OperatorCode] = []
    for table in try root.tables(1) { codes.append(try OperatorCode(table)) }
    for table in try root.tables(4) { buffers.append(try contents(table)) }
    var count = 0
    for table in try root.tables(2) {
      let subgraph = try SubgraphRecord(table, codes, self)
      count += subgraph.tensors.count + subgraph.operators.count
      guard count <= Self.recordLimit else { throw .damagedModel(self, "it has more than \(Self.recordLimit) tensors and operators") }
      subgraphs.append(subgraph)
    }
    for table in try root.tables(7) { signatures.append(try SignatureRecord(table)) }
    guard !subgraphs.isEmpty else { throw .damagedModel(self, "it has no subgraph") }
    if let wrong = signatures.first(where: { !subgraphs.indices.contains($0.subgraph) }) {
      throw .damagedModel(self, "the signature '\(wrong.key)' names the subgraph \(wrong.subgraph) of \(subgraphs.count)")
    }
  }

  // MARK: bytes

  /// The bytes of a buffer: in it, or, as files of more than 2 GB have them, behind the FlatBuffer.
  private func contents(_ table: FlatTable) throws(Diagnostic) -> Range<Int>? {
    let offset = try table.number(1, default: UInt64(0))
    // 0 and 1 stand for none.
    if offset > 1 { return try range(offset, try table.number(2, default: UInt64(0))) }
    guard let range = try table.range(0), !range.isEmpty else { return nil }
    return range
  }

  /// `count` bytes of the file from `offset` on.
  func range(_ offset: UInt64, _ count: UInt64) throws(Diagnostic) -> Range<Int> {
    let length = UInt64(file.bytes.count)
    guard offset <= length, count <= length - offset else { throw .damagedModel(self, "\(count) bytes at \(offset) are not in the file") }
    return Int(offset)..<Int(offset + count)
  }

  /// `true` iff the file has the elements of the tensor.
  func isConstant(_ tensor: TensorRecord) -> Bool {
    !tensor.isVariable && buffers.indices.contains(tensor.buffer) && buffers[tensor.buffer] != nil
  }

  /// The tensor whose elements the file has; `nil` if it has none.
  func constant(_ record: TensorRecord) throws(Diagnostic) -> GraphTensor? {
    guard isConstant(record), let range = buffers[record.buffer] else {
      // Nothing has no bytes: it is a constant too.
      guard let type = record.type.element, !record.isVariable, record.signature == nil, record.shape.contains(0),
        try elementCount(record) == 0
      else { return nil }
      return GraphTensor(record, type, .owned([]), 0)
    }
    guard let type = record.type.element, record.type != .complex else { throw .unsupportedTensor(record) }
    return GraphTensor(record, type, try elements(record, range, type), try elementCount(record))
  }

  /// The tensor whose elements the file has, and its bytes; `nil` if it has none.
  func constantBytes(_ record: TensorRecord) throws(Diagnostic) -> (tensor: GraphTensor, bytes: ConstantBytes)? {
    guard let tensor = try constant(record), let range = buffers[record.buffer] else { return nil }
    return (tensor, try elements(record, range, tensor.elementType))
  }

  /// The elements that stand in `range`, all of them.
  private func elements(_ record: TensorRecord, _ range: Range<Int>, _ type: ElementType) throws(Diagnostic) -> ConstantBytes {
    let count = try elementCount(record)
    guard let sparsity = record.sparsity else { return try bytes(range, record, count, type) }
    let stored = try bytes(range, record, try sparsity.valueCount(record, self), type)
    return .owned(try sparsity.expanded(stored, record, type.byteCount, self))
  }

  /// The number of elements of a tensor of known sizes.
  func elementCount(_ record: TensorRecord) throws(Diagnostic) -> Int {
    guard record.shape.count <= GraphTensor.rankLimit, record.shape.allSatisfy({ $0 >= 0 }), Type.isPossible(record.shape) else {
      throw .impossibleTensor(record)
    }
    return record.shape.reduce(1, *)
  }

  /// `count` elements that stand in `range`.
  private func bytes(_ range: Range<Int>, _ record: TensorRecord, _ count: Int, _ type: ElementType) throws(Diagnostic) -> ConstantBytes {
    guard case .packed(let bits) = record.type else {
      guard range.count == count * type.byteCount else {
        throw .wrongTensorSize(record, bytes: range.count, expected: count * type.byteCount)
      }
      return .mapped(file, offset: range.lowerBound, count: range.count)
    }
    let perByte = 8 / bits
    guard range.count == (count + perByte - 1) / perByte else {
      throw .wrongTensorSize(record, bytes: range.count, expected: (count + perByte - 1) / perByte)
    }
    let source = file.bytes[range]
    defer { withExtendedLifetime(file) {} }
    // The first element stands in the low bits; the highest bit of each is its sign.
    return .owned(
      (0..<count).map { i in
        let low = source[source.startIndex + i / perByte] >> UInt8(i % perByte * bits), raw = low << UInt8(8 - bits)
        return UInt8(bitPattern: Int8(bitPattern: raw) >> Int8(8 - bits))
      })
  }
}

extension GraphTensor {
  /// Creates a constant of the file; small integers are read now.
  fileprivate convenience init(_ record: TensorRecord, _ type: ElementType, _ bytes: ConstantBytes, _ count: Int) {
    var host: [IndexExpression]?
    if type.isInteger || type == .bool, count <= Self.hostElementLimit {
      host = bytes.withBytes { bytes in (0..<count).map { IndexExpression(type.integer(in: bytes, at: $0)) } }
    }
    self.init(name: record.name, type, record.shape.map { IndexExpression($0) }, host: host, constant: host == nil ? bytes : nil)
  }
}
