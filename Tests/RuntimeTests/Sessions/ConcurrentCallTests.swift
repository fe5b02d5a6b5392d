import Foundation
import Synchronization
import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Calls of one session at the same time.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"), .timeLimit(.minutes(10)))
struct ConcurrentCallTests {
  /// Calls `main` of `busyModule` with `count` elements that depend on `seed`, and checks the result, or the error.
  static func check(_ session: Session, count: Int, seed: Int, options: CallOptions = CallOptions()) throws {
    let a = (0..<count).map { Float($0 + seed) }, b = (0..<count).map { Float($0 * 2 - seed % 5) }
    let inputs = [try Tensor(shape: [count], a), try Tensor(shape: [count], b)]
    guard count != 7 else {
      let error = #expect(throws: RuntimeError.self) { try session.call("main", inputs, options: options) }
      #expect(error?.description == "INTERNAL; kernel 'fails_f32', which computes '/layer/Fails', failed with status 90")
      return
    }
    #expect(try session.call("main", inputs, options: options)[0].array() == zip(a, b).map { ($0 + $1) * 3 })
  }

  /// Eight threads, other sizes and numbers in every call; some calls fail in a kernel, some are refused, and no other call notices.
  @Test(arguments: [1, 2, 4]) func manyCallers(threads: Int) throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: threads))
    try onThreads(8) { thread in
      for round in 0..<400 {
        let count = round % 50 == 49 ? 30_000 : (round * 7 + thread * 13) % 300
        try Self.check(session, count: count, seed: thread * 1000 + round)
        guard round % 40 == thread else { continue }
        let scalar = try Tensor(1 as Float)
        let refused = #expect(throws: RuntimeError.self) { try session.call("main", [scalar, scalar]) }
        #expect(refused?.code == .invalidArgument)
      }
    }
  }

  /// A call that never ends keeps no other from running; `interrupt` ends what runs, and nothing that begins later.
  @Test(arguments: [1, 2]) func besideAnEndlessCall(threads: Int) throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: threads))
    session.interrupt()
    let hasEnded = Flag()
    try onThreads(3) { thread in
      if thread < 2 {
        let error = #expect(throws: RuntimeError.self) { try session.call("forever", [] as [Tensor]) }
        #expect(error?.description == "CANCELLED; the call was interrupted")
        hasEnded.set()
      } else {
        for round in 0..<200 { try Self.check(session, count: 100 + round, seed: round) }
        // Again and again: a call that did not begin yet is not concerned.
        while !hasEnded.isSet {
          session.interrupt()
          usleep(1000)
        }
        for _ in 0..<20 {
          session.interrupt()
          usleep(10_000)
        }
      }
    }
    try Self.check(session, count: 100, seed: 1)
  }

  /// Dispatches without a branch between them end between two waves.
  @Test(arguments: [1, 2]) func interruptedDispatches(threads: Int) throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: threads))
    let hasEnded = Flag()
    try onThreads(2) { thread in
      if thread == 0 {
        let error = #expect(throws: RuntimeError.self) { try session.call("long", [] as [Tensor]) }
        #expect(error?.description == "CANCELLED; the call was interrupted")
        hasEnded.set()
      } else {
        while !hasEnded.isSet {
          session.interrupt()
          usleep(1000)
        }
      }
    }
    try Self.check(session, count: 100, seed: 1)
  }

  /// Each call adds to its own timing, and has its own observer; calls at the same time may share a timing.
  @Test func timings() throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: 2))
    let shared = DispatchTiming(siteCount: 4)
    try onThreads(4) { thread in
      let own = DispatchTiming(siteCount: 4)
      let counter = DispatchCounter()
      for round in 0..<100 {
        try Self.check(session, count: 100, seed: round, options: CallOptions(timing: thread < 2 ? own : shared))
        try Self.check(session, count: 100, seed: round, options: CallOptions(observer: counter))
        try Self.check(session, count: 100, seed: round)
        _ = shared.sites
      }
      #expect(own.sites.map(\.runs) == (thread < 2 ? [100, 100, 100, 0] : [0, 0, 0, 0]))
      #expect(counter.count == 300)
    }
    #expect(shared.sites.map(\.runs) == [200, 200, 200, 0])
  }
}

