/// What the command line says.
struct Options {
  static let usage = """
    usage: generate MODULE [PROMPT] [--tokens N] [--temperature T] [--top-k K] [--top-p P] [--seed N] [--stop TEXT] [--context N] [--threads N]
    """

  var path = ""
  var prompt = "Tessera "
  /// The most bytes that are made.
  var tokens = 400
  /// Ends the text behind it; empty is never.
  var stop = ""
  /// The most tokens in the cache: no more than the model was trained on.
  var context = 128
  var threads = 1
  var sampler = Sampler(temperature: 0.7, topK: 0, topP: 0.95, seed: 0)

  /// Reads arguments. Errors: what is wrong with them.
  init(_ arguments: [String]) throws {
    var rest = arguments[...], words: [String] = []
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        words.append(word)
        continue
      }
      guard let value = rest.popFirst() else { throw Failure(description: "'\(word)' needs a value") }
      func number<Number: LosslessStringConvertible & Comparable>(_ range: ClosedRange<Number>) throws -> Number {
        guard let number = Number(value), range.contains(number) else {
          throw Failure(description: "'\(word)' is '\(value)', and must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
      }
      switch word {
      case "--tokens": tokens = try number(0...1 << 30)
      case "--temperature": sampler.temperature = try number(0...100)
      case "--top-k": sampler.topK = try number(0...256)
      case "--top-p": sampler.topP = try number(0...1)
      case "--seed": sampler.seed = try number(0...UInt64.max)
      case "--stop": stop = value
      case "--context": context = try number(2...1 << 20)
      case "--threads": threads = try number(1...256)
      default: throw Failure(description: "'\(word)' is no option")
      }
    }
    guard (1...2).contains(words.count) else {
      throw Failure(description: "a module and at most one prompt are expected, not \(words.count) words")
    }
    path = words[0]
    if words.count == 2 { prompt = words[1] }
    guard !prompt.isEmpty else { throw Failure(description: "the prompt is empty") }
  }
}
