/// The strings of a model's constants, each once. In the IR a string is its number: 0 is the empty one.
final class StringNumbers {
  /// The strings with the numbers from 1 on.
  private(set) var texts: [String] = []
  // By bytes: Swift takes strings to be equal that Unicode writes in two ways, and ONNX does not.
  private var numbers: [[UInt8]: Int] = [[]: 0]

  /// The number of a string.
  func number(of text: String) -> Int {
    let bytes = Array(text.utf8)
    if let number = numbers[bytes] { return number }
    texts.append(text)
    numbers[bytes] = texts.count
    return texts.count
  }

  /// The bytes of a constant with these strings.
  func bytes(_ texts: [String]) -> [UInt8] { texts.map(number).withUnsafeBytes { Array($0) } }
}
