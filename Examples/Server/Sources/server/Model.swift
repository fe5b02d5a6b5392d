import NIOCore
import Tessera

/// A compiled model with one input of known sizes, loaded once and called by all requests.
struct Model: Sendable {
  /// The number of bytes that the input has.
  let inputByteCount: Int

  private let session: Session
  private let function: FunctionDescription
  private let shape: [Int]

  /// Loads a module. Errors: no such file, a damaged module, or a function of another form.
  init(path: String, threads: Int) throws {
    let module = try Module(path: path)
    guard let function = module.functions.first, function.inputs.count == 1, !function.outputs.isEmpty, let input = function.inputs.first,
      let extents = input.extents
    else { throw ServerError(message: "'\(path)' has no function of one tensor") }
    shape = try extents.map { extent in
      guard case .fixed(let size) = extent else {
        throw ServerError(message: "sizes of \(function.signature) are unknown: compile with --dim")
      }
      return Int(size)
    }
    inputByteCount = shape.reduce(input.elementType.byteCount, *)
    self.function = function
    session = try Session(module, device: CPUDevice(threads: threads, asynchronousCalls: threads))
  }

  /// The bytes of the first output for those of the input. Errors: bytes of another number, and those of a call.
  func answer(to body: ByteBuffer) async throws -> ByteBuffer {
    let elementType = function.inputs[0].elementType
    let input = try body.withUnsafeReadableBytes { try Tensor(elementType: elementType, shape: shape, bytes: $0) }
    let outputs = try await session.call(function.name, [input])
    return outputs[0].withUnsafeBytes { ByteBuffer(bytes: $0) }
  }
}
