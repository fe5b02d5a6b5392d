public import TesseraDiagnostics

/// How few bits weights of products may have: blocks of neighbours along the sum, each with a scale, of unsigned numbers whose middle is 0.
public struct WeightFormat: Hashable, Sendable {
  /// 4 or 8.
  public let bits: Int
  /// The weights that have a scale in common.
  public let block: Int

  /// Parses `int4`, `int8`, `int4,block=32`. Errors: it is another text.
  public init(parsing text: String) throws(Diagnostic) {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let bits: [Substring: Int] = ["int4": 4, "int8": 8]
    guard let first = words.first, let number = bits[first], words.count <= 2 else { throw .unknownWeightFormat(text) }
    self.bits = number
    guard words.count == 2 else {
      block = 32
      return
    }
    guard words[1].hasPrefix("block="), let size = Int(words[1].dropFirst(6)), (16...1024).contains(size), size & (size - 1) == 0 else {
      throw .unknownWeightFormat(text)
    }
    block = size
  }

  /// The numbers of a byte.
  var each: Int { 8 / bits }
  /// The number that stands for 0.
  var middle: Int { 1 << (bits - 1) }

  /// The nearest numbers of a block, and its scale: that of its largest weight, which is the lowest number.
  func quantized(_ weights: [Float]) -> (numbers: [Int], scale: Float) {
    let extreme = weights.max { abs($0) < abs($1) } ?? 0
    let scale = extreme / Float(-middle)
    guard scale != 0 else { return ([Int](repeating: middle, count: weights.count), 0) }
    let numbers = weights.map { weight in
      let number = (weight / scale).rounded(.toNearestOrEven)
      return Int(min(max(number, Float(-middle)), Float(middle - 1))) + middle
    }
    return (numbers, scale)
  }
}

extension Diagnostic {
  fileprivate static func unknownWeightFormat(_ text: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, id: "unknownWeightFormat", "'\(text)' is no format of weights",
      help: "write int4 or int8, perhaps with a block: int4,block=32; blocks are powers of two from 16 to 1024")
  }
}
