import Glibc
import ModuleFormat
import Runtime

/// What `tessera bench` found, as text and as JSON.
struct BenchReport {
  /// What was measured.
  let module: Module
  let function: FunctionDescription
  let threads: Int
  /// The time of each call in nanoseconds.
  let times: [Int]
  /// The time of each dispatch, where it was measured.
  let timing: DispatchTiming?

  /// Returns the time below which a share of the calls is.
  private func quantile(_ share: Double) -> Int {
    let sorted = times.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  /// The most memory that the process had, in bytes.
  private var peakMemory: Int {
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
  }

  /// The dispatch sites that ran, the slowest first; times and runs are those of one call.
  private var rows: [Row] {
    guard let timing else { return [] }
    return module.description.dispatchSites.enumerated().compactMap { index, site in
      guard timing.runs[index] > 0 else { return nil }
      let kernel = module.description.executables[site.executable].entries[site.entry].name
      return Row(
        site: site, kernel: kernel, nanoseconds: Double(timing.nanoseconds[index]) / Double(times.count),
        runs: Double(timing.runs[index]) / Double(times.count))
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
    guard timing != nil else { return text }
    let rows = rows
    let total = rows.reduce(0) { $0 + $1.nanoseconds }
    var dispatches = Table([
      ("time", true), ("share", true), ("runs", true), ("GFLOP/s", true), ("GB/s", true), ("kernel", false), ("operators", false),
    ])
    for row in rows {
      func rate(_ amount: Int64) -> String {
        amount > 0 && row.nanoseconds > 0 ? Clock.decimal(Double(amount) * row.runs / row.nanoseconds, digits: 1) : "-"
      }
      let operators = row.site.sourceOperators.joined(separator: ", ")
      dispatches.rows.append([
        Clock.text(Int(row.nanoseconds)), Clock.decimal(100 * row.nanoseconds / max(total, 1), digits: 1) + "%",
        Clock.decimal(row.runs, digits: row.runs == row.runs.rounded() ? 0 : 1), rate(row.site.flops), rate(row.site.bytes), row.kernel,
        operators.count > 100 ? String(operators.prefix(97)) + "..." : operators,
      ])
    }
    text += "\ndispatches, one after the other: \(rows.count) sites, \(Clock.text(Int(total))) a call\n" + dispatches.text
    return text
  }

  /// The report for programs.
  var json: JSON {
    var members: [(String, JSON)] = [
      ("version", .string(tesseraVersion)), ("function", .string(function.name)), ("threads", .integer(threads)),
      ("calls", .integer(times.count)), ("median_ns", .integer(quantile(0.5))), ("p90_ns", .integer(quantile(0.9))),
      ("min_ns", .integer(quantile(0))), ("peak_rss_bytes", .integer(peakMemory)), ("ns", .array(times.map { .integer($0) })),
    ]
    if timing != nil {
      let dispatches = rows.map { row -> JSON in
        .object([
          ("kernel", .string(row.kernel)), ("ns", .number(row.nanoseconds)), ("runs", .number(row.runs)),
          ("flops", .integer(Int(row.site.flops))), ("bytes", .integer(Int(row.site.bytes))),
          ("operators", .array(row.site.sourceOperators.map { .string($0) })),
        ])
      }
      members.append(("dispatches", .array(dispatches)))
    }
    return .object(members)
  }
}
