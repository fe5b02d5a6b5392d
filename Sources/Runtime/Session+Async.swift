import Synchronization

// Calls that suspend the task that makes them: they run on threads of the device's own.
extension Session {
  /// Calls an exported function while the calling task is suspended; no thread of Swift's cooperative pool waits. Inputs are checked first.
  ///
  /// If the task is cancelled, the call ends with `CANCELLED`: at once while it waits for a thread, else at its next branch or between two
  /// waves of its dispatches.
  public func call(_ name: String, _ inputs: [Tensor], options: CallOptions = CallOptions()) async throws(RuntimeError) -> [Tensor] {
    try await suspendingCall(program.function(named: name), inputs, options)
  }

  /// Calls an exported function that takes or gives lists while the calling task is suspended.
  public func call(
    _ name: String, values inputs: [RuntimeValue], options: CallOptions = CallOptions()
  ) async throws(RuntimeError) -> [RuntimeValue] {
    try await suspendingCall(program.function(named: name), inputs, options)
  }

  /// Calls an exported function with inputs by name while the calling task is suspended; returns its outputs by name.
  public func call(
    _ name: String, _ inputs: [String: Tensor], options: CallOptions = CallOptions()
  ) async throws(RuntimeError) -> [String: Tensor] {
    let function = try program.function(named: name)
    return function.named(try await suspendingCall(function, module.ordered(inputs, of: function), options))
  }

  /// Checks the inputs, and calls a function on a thread of the device.
  private func suspendingCall<Value: CallValue>(
    _ function: ProgramFunction, _ inputs: [Value], _ options: CallOptions
  ) async throws(RuntimeError) -> [Value] {
    let inputs = try module.completed(inputs, of: function)
    try function.signature.check(inputs)
    let call = WaitingCall<Value>()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard call.wait({ continuation.resume(returning: $0) }) else { return }
        do throws(RuntimeError) {
          try device.callThreads.run { call.run(self, function, inputs, options) }
        } catch { call.fail(error) }
      }
    } onCancel: {
      call.cancel()
    }
    return try result.get()
  }

  /// Starts a call of an exported function for callers without tasks, as C is: checks the inputs, and returns. `completion` is called once, on a thread of
  /// the device, or on the one that cancels the call while it waits; not where this throws.
  package func start(
    _ name: String, values inputs: [RuntimeValue], completion: @escaping @Sendable (Result<[RuntimeValue], RuntimeError>) -> Void
  ) throws(RuntimeError) -> StartedCall {
    let function = try program.function(named: name)
    let inputs = try module.completed(inputs, of: function)
    try function.signature.check(inputs)
    let call = WaitingCall<RuntimeValue>()
    _ = call.wait(completion)
    try device.callThreads.run { call.run(self, function, inputs, CallOptions()) }
    return StartedCall { call.cancel() }
  }
}

/// A call that was started.
package struct StartedCall: Sendable {
  /// Ends the call with `CANCELLED`: at once while it waits for a thread, else at its next branch or between two waves of its dispatches.
  package let cancel: @Sendable () -> Void
}

/// A call that somebody waits for: a task that is suspended, or whoever gave a closure.
private final class WaitingCall<Value: CallValue>: Sendable {
  /// Receives the outputs, or the error.
  typealias Completion = @Sendable (Result<[Value], RuntimeError>) -> Void

  private enum State {
    /// Nobody waits yet.
    case new
    /// Somebody waits, and no thread has taken the call.
    case waiting(Completion)
    /// A thread runs the call.
    case running(Interruption)
    /// Whoever waited has the result, or never waited.
    case ended
  }

  private let state = Mutex(State.new)

  /// Notes who waits; if the call was cancelled, completes it and returns `false`.
  func wait(_ completion: @escaping Completion) -> Bool {
    let waits = state.withLock {
      guard case .new = $0 else { return false }
      $0 = .waiting(completion)
      return true
    }
    if !waits { completion(.failure(.interrupted)) }
    return waits
  }

  /// Runs the call, unless it was cancelled meanwhile, and completes it.
  func run(_ session: Session, _ function: ProgramFunction, _ inputs: [Value], _ options: CallOptions) {
    let callState: CallState
    do throws(RuntimeError) { callState = try session.takeState() } catch { return fail(error) }
    defer { session.giveBack(callState) }
    let completion = state.withLock { (state) -> Completion? in
      guard case .waiting(let completion) = state else { return nil }
      state = .running(callState.interruption)
      return completion
    }
    guard let completion else { return }
    let result: Result<[Value], RuntimeError>
    do throws(RuntimeError) { result = .success(try callState.call(function, inputs, options)) } catch { result = .failure(error) }
    // Before the state serves another call, which a late cancellation must not end.
    state.withLock { $0 = .ended }
    completion(result)
  }

  /// Ends the call: at once if it waits.
  func cancel() { end(with: .interrupted) }

  /// Ends a call that waits with an error, and asks one that runs to end.
  func fail(_ error: RuntimeError) { end(with: error) }

  private func end(with error: RuntimeError) {
    let completion = state.withLock { (state) -> Completion? in
      switch state {
      case .running(let interruption): interruption.request()
      case .waiting(let completion):
        state = .ended
        return completion
      case .new: state = .ended
      case .ended: break
      }
      return nil
    }
    completion?(.failure(error))
  }
}
