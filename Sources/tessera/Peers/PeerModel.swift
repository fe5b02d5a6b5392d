import TesseraRuntime
import TesseraVerification

/// A model as a peer computes it plainly, each time with the inner values as outputs that are asked for.
struct PeerModel: ValueSource {
  let worker: PeerWorker
  /// The model, and the inputs by name.
  let path: String
  let inputs: [(name: String, value: RuntimeValue)]
  let threads: Int

  func compute(adding values: [String]) throws -> ComputedValues {
    try worker.load(path, adding: values, threads: threads, isPlain: true)
    try worker.give(inputs)
    let wanted = Set(values)
    var result = ComputedValues(outputs: [])
    for (name, value) in try worker.compute() {
      if wanted.contains(name) { result.inner[name] = value } else { result.outputs.append((name, value)) }
    }
    return result
  }
}
