import TesseraModuleFormat
import TesseraRuntime

/// Recorded calls of a function, and what their time went to.
struct Profile {
  /// The most calls, and the time after which no further one begins, where the user says nothing; in nanoseconds.
  static let standardCalls = 10
  private static let patience = 5_000_000_000

  let program: ModuleDescription
  let function: FunctionDescription
  let threads: Int
  /// Calls before the recorded ones.
  private(set) var warmupCalls = 0
  /// The recorded calls in order, and all other events by their beginning.
  let calls: [Trace.Event]
  let events: [Trace.Event]
  /// Events for which there was no room.
  let lostCount: Int
  /// What each call's time went to.
  let activities: [CallActivities]
  /// The work of each site, all runs of a call together.
  let work: [DispatchTiming.Site]
  /// The bytes that values take while each dispatch of a call runs; `nil` where the memory is not the host's.
  let memory: [(site: Int, byteCount: Int)]?
  /// What is known of source operators.
  let facts: OperatorFacts
  /// The machine's roof, if it was measured.
  var roof: Roof?
  /// The most memory that the process had, in bytes.
  let peakMemory: Int

  /// Calls a function of a session with the same inputs: to warm up, then `count` times with a trace, then once for the work of its dispatches,
  /// and once for its memory.
  init(
    _ session: Session, _ function: FunctionDescription, _ inputs: [RuntimeValue], count: Int?, warmup: Int, facts: OperatorFacts
  ) throws {
    program = session.description
    self.function = function
    self.facts = facts
    threads = SessionOptions.threadCount(session.device)
    let warmupEnd = Clock.nanoseconds + warmup
    while Clock.nanoseconds < warmupEnd {
      _ = try session.call(function.name, values: inputs)
      warmupCalls += 1
    }
    let trace = Trace()
    let end = Clock.nanoseconds + Self.patience
    repeat {
      _ = try session.call(function.name, values: inputs, options: CallOptions(trace: trace))
    } while trace.callCount < count ?? Self.standardCalls && (count != nil || Clock.nanoseconds < end)
    peakMemory = MachineLoad.peakMemory
    let all = trace.events
    calls = all.filter { $0.kind == .call }.sorted { $0.call < $1.call }
    events = all.filter { $0.kind != .call }.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    lostCount = trace.lostCount
    let byCall = Dictionary(grouping: events, by: \.call)
    activities = calls.map { CallActivities($0, byCall[$0.call] ?? []) }
    let timing = DispatchTiming(siteCount: program.dispatchSites.count)
    _ = try session.call(function.name, values: inputs, options: CallOptions(timing: timing))
    work = timing.sites
    if program.devices.allSatisfy({ ["cpu", "portable"].contains($0.kind) }) {
      let observer = LiveMemory(program)
      _ = try session.call(function.name, values: inputs, options: CallOptions(observer: observer))
      memory = observer.steps
    } else {
      memory = nil
    }
  }

  /// The nanoseconds of each call.
  var times: [Int] { calls.map { Int($0.end - $0.begin) } }

  /// The median of a call, in nanoseconds.
  var medianTime: Int { Int(median(times.map { Double($0) })) }

  /// The share of the time of all threads in which they ran dispatches, copies and transfers.
  var busyShare: Double {
    let all = Double(times.reduce(0, +)) * Double(threads)
    return activities.reduce(0) { $0 + $1.threadTimes.values.reduce(0, +) } / max(all, 1)
  }

  /// Something that calls spent time with.
  struct Row {
    let activity: Activity
    /// The dispatch, if it is one.
    let dispatch: DispatchRow?
    /// Median times in a call: of the call, and of all threads together; in nanoseconds.
    let nanoseconds: Double
    let threadNanoseconds: Double

    /// The name: of the kernel, or what it is else.
    var name: String {
      switch activity {
      case .site: dispatch?.kernel ?? ""
      case .copies: "copies"
      case .fills: "fills"
      case .transfers: "transfers"
      case .host: "host program, and waits"
      }
    }
  }

  /// What the calls spent time with, the longest first.
  var rows: [Row] {
    Set(activities.flatMap { $0.shares.keys }).map { activity in
      let time = median(activities.map { $0.shares[activity] ?? 0 })
      var dispatch: DispatchRow?
      if case .site(let site) = activity {
        let work = work[site]
        dispatch = DispatchRow(
          site, of: program, nanoseconds: time, runs: Double(work.runs), flops: work.flops, bytes: work.bytes, roof: roof)
      }
      return Row(
        activity: activity, dispatch: dispatch, nanoseconds: time,
        threadNanoseconds: median(activities.map { $0.threadTimes[activity] ?? 0 }))
    }.sorted { ($0.nanoseconds, $1.name) > ($1.nanoseconds, $0.name) }
  }
}
