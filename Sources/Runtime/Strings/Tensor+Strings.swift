import TesseraModuleFormat

/// The strings that the elements of a tensor are numbers of. The first is the empty one.
final class StringTable: Sendable {
  /// The strings, as UTF-8.
  let texts: [[UInt8]]

  /// Creates a table.
  init(_ texts: [[UInt8]]) { self.texts = texts }
}

extension Tensor {
  /// Creates a tensor of strings, row by row: `try Tensor(shape: [2], ["a", "b"])`.
  public init(shape: [Int], _ strings: [String]) throws(RuntimeError) {
    try self.init(shape: shape, texts: strings.map { Array($0.utf8) })
  }

  /// Creates a tensor of strings that are UTF-8.
  package init(shape: [Int], texts: [[UInt8]]) throws(RuntimeError) {
    let byteCount = try Tensor.byteCount(.string, shape)
    guard byteCount == texts.count * ElementType.string.byteCount else {
      throw .wrongElementCount(shape, given: texts.count, unit: "elements")
    }
    try self.init(shape: shape, numbers: texts.indices.map { Int64($0 + 1) }, of: StringTable([[]] + texts))
  }

  /// Creates a tensor of the strings that have the numbers in a table.
  init(shape: [Int], numbers: [Int64], of table: StringTable) throws(RuntimeError) {
    let tensor = try Tensor(elementType: .string, shape: shape) { target in numbers.withUnsafeBytes { target.copyMemory(from: $0) } }
    self.init(storage: tensor.storage, byteOffset: 0, byteCount: tensor.byteCount, type: tensor.type, strings: table)
  }

  /// Returns the elements of a tensor of strings, row by row. Errors: the elements have another type.
  public func stringArray() throws(RuntimeError) -> [String] { try texts().map { String(decoding: $0, as: UTF8.self) } }

  /// Returns the elements of a tensor of strings as UTF-8.
  package func texts() throws(RuntimeError) -> [[UInt8]] {
    guard elementType == .string else { throw .wrongElementType(elementType, asked: .string) }
    var result: [[UInt8]] = []
    result.reserveCapacity(count)
    for index in 0..<count { result.append(try text(at: index)) }
    return result
  }

  /// Returns an element of a tensor of strings as UTF-8.
  private func text(at index: Int) throws(RuntimeError) -> [UInt8] {
    let number = withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self) }
    let texts = strings?.texts ?? [[]]
    guard let index = Int(exactly: number), texts.indices.contains(index) else { throw .unknownString(number) }
    return texts[index]
  }
}
