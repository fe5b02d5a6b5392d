import Tessera

/// Everything that a program does with a module, under strict memory safety and with members visible only where their module is imported:
/// `dependent MODULE.tsm` calls a function of one f32 tensor in each way, and prints one line for each.
@main struct Dependent {
  static func main() async throws {
    let module = try Module(path: CommandLine.arguments[1])
    let device = CPUDevice(threads: 2)
    let session = try Session(module, device: device)
    let function = module.functions[0]
    print("signature:", function.signature)
    print("device:", device.name, device.threadCount)

    let shape = [2, 3]
    let elements: [Float] = [0, 1, 2, 3, 4, 5]
    let input = try Tensor(shape: shape, elements)
    print("call:", try callSynchronously(session, function, input))
    print("async:", try await session.call(function.name, [input])[0].array(of: Float.self))
    let named = try await session.call(function.name, [function.inputs[0].name: input])
    print("named:", try named[function.outputs[0].name]!.array(of: Float.self))
    print(
      "span:", try Tensor.withTensor(of: elements.span, shape: shape) { try session.call(function.name, [$0])[0].array(of: Float.self) })
    print("into:", try callIntoMemory(session, function, input))

    let timing = DispatchTiming(siteCount: module.description.dispatchSites.count)
    _ = try await session.call(function.name, [input], options: CallOptions(timing: timing))
    print("timed:", timing.sites.count { $0.runs > 0 })
    do { _ = try await session.call("no such function", [input]) } catch { print("error:", error.code, error.message) }
    let task = Task { try await session.call(function.name, [input]) }
    print("task:", try await task.value[0].shape)
  }

  /// A call of a function that is not `async` computes on this thread.
  static func callSynchronously(_ session: Session, _ function: FunctionDescription, _ input: Tensor) throws(RuntimeError) -> [Float] {
    try session.call(function.name, [input])[0].array(of: Float.self)
  }

  /// A call whose output lies in memory of ours.
  static func callIntoMemory(_ session: Session, _ function: FunctionDescription, _ input: Tensor) throws -> [Float] {
    var result = [Float](repeating: 0, count: input.count)
    var span = result.mutableSpan
    _ = try session.call(function.name, [input], into: &span)
    return result
  }
}
