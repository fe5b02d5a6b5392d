import TesseraConstants
import TesseraDiagnostics
import TesseraFlatBuffers

/// How the elements of a sparse tensor are stored: those of dense dimensions all, of compressed ones those that are named.
///
/// Dimensions of the tensor may be split in two: the blocks along it, and the places in a block. They are stored in `order`, the outermost first.
struct SparsityRecord {
  private enum Dimension {
    case dense(size: Int)
    /// For each path through the dimensions before, where its indices start; and the indices.
    case compressed(segments: [Int], indices: [Int])
  }

  /// So many bytes may a byte of the file become: real weights keep a tenth.
  private static let growthLimit = 256

  private let order: [Int]
  /// The dimension of the tensor that each dimension behind the tensor's own is the block of.
  private let blocks: [Int]
  private let dimensions: [Dimension]

  init(_ table: FlatTable) throws(Diagnostic) {
    order = (try table.numbers(0, of: Int32.self) ?? []).map(Int.init)
    blocks = (try table.numbers(1, of: Int32.self) ?? []).map(Int.init)
    var dimensions: [Dimension] = []
    for entry in try table.tables(2) {
      if try entry.number(0, default: Int8(0)) == 0 {
        dimensions.append(.dense(size: Int(try entry.number(1, default: Int32(0)))))
      } else {
        dimensions.append(.compressed(segments: try Self.numbers(entry, 3), indices: try Self.numbers(entry, 5)))
      }
    }
    self.dimensions = dimensions
  }

  /// The numbers of a union of vectors of 32, 16 and 8 bits.
  private static func numbers(_ table: FlatTable, _ field: Int) throws(Diagnostic) -> [Int] {
    guard let (kind, vector) = try table.union(field) else { return [] }
    switch kind {
    case 1: return (try vector.numbers(0, of: Int32.self) ?? []).map(Int.init)
    case 2: return (try vector.numbers(0, of: UInt16.self) ?? []).map(Int.init)
    default: return (try vector.numbers(0, of: UInt8.self) ?? []).map(Int.init)
    }
  }

  /// The number of elements that are stored.
  func valueCount(_ record: TensorRecord, _ file: ModelFile) throws(Diagnostic) -> Int {
    var count = 1
    for dimension in dimensions {
      switch dimension {
      case .dense(let size):
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else { throw invalid(record, file) }
        count = product
      case .compressed(let segments, let indices):
        guard segments.count - 1 == count, segments.last == indices.count else { throw invalid(record, file) }
        count = indices.count
      }
    }
    return count
  }

  /// All elements, of `width` bytes each, where `stored` are those that there are.
  func expanded(_ stored: ConstantBytes, _ record: TensorRecord, _ width: Int, _ file: ModelFile) throws(Diagnostic) -> [UInt8] {
    let rank = record.shape.count
    guard order.count == dimensions.count, order.sorted() == Array(0..<order.count), order.count == rank + blocks.count,
      blocks.allSatisfy({ (0..<rank).contains($0) }), Set(blocks).count == blocks.count
    else { throw invalid(record, file) }
    let byteCount = record.shape.reduce(width, *)
    guard byteCount / Self.growthLimit <= stored.count else { throw invalid(record, file) }
    // How far apart the elements of each stored dimension stand: a block is as many places apart as it has.
    var strides = [Int](repeating: 1, count: rank), counts = [Int](repeating: 0, count: order.count)
    for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * record.shape[axis + 1] }
    var sizes = record.shape, steps = strides
    for (i, axis) in blocks.enumerated() {
      guard let place = order.firstIndex(of: rank + i), case .dense(let size) = dimensions[place], size > 0, sizes[axis] % size == 0 else {
        throw invalid(record, file)
      }
      sizes[axis] /= size
      steps[axis] *= size
      sizes.append(size)
      steps.append(strides[axis])
    }
    for place in order.indices {
      counts[place] = sizes[order[place]]
      if case .dense(let size) = dimensions[place], size != counts[place] { throw invalid(record, file) }
    }
    var places: [Int] = []
    places.reserveCapacity(stored.count / width)
    /// Finds the places of what is stored of the dimensions from number `place` on; `path` numbers the path through those before.
    func find(_ place: Int, _ path: Int, _ offset: Int) throws(Diagnostic) {
      if place == order.count {
        places.append(offset)
        return
      }
      let step = steps[order[place]]
      switch dimensions[place] {
      case .dense(let size):
        for i in 0..<size { try find(place + 1, path * size + i, offset + i * step) }
      case .compressed(let segments, let indices):
        let first = segments[path], last = segments[path + 1]
        guard first >= 0, first <= last, last <= indices.count else { throw invalid(record, file) }
        for i in first..<last {
          guard (0..<counts[place]).contains(indices[i]) else { throw invalid(record, file) }
          try find(place + 1, i, offset + indices[i] * step)
        }
      }
    }
    try find(0, 0, 0)
    var result = [UInt8](repeating: 0, count: byteCount)
    stored.withBytes { values in
      for (i, place) in places.enumerated() {
        for byte in 0..<width { result[place * width + byte] = values[i * width + byte] }
      }
    }
    return result
  }

  private func invalid(_ record: TensorRecord, _ file: ModelFile) -> Diagnostic {
    .damagedModel(file, "the sparse tensor '\(record.name)' does not name the elements of its shape")
  }
}