/// Counts the dispatches that it sees.
private final class DispatchCounter: DispatchObserver {
  private let seen = Atomic(0)
  var count: Int { seen.load(ordering: .relaxed) }
  func willRun(_ dispatch: ObservedDispatch) { seen.wrappingAdd(1, ordering: .relaxed) }
  func didRun(_ dispatch: ObservedDispatch) {}
}

/// Calls that suspend their task.
@Suite(.enabled(if: KernelFixture.isAvailable, "needs a C compiler"), .timeLimit(.minutes(10)))
struct SuspendedCallTests {
  /// The results are those of other calls, in whatever order they come; errors are thrown.
  @Test func results() async throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: 2))
    try await withThrowingTaskGroup { group in
      for task in 0..<200 {
        group.addTask {
          let count = task % 20
          let a = try Tensor(shape: [count], (0..<count).map { Float($0 + task) })
          do {
            let outputs = try await session.call("main", ["a": a, "b": a])
            #expect(try outputs["sum"]?.array() == (0..<count).map { Float(($0 + task) * 6) })
            #expect(count != 7)
          } catch {
            #expect(count == 7)
            #expect((error as? RuntimeError)?.description.hasSuffix("failed with status 90") == true)
          }
        }
      }
      try await group.waitForAll()
    }
    let refused = await #expect(throws: RuntimeError.self) { try await session.call("main", [] as [Tensor]) }
    #expect(refused?.code == .invalidArgument)
  }

  /// Many more endless calls than threads of Swift's pool and of the device: other tasks go on, and each call ends when its task is
  /// cancelled, whether it ran or still waited.
  @Test func cancellation() async throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: 1))
    let tasks = (0..<100).map { _ in Task { try await session.call("forever", [] as [Tensor]) } }
    for _ in 0..<100 {
      await Task.yield()
      try await Task.sleep(for: .microseconds(100))
    }
    for task in tasks.reversed() { task.cancel() }
    for task in tasks {
      let error = await #expect(throws: RuntimeError.self) { try await task.value }
      #expect(error?.code == .cancelled)
    }
    // The threads are free again, and what was cancelled before it began does not begin.
    let a = try Tensor(shape: [1], [2] as [Float])
    #expect(try await session.call("main", [a, a])[0].array() == [12] as [Float])
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await session.call("forever", [] as [Tensor])
    }
    let error = await #expect(throws: RuntimeError.self) { try await late.value }
    #expect(error?.description == "CANCELLED; the call was interrupted")
  }

  /// A cancelled call ends alone.
  @Test func oneOfTwo() async throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: 1))
    let first = Task { try await session.call("forever", [] as [Tensor]) }
    let second = Task { try await session.call("forever", [] as [Tensor]) }
    let isOver = Flag()
    let watch = Task {
      _ = try? await second.value
      isOver.set()
    }
    try await Task.sleep(for: .milliseconds(50))
    first.cancel()
    await #expect(throws: RuntimeError.self) { try await first.value }
    try await Task.sleep(for: .milliseconds(50))
    #expect(!isOver.isSet)
    second.cancel()
    await watch.value
  }
  /// With one asynchronous call at once, a second waits until the first is over.
  @Test func oneAtOnce() async throws {
    let session = try Session(load(busyModule()), device: CPUDevice(threads: 2, asynchronousCalls: 1))
    let first = Task { try await session.call("forever", [] as [Tensor]) }
    try await Task.sleep(for: .milliseconds(50))
    let second = Task { try await session.call("forever", [] as [Tensor]) }
    try await Task.sleep(for: .milliseconds(50))
    // It ends the calls that run, not those that wait.
    session.interrupt()
    await #expect(throws: RuntimeError.self) { try await first.value }
    let isOver = Flag()
    let watch = Task {
      _ = try? await second.value
      isOver.set()
    }
    try await Task.sleep(for: .milliseconds(50))
    #expect(!isOver.isSet)
    second.cancel()
    await watch.value
  }
}
