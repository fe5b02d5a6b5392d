import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs

/// A tensor of which the file has the elements that are not 0.
struct SparseTensorProto {
  /// The elements; its name is that of the whole.
  var values: TensorProto?
  /// The place of each element: its number in row-major order, or a row of positions.
  var indices: TensorProto?
  var dimensions: [Int64] = []
  var name: String { values?.name ?? "" }

  init(_ reader: WireReader) throws(Diagnostic) {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: values = try TensorProto(reader.nested(field, "TensorProto"))
      case 2: indices = try TensorProto(reader.nested(field, "TensorProto"))
      case 3: try reader.appendIntegers(field, to: &dimensions)
      default: break
      }
    }
  }
}

extension ModelFile {
  /// A dense tensor of more bytes is not made of a sparse one: a small file must not take all memory.
  private static let sparseLimit = 1 << 31

  /// The tensor that `proto` describes, with its zeros.
  func tensor(_ proto: SparseTensorProto, name: String) throws(Diagnostic) -> GraphTensor {
    guard let values = proto.values else { throw .sparseTensor(name, "has no values") }
    let (type, count) = try form(values, name)
    guard type != .string else { throw .sparseTensor(name, "is of strings, which is not supported", .unsupported) }
    guard values.dimensions.count == 1 else { throw .sparseTensor(name, "has values that are no list") }
    let total = try Self.elementCount(proto.dimensions, name)
    guard total * type.byteCount <= Self.sparseLimit else {
      throw .sparseTensor(name, "has more than \(Self.sparseLimit) bytes with its zeros, which is not supported", .unsupported)
    }
    let places = try places(proto, name, count: count, total: total)
    let size = type.byteCount
    var dense = [UInt8](repeating: 0, count: total * size)
    try bytes(of: values).withBytes { source in
      for (i, place) in places.enumerated() { for byte in 0..<size { dense[place * size + byte] = source[i * size + byte] } }
    }
    return GraphTensor(name: name, type, proto.dimensions, .owned(dense))
  }

  /// The numbers of the elements in row-major order.
  private func places(_ proto: SparseTensorProto, _ name: String, count: Int, total: Int) throws(Diagnostic) -> [Int] {
    let rank = proto.dimensions.count, sizes = proto.dimensions.map { Int($0) }
    let shape = proto.indices?.dimensions ?? [0]
    let isLinear = shape == [Int64(count)]
    guard isLinear || shape == [Int64(count), Int64(rank)], proto.indices.map({ $0.dataType == ElementType.i64.onnxNumber }) ?? true else {
      throw .sparseTensor(name, "has no place for each of its \(count) values")
    }
    guard let indices = proto.indices else { return [] }
    let numbers = try bytes(of: indices).withBytes { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int.self) }
    }
    var places: [Int] = []
    for i in 0..<count {
      let row = isLinear ? [numbers[i]] : Array(numbers[i * rank..<(i + 1) * rank]), bounds = isLinear ? [total] : sizes
      guard zip(row, bounds).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
        throw .sparseTensor(name, "has a value at \(isLinear ? "\(row[0])" : "\(row)"), which is outside of \(bounds)")
      }
      places.append(HostIndex.linear(row, bounds))
    }
    return places
  }
}

extension Diagnostic {
  fileprivate static func sparseTensor(_ name: String, _ problem: String, _ category: Category = .invalidInput) -> Diagnostic {
    Diagnostic(category, "the sparse tensor '\(name)' \(problem)")
  }
}
