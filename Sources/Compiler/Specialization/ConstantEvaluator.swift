import Synchronization
import TesseraConstants
import TesseraDiagnostics
import TesseraModuleFormat
import TesseraRuntime

/// Runs the functions of a compiled module that compute constants, on as many threads as ask.
final class ConstantEvaluator: Sendable {
  private let module: TesseraRuntime.Module
  /// The idle sessions. They keep their memory: a new allocation for each constant takes longer than its computation.
  private let idle = Mutex<[Worker]>([])

  /// A session on one thread, and memory for what it reads. One caller uses it at a time.
  private final class Worker: @unchecked Sendable {
    let session: Session
    var inputs = TensorPool()

    init(_ module: TesseraRuntime.Module) throws(RuntimeError) { session = try Session(module, device: Targets.makeHostDevice()) }
  }

  /// Reads the module in `bytes`.
  init(_ bytes: [UInt8]) throws(Diagnostic) {
    do throws(RuntimeError) { module = try TesseraRuntime.Module(bytes: bytes) } catch { throw .constantEvaluationFailed(error) }
  }

  /// Calls the function of `constant`, and `body` with the bytes of its only result.
  func evaluate<R>(_ constant: EvaluatedConstant, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let worker = try idle.withLock { $0.popLast() } ?? Worker(module)
    defer {
      worker.inputs.endGroup()
      idle.withLock { $0.append(worker) }
    }
    var tensors: [Tensor] = []
    for input in constant.inputs {
      tensors.append(try input.constant.withBytes { try worker.inputs.tensor(input.elementType, input.shape, prefixOf: $0) })
    }
    let outputs = try worker.session.call(constant.function, tensors)
    return try outputs[0].withUnsafeBytes(body)
  }
}

/// A constant that a function computes from others.
struct EvaluatedConstant: ConstantComputation {
  let evaluator: ConstantEvaluator
  let function: String
  /// What the function does, without its name.
  let text: String
  /// The inputs of the function, in order.
  let inputs: [(constant: StoredConstant, elementType: ElementType, shape: [Int])]
  let byteCount: Int

  /// How the evaluator computes is the same in the whole process: on the machine of the compiler.
  var identity: ConstantIdentity { .computed(function: text, inputs: inputs.map(\.constant.identity)) }

  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R { try evaluator.evaluate(self, body) }
}

extension Diagnostic {
  static func constantEvaluationFailed(_ error: RuntimeError) -> Diagnostic {
    switch error.code {
    case .resourceExhausted, .failedPrecondition, .unavailable:
      // Out of memory, or a system that refuses to load code: not a compiler bug.
      Diagnostic(.invalidInput, "cannot compute the model's constants: \(error.message)")
    default: Diagnostic(.compilerBug, "evaluating constants failed: \(error)")
    }
  }
}
