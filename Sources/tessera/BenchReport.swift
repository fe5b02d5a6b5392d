import TesseraCommandLineOptions
import TesseraModuleFormat
import TesseraRuntime

/// The time of each dispatch site in each call.
struct DispatchTimes {
  /// The timing that the runtime adds to.
  let timing: DispatchTiming
  /// The nanoseconds of each site in each call; as many calls as `callLimit`, the later ones in the place of the earlier.
  private var calls: [[UInt64]] = []
  private var before: [UInt64]
  private var count = 0
  /// The most samples: enough for a steady median, and a bound of the memory.
  private static let callLimit = 1000

  /// Creates times of no calls.
  init(siteCount: Int) {
    timing = DispatchTiming(siteCount: siteCount)
    before = [UInt64](repeating: 0, count: siteCount)
  }

  /// Keeps what the call that ended took.
  mutating func endCall() {
    let now = timing.sites.map(\.nanoseconds)
    let taken = zip(now, before).map { $0 - $1 }
    if calls.count < Self.callLimit { calls.append(taken) } else { calls[count % Self.callLimit] = taken }
    before = now
    count += 1
  }

  /// The median time of a site in a call, in nanoseconds.
  func median(site: Int) -> Double {
    let sorted = calls.map { $0[site] }.sorted()
    return sorted.isEmpty ? 0 : Double(sorted[sorted.count / 2])
  }
}

/// The result of `tessera bench` for a function, as text and as JSON.
struct BenchReport {
  /// The measurement.
  let measurement: Measurement
  /// The turns of the function, where there are several.
  let turnCount: Int
  /// The roof of the machine, if it was measured.
  let roof: Roof?
  /// What the time of dispatches is counted for, and what is known of their operators.
  var attribution = Attribution.dispatch
  var facts = OperatorFacts()

  /// The dispatch sites that ran, the slowest first.
  var rows: [DispatchRow] {
    guard let timings = measurement.timings else { return [] }
    let calls = Double(measurement.times.count)
    return timings.timing.sites.enumerated().compactMap { number, total in
      guard total.runs > 0 else { return nil }
      // Sizes that are known at run time only are those of the measured calls.
      return DispatchRow(
        number, of: measurement.program, nanoseconds: timings.median(site: number), runs: Double(total.runs) / calls,
        flops: total.flops / calls, bytes: total.bytes / calls, roof: roof)
    }.sorted { $0.nanoseconds > $1.nanoseconds }
  }

  /// The report for people.
  var text: String {
    let (threads, calls) = (measurement.threads, measurement.times.count)
    var text = "function \(measurement.function.name), \(threads) thread\(threads == 1 ? "" : "s"), \(calls) calls after "
    text += "\(measurement.warmupCalls) to warm up, peak memory \(Clock.bytes(measurement.peakMemory))"
    text += turnCount > 1 ? ", turn \(measurement.repetition + 1) of \(turnCount)\n" : "\n"
    var table = Table([("", false), ("time", true)])
    table.rows = [("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("min", 0), ("max", 1)].map {
      [$0.0, Clock.text(measurement.quantile($0.1))]
    }
    text += String(table.text.drop { $0 != "\n" }.dropFirst())
    text += "\(Clock.decimal(measurement.rate, digits: measurement.rate < 100 ? 2 : 0)) calls a second\n"
    if let roof { text += "\n" + roof.text }
    return measurement.timings == nil ? text : text + "\n" + dispatchText
  }

  /// The table of dispatches.
  private var dispatchText: String {
    let rows = rows
    let total = rows.reduce(0) { $0 + $1.nanoseconds }
    let hasDevices = measurement.program.devices.count > 1
    var dispatches = Table(
      [("time", true), ("share", true), ("runs", true), ("GFLOP/s", true), ("GB/s", true), ("of roof", true)]
        + (hasDevices ? [("device", false)] : []) + [("kernel", false), ("operators", false)])
    for row in rows {
      func text(_ rate: Double?) -> String { rate.map { Clock.decimal($0, digits: 1) } ?? "-" }
      dispatches.rows.append(
        [
          Clock.text(Int(row.nanoseconds)), Clock.decimal(100 * row.nanoseconds / max(total, 1), digits: 1) + "%",
          Clock.decimal(row.runs, digits: row.runs == row.runs.rounded() ? 0 : 1), text(row.rate(row.flops)), text(row.rate(row.bytes)),
          row.roofShare.map { Clock.decimal(100 * $0, digits: 0) + "%" } ?? "-",
        ] + (hasDevices ? [row.device] : []) + [
          row.kernel, row.operatorText,
        ])
    }
    var text = "dispatches, one after the other: \(rows.count) sites, \(Clock.text(Int(total))) a call (medians)"
    let known = rows.filter { $0.roofShare != nil }
    if !known.isEmpty {
      let least = known.reduce(0) { $0 + $1.nanoseconds * ($1.roofShare ?? 0) }
      text += ", \(Clock.decimal(100 * least / max(known.reduce(0) { $0 + $1.nanoseconds }, 1), digits: 0))% of the roof"
    }
    if attribution != .dispatch { return text + "\n" + Attribution.text(attribution.totals(rows, facts), of: total) }
    return text + "\n" + dispatches.text
  }

  /// The report for programs.
  var members: [(String, JSON)] {
    var members: [(String, JSON)] = [
      ("function", .string(measurement.function.name)), ("threads", .integer(measurement.threads)),
      ("calls", .integer(measurement.times.count)), ("warmup_calls", .integer(measurement.warmupCalls)),
      ("median_ns", .integer(measurement.quantile(0.5))), ("p90_ns", .integer(measurement.quantile(0.9))),
      ("p99_ns", .integer(measurement.quantile(0.99))), ("min_ns", .integer(measurement.quantile(0))),
      ("max_ns", .integer(measurement.quantile(1))), ("calls_per_second", .number(measurement.rate)),
      ("peak_rss_bytes", .integer(measurement.peakMemory)),
      ("other_processors_busy", measurement.othersLoad.map { .number($0) } ?? .null),
      ("warnings", .array(measurement.warnings.map { .string($0) })), ("ns", .array(measurement.times.map { .integer($0) })),
    ]
    if let roof { members.append(("roof", roof.json)) }
    guard measurement.timings != nil else { return members }
    let dispatches = rows.map { JSON.object($0.members) }
    members.append(("dispatches", .array(dispatches)))
    if attribution != .dispatch {
      members.append((attribution.rawValue, .array(attribution.totals(rows, facts).map(\.json))))
    }
    return members
  }
}
