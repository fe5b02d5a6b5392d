import Foundation
import TesseraDeviceCPU
import TesseraDiagnostics
import TesseraModuleFormat
import TesseraRuntime

@testable import TesseraCompiler

/// Calls of the functions of a model: lines `NAME TENSOR...`, where a tensor is `TYPE:SIZExSIZE:HEX`, as in `i16:2:01000200`.
struct ModelCalls {
  private let path: String
  /// Whether operations are placed at random, on two devices with other vectors; the same for the same model.
  private let isPlaced: Bool

  init(_ path: String, isPlaced: Bool = false) { (self.path, self.isPlaced) = (path, isPlaced) }

  /// Compiles the model, so that floats are computed as it says, and answers each line of the file beside it whose name has `.calls` at its end, as text of the outputs, or `error TEXT`
  /// where the call fails.
  func answers() throws -> String {
    var options = CompileOptions()
    options.isStrictMath = true
    if isPlaced {
      options.devices = [ProgramDevice(name: "a", target: Targets.host), try ProgramDevice(parsing: "b=cpu,level=x86-64-v2")]
      let model = try Data(contentsOf: URL(fileURLWithPath: path))
      options.defaultPlacement = .random(seed: model.withUnsafeBytes { Checksum.of($0) })
    }
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run()
    let module = try TesseraRuntime.Module(bytes: compilation.moduleBytes())
    let session = try Session(module, devices: options.devices.map { _ in CPUDevice(threads: 1) })
    let lines = try String(contentsOfFile: path + ".calls", encoding: .utf8).split(separator: "\n")
    return try lines.map { line in
      let words = line.split(separator: " ").map(String.init)
      let inputs = try words.dropFirst().map(tensor)
      do { return try session.call(words[0], inputs).map(text).joined(separator: " ") } catch { return "error \(error)" }
    }.joined(separator: "|")
  }

  private func tensor(_ text: String) throws -> Tensor {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let type = ElementType.allCases.first(where: { $0.name == parts[0] }) else { throw CocoaError(.formatting) }
    let digits = Array(parts[2].utf8)
    let bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0 }
    let shape = parts[1].split(separator: "x").compactMap { Int($0) }
    return try bytes.withUnsafeBytes { try Tensor(elementType: type, shape: shape, bytes: $0) }
  }

  private func text(_ tensor: Tensor) -> String {
    let hex = tensor.withUnsafeBytes { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    return "\(tensor.elementType.name):\(tensor.shape.map(String.init).joined(separator: "x")):\(hex)"
  }
}
