package import TesseraDiagnostics

/// The bytes of a FlatBuffer, read where they stand.
///
/// Every read is checked against the bounds, so there is no pass that verifies first. Offsets are unsigned and point forward: nothing can loop.
/// What is handed out is counted, since a few bytes can name one large vector any number of times.
package final class FlatBuffer {
  /// So many times its size may be handed out of a file: writers that share equal vectors stay far below.
  private static let shareLimit = 64
  /// Small files may be read more often.
  private static let leastBudget = 1 << 20

  /// The whole buffer; valid as long as its owner keeps it.
  package let bytes: UnsafeRawBufferPointer
  /// The name of the file, for diagnostics.
  let path: String
  /// The format with its article, for diagnostics: `a TFLite model`.
  let format: String
  /// The bytes that may still be handed out.
  private var budget: Int

  package init(_ bytes: UnsafeRawBufferPointer, path: String, format: String) {
    (self.bytes, self.path, self.format) = (bytes, path, format)
    budget = max(bytes.count.multipliedReportingOverflow(by: Self.shareLimit).partialValue, Self.leastBudget)
  }

  /// The four characters that name the format, if they are there; any four bytes stand there where a format has none.
  package var identifier: String? { bytes.count < 8 ? nil : String(decoding: bytes[4..<8], as: UTF8.self) }

  /// The table that all others hang on.
  package func root() throws(Diagnostic) -> FlatTable { try FlatTable(self, at: try follow(0)) }

  /// The number of `MemoryLayout<T>.size` bytes at `offset`.
  func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) throws(Diagnostic) -> T {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { throw .damagedBuffer(self, "a number is cut off", at: offset) }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The place that the unsigned offset at `offset` leads to.
  func follow(_ offset: Int) throws(Diagnostic) -> Int {
    let step = Int(try load(offset, as: UInt32.self))
    guard step > 0, step < bytes.count - offset else { throw .damagedBuffer(self, "an offset leads out of the file", at: offset) }
    return offset + step
  }

  /// The range of the elements, of `stride` bytes each, of the vector at `start`.
  func elements(at start: Int, stride: Int) throws(Diagnostic) -> Range<Int> {
    let count = Int(try load(start, as: UInt32.self)), first = start + 4
    guard count <= (bytes.count - first) / stride else {
      throw .damagedBuffer(self, "a list of \(count) elements reaches past the end", at: start)
    }
    return first..<first + count * stride
  }

  /// Takes `count` bytes that are copied out of the budget.
  func spend(_ count: Int, at offset: Int) throws(Diagnostic) {
    guard count <= budget else { throw .damagedBuffer(self, "the same parts are named too often", at: offset) }
    budget -= count
  }

  /// The text in `range`; what is no UTF-8 becomes replacement characters.
  func text(_ range: Range<Int>) throws(Diagnostic) -> String {
    try spend(range.count, at: range.lowerBound)
    return String(decoding: bytes[range], as: UTF8.self)
  }
}

extension Diagnostic {
  /// A place that cannot be what the file says it is.
  static func damagedBuffer(_ buffer: FlatBuffer, _ reason: String, at offset: Int) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(buffer.path)' is not \(buffer.format) that can be read: \(reason)", location: "byte \(offset)",
      help: "the file may be cut off or damaged")
  }
}
