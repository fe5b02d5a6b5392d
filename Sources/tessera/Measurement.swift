import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// The durations and repetitions of a measurement.
struct MeasurementPlan {
  /// The time to measure, in nanoseconds.
  var time: Int
  /// The number of calls instead, where the user chose one.
  var calls: Int?
  /// The time to warm up, in nanoseconds.
  var warmup: Int
}

/// The calls of a function, one after the other, and what else went on.
struct Measurement {
  /// The measured times.
  let program: ModuleDescription
  let function: FunctionDescription
  let threads: Int
  /// The turn of several.
  let repetition: Int
  /// Calls before the measured ones.
  private(set) var warmupCalls = 0
  /// The time of each call in nanoseconds.
  private(set) var times: [Int] = []
  /// The times, the fastest first.
  private(set) var sorted: [Int] = []
  /// The processor time of all calls, on all threads, in nanoseconds.
  private(set) var processorTime = 0
  /// The time of each dispatch, where it was asked for.
  private(set) var timings: DispatchTimes?
  /// The most memory that the process had until the end, in bytes.
  private(set) var peakMemory = 0
  /// The processors that others kept busy meanwhile; `nil` where that cannot be told.
  private(set) var othersLoad: Double?

  /// At least so many calls are measured.
  private static let minimumCalls = 3

  /// Calls a function of a session with the same inputs again and again.
  init(
    _ session: Session, _ function: FunctionDescription, _ inputs: [RuntimeValue], _ plan: MeasurementPlan, threads: Int, repetition: Int,
    perDispatch: Bool
  ) throws {
    program = session.description
    self.function = function
    self.threads = threads
    self.repetition = repetition
    let warmupEnd = Clock.nanoseconds + plan.warmup
    var outputs: [RuntimeValue] = []
    while Clock.nanoseconds < warmupEnd {
      outputs = try session.call(function.name, values: inputs)
      warmupCalls += 1
    }
    timings = perDispatch ? DispatchTimes(siteCount: program.dispatchSites.count) : nil
    let options = CallOptions(timing: timings?.timing)
    times.reserveCapacity(1 << 16)
    let load = MachineLoad.Sample()
    let start = Clock.nanoseconds
    let processorStart = Clock.processorNanoseconds
    var now = start
    while plan.calls.map({ times.count < $0 }) ?? (times.count < Self.minimumCalls || now - start < plan.time) {
      outputs = try session.call(function.name, values: inputs, options: options)
      let end = Clock.nanoseconds
      times.append(end - now)
      timings?.endCall()
      now = end
    }
    withExtendedLifetime(outputs) {}
    processorTime = Clock.processorNanoseconds - processorStart
    othersLoad = MachineLoad.others(since: load)
    peakMemory = MachineLoad.peakMemory
    sorted = times.sorted()
  }

  /// Returns the time below which a share of the calls is, in nanoseconds.
  func quantile(_ share: Double) -> Int { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }

  /// The mean time of a call in nanoseconds.
  var mean: Double { Double(times.reduce(0, +)) / Double(times.count) }

  /// Calls a second.
  var rate: Double { 1e9 / max(mean, 1) }

  /// The ratio of median and fastest call from which on something else is likely to have been measured too.
  private static let spreadLimit = 1.4
  /// The processors of others from which on they matter.
  private static let loadLimit = 0.3

  /// Why the figures are doubtful, one sentence each.
  var warnings: [String] {
    var warnings: [String] = []
    if let load = othersLoad, load >= Self.loadLimit, load + Double(threads) > Double(ProcessorCount.available) {
      warnings.append(
        "measured under load: other processes kept \(Clock.decimal(load, digits: 1)) of \(ProcessorCount.available) processors busy meanwhile"
      )
    }
    let spread = Double(quantile(0.5)) / Double(max(1, sorted[0]))
    if spread >= Self.spreadLimit, times.count > 3 {
      warnings.append(
        "the median of '\(function.name)' is \(Clock.decimal(spread, digits: 1)) times its fastest call: the machine was busy, or its clock changed"
      )
    }
    return warnings
  }
}
