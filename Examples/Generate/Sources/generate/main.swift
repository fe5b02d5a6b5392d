// Continues a text with a small decoder of bytes: generate MODULE [PROMPT] [--tokens N] [--temperature T] ...
//
// MODULE is what `tessera compile` makes of train.py's model. The text goes to standard output as it is made; the time to standard error.

import Glibc
import Tessera

/// Writes bytes to a file descriptor now. Errors: it cannot.
func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws {
  var rest = Array(bytes)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 || errno == EINTR else { throw Failure(description: "cannot write: \(String(cString: strerror(errno)))") }
    rest = rest.dropFirst(max(count, 0))
  }
}

/// Says something on standard error, and ends the program.
func end(_ message: String, code: Int32) -> Never {
  try? write("generate: error: \(message)\n".utf8, to: STDERR_FILENO)
  exit(code)
}

/// Prints `prompt` and what follows; returns the number of tokens, and the seconds that the prompt and the tokens took.
func generate(_ options: Options) throws -> (tokens: Int, promptTime: Double, time: Double) {
  var decoder = try Decoder(path: options.path, threads: options.threads), sampler = options.sampler
  var text = Array(options.prompt.utf8)
  let promptCount = text.count, stop = Array(options.stop.utf8), clock = ContinuousClock()
  func seconds(since start: ContinuousClock.Instant) -> Double { start.duration(to: clock.now) / .seconds(1) }
  try write(text, to: STDOUT_FILENO)
  var start = clock.now
  var logits = try decoder.read(text.suffix(options.context))
  let promptTime = seconds(since: start)
  start = clock.now
  while text.count - promptCount < options.tokens {
    let token = UInt8(sampler.choose(from: logits))
    text.append(token)
    try write(CollectionOfOne(token), to: STDOUT_FILENO)
    if !stop.isEmpty, text.count - promptCount >= stop.count, text.suffix(stop.count) == stop[...] { break }
    if text.count - promptCount == options.tokens { break }
    // Where the cache is full, the model starts again with the last half of what it saw.
    if decoder.count >= options.context {
      decoder.clear()
      logits = try decoder.read(text.suffix(options.context / 2))
    } else {
      logits = try decoder.read(text.suffix(1))
    }
  }
  return (text.count - promptCount, promptTime, seconds(since: start))
}

do {
  let options: Options
  do { options = try Options(Array(CommandLine.arguments.dropFirst())) } catch { end("\(error)\n\(Options.usage)", code: 2) }
  let (tokens, promptTime, time) = try generate(options)
  try write("\n".utf8, to: STDOUT_FILENO)
  let rate = time > 0 ? Int(Double(tokens) / time) : 0
  let line = "the prompt took \(Int(promptTime * 1e6)) us, \(tokens) tokens \(Int(time * 1e3)) ms: \(rate) tokens a second\n"
  try write(line.utf8, to: STDERR_FILENO)
} catch {
  end("\(error)", code: 1)
}
