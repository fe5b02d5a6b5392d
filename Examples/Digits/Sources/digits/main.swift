// Recognizes handwritten digits: digits MODULE SAMPLES LABELS
//
// MODULE is digits.onnx compiled by `tessera compile`; SAMPLES and LABELS are .npy files of pictures (f32[n, 1, 8, 8], pixels
// from 0 to 1) and of the digits that they show (i64[n]).

import Glibc
import Tessera

/// One picture with what the model makes of it.
struct Recognition {
  var pixels: [Float]
  var label: Int
  var digit: Int
  var probability: Float
  var milliseconds: Double
}

/// Runs the model on every picture.
func recognize(modulePath: String, samplesPath: String, labelsPath: String) throws -> [Recognition] {
  let pictures = try Array2D<Float>(npy: samplesPath)
  let labels = try Array2D<Int64>(npy: labelsPath)

  let module = try Module(path: modulePath)
  let session = try Session(module, device: CPUDevice(threads: 1))
  let clock = ContinuousClock()
  return try zip(pictures.rows, labels.rows).map { pixels, label in
    let picture = try Tensor(shape: [1, 1, 8, 8], pixels)
    let start = clock.now
    let outputs = try session.call("main", [picture])
    let time = start.duration(to: clock.now)

    let probabilities = try outputs[0].array(of: Float.self)
    let digit = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    return Recognition(
      pixels: pixels, label: Int(label[0]), digit: digit, probability: probabilities[digit], milliseconds: time / .milliseconds(1))
  }
}

/// Prints a message to the standard error, and ends.
func fail(_ message: String, code: Int32) -> Never {
  var line = message + "\n"
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  exit(code)
}

guard CommandLine.arguments.count == 4 else { fail("usage: digits MODULE SAMPLES LABELS", code: 2) }
do {
  let paths = CommandLine.arguments
  let found = try recognize(modulePath: paths[1], samplesPath: paths[2], labelsPath: paths[3])
  print(gallery(of: found))
} catch {
  fail("error: \(error)", code: 1)
}
