import TesseraCommandLineOptions
import TesseraModuleFormat
import TesseraRuntime

/// A profile as a trace of events in the form of Chrome, which Perfetto reads, and Tracy's `import-chrome`.
struct ChromeTrace {
  private let profile: Profile
  private let lanes: TraceLanes

  /// Creates the trace of a profile.
  init(_ profile: Profile) {
    self.profile = profile
    lanes = TraceLanes(profile)
  }

  /// The trace. Times are microseconds since the first call began.
  var json: JSON {
    var events: [JSON] = [
      .object([
        ("ph", .string("M")), ("pid", .integer(1)), ("name", .string("process_name")),
        ("args", .object([("name", .string("tessera \(profile.function.name)"))])),
      ])
    ]
    for (number, lane) in lanes.all.enumerated() {
      events.append(
        .object([
          ("ph", .string("M")), ("pid", .integer(1)), ("tid", .integer(number)), ("name", .string("thread_name")),
          ("args", .object([("name", .string(lane.name))])),
        ]))
      events.append(
        .object([
          ("ph", .string("M")), ("pid", .integer(1)), ("tid", .integer(number)), ("name", .string("thread_sort_index")),
          ("args", .object([("sort_index", .integer(number))])),
        ]))
      events += lane.events.map { json($0, lane: number) }
    }
    return .object([
      ("displayTimeUnit", .string("ns")), ("otherData", .object([("program", .string("tessera \(tesseraVersion)"))])),
      ("traceEvents", .array(events)),
    ])
  }

  /// An event.
  private func json(_ event: Trace.Event, lane: Int) -> JSON {
    let start = profile.calls.first?.begin ?? 0
    var arguments: [(String, JSON)] = [("call", .integer(Int(event.call)))]
    let name: String
    switch event.kind {
    case .call: name = profile.function.name
    case .submission:
      name = "submission"
      arguments.append(("commands", .integer(Int(event.amount))))
    case .copy, .fill, .transfer:
      name = event.kind == .copy ? "copy" : event.kind == .fill ? "fill" : "transfer"
      arguments.append(("bytes", .integer(Int(event.amount))))
      if event.kind == .transfer {
        arguments.append(("from", .string(profile.program.devices[Int(event.site)].name)))
        arguments.append(("to", .string(profile.program.devices[Int(event.device)].name)))
      }
    case .dispatch:
      let site = profile.program.dispatchSites[Int(event.site)]
      name = profile.program.executables[site.executable].entries[site.entry].name
      arguments += [
        ("site", .integer(Int(event.site))), ("workgroups", .integer(Int(event.amount))),
        ("operators", .string(site.sourceOperators.joined(separator: ", "))),
      ]
    }
    return .object([
      ("ph", .string("X")), ("pid", .integer(1)), ("tid", .integer(lane)), ("name", .string(name)), ("cat", .string("\(event.kind)")),
      ("ts", .number((Double(event.begin) - Double(start)) / 1e3)), ("dur", .number(Double(event.end - event.begin) / 1e3)),
      ("args", .object(arguments)),
    ])
  }
}

/// The events of a profile by what they ran on, in the order to show them.
struct TraceLanes {
  /// Something that does one thing at a time.
  struct Lane {
    let name: String
    var events: [Trace.Event] = []
  }

  /// The lanes: calls, then the queue and the threads of each device, then transfers.
  let all: [Lane]

  init(_ profile: Profile) {
    /// The place of an event's lane: calls, devices in order with their queues first, transfers.
    func key(_ event: Trace.Event) -> [Int] {
      switch event.kind {
      case .transfer: [256, 0, 0]
      case .submission: [Int(event.device), 0, 0]
      default: [Int(event.device), 1, Int(event.thread)]
      }
    }
    let isAlone = profile.program.devices.count == 1
    var lanes: [[Int]: Lane] = [:]
    // Threads that never had anything to do are shown too.
    if isAlone, profile.events.contains(where: { $0.thread >= 0 }) {
      for thread in 0..<profile.threads { lanes[[0, 1, thread]] = Lane(name: "thread \(thread)") }
    }
    for event in profile.events {
      let device = isAlone ? "" : profile.program.devices[Int(event.device)].name + ": "
      let name =
        switch event.kind {
        case .transfer: "transfers"
        case .submission: device + "queue"
        default: device + (event.thread < 0 ? "dispatches" : "thread \(event.thread)")
        }
      lanes[key(event), default: Lane(name: name)].events.append(event)
    }
    all =
      [Lane(name: "calls", events: profile.calls)]
      + lanes.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }
}
