import Synchronization
import TesseraModuleFormat

/// The state of one call, which no other call uses meanwhile: registers, buffers, strings, a command list.
final class CallState: Sendable {
  /// The interpreter of the host program. Its lock never waits: a state belongs to one call at a time.
  let interpreter: Mutex<Interpreter>
  /// Ends the running call.
  let interruption: Interruption

  /// Creates the state of calls of a program's functions.
  init(
    _ program: Program, devices: [any Device], executables: [any Executable], constants: [[Storage?]]
  ) throws(RuntimeError) {
    let interruption = Interruption()
    var streams: [Stream] = []
    for (index, device) in devices.enumerated() {
      let own = zip(program.description.executables, executables).map { $0.device == index ? $1 : nil }
      let commands = try device.makeCommandList(
        module: program.description, executables: own, interruption: interruption, isConcurrent: devices.count > 1)
      streams.append(Stream(device, commands))
    }
    self.interruption = interruption
    interpreter = Mutex(Interpreter(program, streams: streams, constants: constants, interruption: interruption))
  }
}

/// The states of a session's calls: made when a call finds none idle, and kept for later calls.
final class CallStates: Sendable {
  private struct States {
    /// The idle states, the last used one at the end: its memory is in the cache.
    var idle: [CallState]
    /// All of them.
    var all: [CallState]
  }

  private let states: Mutex<States>
  /// The most idle states that are kept: each may hold as much memory as a call takes.
  private static let idleLimit = 16

  /// Creates states of which there is one.
  init(_ first: CallState) { states = Mutex(States(idle: [first], all: [first])) }

  /// Takes an idle state for a call that begins; `nil` if there is none.
  func take() -> CallState? {
    states.withLock {
      guard let state = $0.idle.popLast() else { return nil }
      // Here, so that a request before is not for this call, and one after is.
      state.interruption.clear()
      return state
    }
  }

  /// Adds a state that a call uses.
  func add(_ state: CallState) { states.withLock { $0.all.append(state) } }

  /// Gives back the state of a call that ended.
  func giveBack(_ state: CallState) {
    states.withLock {
      if $0.idle.count < Self.idleLimit {
        $0.idle.append(state)
      } else {
        $0.all.removeAll { $0 === state }
      }
    }
  }

  /// Asks all running calls to end.
  func interrupt() {
    states.withLock { for state in $0.all { state.interruption.request() } }
  }
}
