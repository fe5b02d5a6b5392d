import TesseraCommandLineOptions
import TesseraDeviceCPU
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// A profile as text, as JSON, and as the data of the page.
struct ProfileReport {
  let profile: Profile
  private let modulePath: String
  private let byteCount: Int
  private let rows: [Profile.Row]

  /// The most events on the page, which stays quick so; later calls are in the trace only.
  private static let eventLimit = 200_000
  /// The rows of the text.
  private static let textRows = 20

  /// Creates the report of a profile of a module that was read from `modulePath` and has so many bytes.
  init(profile: Profile, modulePath: String, byteCount: Int) {
    (self.profile, self.modulePath, self.byteCount) = (profile, modulePath, byteCount)
    rows = profile.rows
  }

  /// The title of the page: the file's name, and the function.
  var title: String {
    let name = modulePath == "-" ? "standard input" : String(modulePath.split(separator: "/").last ?? "")
    return profile.function.name == "main" ? name : "\(name), \(profile.function.name)"
  }

  /// The time by what it is counted for.
  private func totals(_ attribution: Attribution) -> [Attribution.Total] {
    attribution.totals(
      rows.compactMap(\.dispatch), profile.facts, others: rows.filter { $0.dispatch == nil }.map { ($0.name, $0.nanoseconds) })
  }

  /// The report for people, with the table of an attribution.
  func text(_ attribution: Attribution) -> String {
    let count = profile.calls.count
    var text = "function \(profile.function.name), \(profile.threads) thread\(profile.threads == 1 ? "" : "s"), "
    text += "\(count) call\(count == 1 ? "" : "s") after \(profile.warmupCalls) to warm up, median \(Clock.text(profile.medianTime)), "
    text += "threads busy \(Clock.decimal(100 * profile.busyShare, digits: 0))%\n\n"
    if attribution != .dispatch { return text + Attribution.text(totals(attribution), of: Double(profile.medianTime)) }
    let hasDevices = profile.program.devices.count > 1
    var table = Table(
      [("time", true), ("share", true), ("threads", true), ("runs", true), ("GFLOP/s", true), ("GB/s", true), ("of roof", true)]
        + (hasDevices ? [("device", false)] : []) + [("kernel", false), ("operators", false)])
    for row in rows.prefix(Self.textRows) {
      func rate(_ rate: Double?) -> String { rate.map { Clock.decimal($0, digits: 1) } ?? "-" }
      let runs = row.dispatch?.runs ?? 0
      table.rows.append(
        [
          Clock.text(Int(row.nanoseconds)), Clock.decimal(100 * row.nanoseconds / Double(max(profile.medianTime, 1)), digits: 1) + "%",
          row.activity == .host ? "-" : Clock.decimal(row.threadNanoseconds / max(row.nanoseconds, 1), digits: 1),
          row.dispatch == nil ? "-" : Clock.decimal(runs, digits: runs == runs.rounded() ? 0 : 1),
          rate(row.dispatch?.rate(row.dispatch?.flops)), rate(row.dispatch?.rate(row.dispatch?.bytes)),
          row.dispatch?.roofShare.map { Clock.decimal(100 * $0, digits: 0) + "%" } ?? "-",
        ] + (hasDevices ? [row.dispatch?.device ?? "-"] : []) + [row.name, row.dispatch?.operatorText ?? ""])
    }
    text += table.text
    if rows.count > Self.textRows { text += "and \(rows.count - Self.textRows) more\n" }
    return text
  }

  /// The report for programs: the tables.
  var members: [(String, JSON)] {
    [
      ("version", .string(tesseraVersion)), ("title", .string(title)), ("function", .string(profile.function.name)),
      ("threads", .integer(profile.threads)), ("warmup_calls", .integer(profile.warmupCalls)),
      ("calls", .array(profile.times.map { .integer($0) })), ("median_ns", .integer(profile.medianTime)),
      ("busy_share", .number(profile.busyShare)), ("peak_rss_bytes", .integer(profile.peakMemory)),
      ("rows", .array(rows.map(json))), ("operators", .array(totals(.source).map(\.json))),
      ("kinds", .array(totals(.type).map(\.json))), ("modules", .array(totals(.module).map(\.json))),
      ("lost_events", .integer(profile.lostCount)), ("memory", memory), ("roof", profile.roof?.json ?? .null),
      ("statistics", .object(profile.program.statistics.map { ($0.name, .string($0.value)) })),
    ]
  }

  private func json(_ row: Profile.Row) -> JSON {
    var members: [(String, JSON)] = [("name", .string(row.name))]
    members += row.dispatch?.members ?? [("ns", .number(row.nanoseconds))]
    members += [("thread_ns", .number(row.threadNanoseconds)), ("kind", .string(row.dispatch.map(profile.facts.kind) ?? row.name))]
    return .object(members)
  }

  /// The bytes of values by dispatch, in order: the number of the row and the bytes.
  private var memory: JSON {
    guard let steps = profile.memory else { return .null }
    let numbers = rowNumbers
    return .array(steps.map { .array([.integer(numbers[.site($0.site)] ?? -1), .integer($0.byteCount)]) })
  }

  /// The number of each activity's row.
  private var rowNumbers: [Activity: Int] {
    Dictionary(rows.enumerated().map { ($1.activity, $0) }) { first, _ in first }
  }

  /// The data of the page: the tables, and the timeline beside the machine.
  var page: JSON {
    .object(
      members + [
        ("devices", .array(profile.program.devices.map { .string($0.text) })), ("module_bytes", .integer(byteCount)),
        ("has_operations", .bool(profile.facts.isComplete)), ("producer", .string(profile.program.producer)),
        ("shown_calls", .integer(shownCallCount)),
        ("machine", BenchmarkJSON(measurements: [], facts: [], aggregatesOnly: false).context), ("lanes", lanes),
      ])
  }

  /// The calls on the timeline: the first one, and others while there is room.
  private var shownCallCount: Int {
    var counts = [Int](repeating: 0, count: profile.calls.count)
    for event in profile.events where counts.indices.contains(Int(event.call)) { counts[Int(event.call)] += 1 }
    var (shown, sum) = (0, 0)
    for count in counts {
      sum += count
      if shown > 0, sum > Self.eventLimit { break }
      shown += 1
    }
    return shown
  }

  /// The timeline: of each lane its name, and four numbers for each event: the row (-1: none), the begin since the first call and the duration in
  /// nanoseconds, the amount.
  private var lanes: JSON {
    let numbers = rowNumbers, start = profile.calls.first?.begin ?? 0, last = shownCallCount
    return .array(
      TraceLanes(profile).all.map { lane in
        let shown = lane.events.filter { $0.call < last }
        let values = shown.flatMap { event -> [JSON] in
          let row = Activity(event).flatMap { numbers[$0] } ?? -1
          return [
            .integer(row), .integer(Int(event.begin) - Int(start)), .integer(Int(event.end - event.begin)), .integer(Int(event.amount)),
          ]
        }
        return .object([
          ("name", .string(lane.name)), ("kind", .string(lane.events.first.map { "\($0.kind)" } ?? "")), ("events", .array(values)),
        ])
      })
  }
}
