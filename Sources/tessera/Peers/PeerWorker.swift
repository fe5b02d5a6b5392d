import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// Another runtime for models, in a Python program that answers requests: it loads a model, computes, and measures.
///
/// Requests and answers are JSON objects, a line each; tensors go over `.npz` files in a folder of this process alone.
final class PeerWorker {
  /// The peers that there are, with what they are called.
  static let peers = ["onnxruntime": "ONNX Runtime"]

  /// The name of the peer with its version: `ONNX Runtime 1.27.0`.
  let name: String
  private let peer: String
  private let folder: TemporaryFolder
  private let process: AnsweringProcess
  private let python: String

  /// The flags that choose a Python.
  static let options: [OptionDeclaration] = [
    .value("python", "PROGRAM", "the Python that has the peer's package; default: TESSERA_PYTHON, or python3")
  ]

  /// Starts the worker of a peer in the Python that the flags or the environment name. Errors: there is no such Python, or it lacks the peer.
  init(_ peer: String, _ options: ParsedOptions) throws {
    let variable = getenv("TESSERA_PYTHON").map { String(cString: $0) } ?? ""
    python = options.value("python") ?? (variable.isEmpty ? "python3" : variable)
    self.peer = peer
    folder = try TemporaryFolder()
    process = try AnsweringProcess(python, ["-u", "-c", Self.program], messages: folder.file("messages"))
    var title = Self.peers[peer] ?? peer
    guard let answer = process.ask("\(JSON.object([("do", .string("start")), ("peer", .string(peer))]))") else {
      throw RuntimeError(
        .unavailable, "'\(python)' did not start the worker of \(title): \(Self.lastLine(of: folder))", id: "peerStart")
    }
    let value = try Self.parse(answer, title)
    if let error = value["error"]?.text {
      throw RuntimeError(
        .unavailable,
        "the Python '\(python)' has no \(title) (\(error)); name one that has it with '--python' or TESSERA_PYTHON: python3 -m venv peers && peers/bin/pip install \(peer)",
        id: "noPeer")
    }
    title += value["version"]?.text.map { " \($0)" } ?? ""
    name = title
  }

  /// Loads a model with these values of its graph as further outputs; as it is computed plainly, or as fast as the peer can.
  func load(_ path: String, adding values: [String] = [], threads: Int, isPlain: Bool) throws {
    _ = try ask(
      "load",
      [
        ("model", .string(path)), ("values", .array(values.map { .string($0) })), ("threads", .integer(threads)), ("plain", .bool(isPlain)),
      ])
  }

  /// Gives the model its inputs, by their names.
  func give(_ inputs: [(name: String, value: RuntimeValue)]) throws {
    let entries = try inputs.map { name, value -> TensorFile.Entry in
      guard case .tensor(let tensor) = value else {
        throw RuntimeError(.unimplemented, "\(self.name) is given tensors only, and input '\(name)' is a list", id: "peerList")
      }
      return TensorFile.Entry(name: name, tensors: [tensor])
    }
    let file = try folder.write(TensorFile.bytes(entries, .npz), to: "inputs.npz")
    _ = try ask("inputs", [("file", .string(file))])
  }

  /// Computes once; returns the outputs by name, the model's own first, in order. Those that are no tensors of NumPy's are left out.
  func compute() throws -> [(name: String, value: RuntimeValue)] {
    let file = folder.file("outputs.npz")
    let answer = try ask("compute", [("file", .string(file))])
    let names = (answer["names"]?.elements ?? []).map { $0.text ?? "" }
    guard !names.isEmpty else { return [] }
    let tensors = try TensorFile.read(path: file)
    // The archive has numbers for names: what a value is called may be no name of a file.
    let byNumber = Dictionary(tensors.compactMap { entry in entry.name.map { ($0, entry.tensors) } }) { first, _ in first }
    return names.enumerated().compactMap { number, name in byNumber["\(number)"]?.first.map { (name, .tensor($0)) } }
  }

  /// Calls the model for a time after another to warm up; returns the nanoseconds of each call.
  func measure(nanoseconds: Int, warmup: Int) throws -> [Int] {
    let answer = try ask("measure", [("ns", .integer(nanoseconds)), ("warmup", .integer(warmup))])
    return (answer["ns"]?.elements ?? []).compactMap { $0.number.map { Int($0) } }
  }

  /// Sends a request, and returns the answer. Errors: what the peer says.
  private func ask(_ request: String, _ members: [(String, JSON)]) throws -> JSONParser.Value {
    guard let answer = process.ask("\(JSON.object([("do", .string(request))] + members))") else {
      throw RuntimeError(.unavailable, "the worker of \(name) ended: \(Self.lastLine(of: folder))", id: "peerEnded")
    }
    let value = try Self.parse(answer, name)
    if let error = value["error"]?.text {
      throw RuntimeError(
        .invalidArgument, "\(name) does not \(request == "load" ? "take the model" : "compute it"): \(error)", id: "peerError")
    }
    return value
  }

  private static func parse(_ text: String, _ name: String) throws -> JSONParser.Value {
    var parser = JSONParser(text)
    do throws(JSONParser.Problem) { return try parser.parse() } catch {
      throw RuntimeError(.unavailable, "the worker of \(name) gave an answer that \(error.reason)", id: "peerAnswer")
    }
  }

  /// The last line that the worker wrote for people.
  private static func lastLine(of folder: TemporaryFolder) -> String {
    let text = (try? FileBytes(path: folder.file("messages")).text) ?? ""
    return text.split(separator: "\n").last.map { String($0) } ?? "it said nothing"
  }
}
