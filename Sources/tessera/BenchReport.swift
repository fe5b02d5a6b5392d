import CommandLineOptions
import Glibc
import ModuleFormat
import Runtime

/// The time of each dispatch site in each call.
struct DispatchTimes {
  /// What the runtime adds to.
  let timing: DispatchTiming
  /// The nanoseconds of each site in each call; as many calls as `callLimit`, the later ones in the place of the earlier.
  private var calls: [[UInt64]] = []
  private var before: [UInt64]
  private var count = 0
  /// So many samples make a steady median, and bound the memory.
  private static let callLimit = 1000

  /// Creates times of no calls.
  init(siteCount: Int) {
    timing = DispatchTiming(siteCount: siteCount)
    before = timing.nanoseconds
  }

  /// Keeps what the call that ended took.
  mutating func endCall() {
    let now = timing.nanoseconds
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

/// What `tessera bench` found, as text and as JSON.
struct BenchReport {
  /// What was measured.
  let module: Module
  let function: FunctionDescription
  let threads: Int
  /// The time of each call in nanoseconds.
  let times: [Int]
  /// The time of each dispatch, where it was measured.
  let timings: DispatchTimes?
  /// What the machine can do, where it was measured.
  let roof: Roof?
  /// The most memory that the process had while it measured the function, in bytes.
  let peakMemory: Int

  /// Returns the time below which a share of the calls is.
  private func quantile(_ share: Double) -> Int {
    let sorted = times.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  /// The most memory that the process had so far, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(0 /* RUSAGE_SELF */, &usage)
    return Int(usage.ru_maxrss) * 1024
  }

  /// One dispatch site's share.
  private struct Row {
    var site: DispatchSite
    var kernel: String
    var nanoseconds: Double
    var runs: Double
    /// The share of the machine's roof that the dispatch reaches; `nil` where the roof or the work is not known.
    var roofShare: Double?
  }

  /// The dispatch sites that ran, the slowest first; times and runs are those of one call.
  private var rows: [Row] {
    guard let timings else { return [] }
    return module.description.dispatchSites.enumerated().compactMap { index, site in
      guard timings.timing.runs[index] > 0 else { return nil }
      let kernel = module.description.executables[site.executable].entries[site.entry].name
      let time = timings.median(site: index)
      let runs = Double(timings.timing.runs[index]) / Double(times.count)
      let least = (roof?.nanoseconds(flops: Int(site.flops), bytes: Int(site.bytes)) ?? 0) * runs
      return Row(site: site, kernel: kernel, nanoseconds: time, runs: runs, roofShare: least > 0 && time > 0 ? least / time : nil)
    }.sorted { $0.nanoseconds > $1.nanoseconds }
  }

  /// The report for people.
  var text: String {
    var text =
      "function \(function.name), \(threads) thread\(threads == 1 ? "" : "s"), \(times.count) calls, peak memory \(Clock.bytes(peakMemory))\n"
    var table = Table([("", false), ("time", true)])
    table.rows = [
      ["median", Clock.text(quantile(0.5))], ["p90", Clock.text(quantile(0.9))], ["min", Clock.text(quantile(0))],
      ["max", Clock.text(quantile(1))],
    ]
    text += String(table.text.drop { $0 != "\n" }.dropFirst())
    if let roof { text += "\n" + roof.text }
    guard timings != nil else { return text }
    let rows = rows
    let total = rows.reduce(0) { $0 + $1.nanoseconds }
    var dispatches = Table([
      ("time", true), ("share", true), ("runs", true), ("GFLOP/s", true), ("GB/s", true), ("of roof", true), ("kernel", false),
      ("operators", false),
    ])
    for row in rows {
      func rate(_ amount: Int64) -> String {
        amount > 0 && row.nanoseconds > 0 ? Clock.decimal(Double(amount) * row.runs / row.nanoseconds, digits: 1) : "-"
      }
      let operators = row.site.sourceOperators.joined(separator: ", ")
      dispatches.rows.append([
        Clock.text(Int(row.nanoseconds)), Clock.decimal(100 * row.nanoseconds / max(total, 1), digits: 1) + "%",
        Clock.decimal(row.runs, digits: row.runs == row.runs.rounded() ? 0 : 1), rate(row.site.flops), rate(row.site.bytes),
        row.roofShare.map { Clock.decimal(100 * $0, digits: 0) + "%" } ?? "-", row.kernel,
        operators.count > 100 ? String(operators.prefix(97)) + "..." : operators,
      ])
    }
    text += "\ndispatches, one after the other: \(rows.count) sites, \(Clock.text(Int(total))) a call (medians)"
    if roof != nil {
      let known = rows.filter { $0.roofShare != nil }
      let least = known.reduce(0) { $0 + $1.nanoseconds * ($1.roofShare ?? 0) }
      text += ", \(Clock.decimal(100 * least / max(known.reduce(0) { $0 + $1.nanoseconds }, 1), digits: 0))% of the roof"
    }
    text += "\n" + dispatches.text
    return text
  }

  /// The report for programs.
  var json: JSON {
    var members: [(String, JSON)] = [
      ("version", .string(tesseraVersion)), ("function", .string(function.name)), ("threads", .integer(threads)),
      ("calls", .integer(times.count)), ("median_ns", .integer(quantile(0.5))), ("p90_ns", .integer(quantile(0.9))),
      ("min_ns", .integer(quantile(0))), ("peak_rss_bytes", .integer(peakMemory)), ("ns", .array(times.map { .integer($0) })),
    ]
    if let roof { members.append(("roof", roof.json)) }
    if timings != nil {
      let dispatches = rows.map { row -> JSON in
        .object([
          ("kernel", .string(row.kernel)), ("ns", .number(row.nanoseconds)), ("runs", .number(row.runs)),
          ("flops", .integer(Int(row.site.flops))), ("bytes", .integer(Int(row.site.bytes))),
          ("roof_share", row.roofShare.map { .number($0) } ?? .null),
          ("operators", .array(row.site.sourceOperators.map { .string($0) })),
        ])
      }
      members.append(("dispatches", .array(dispatches)))
    }
    return .object(members)
  }
}
