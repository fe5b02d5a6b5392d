import TesseraRuntime

/// Something that a call spends time with.
enum Activity: Hashable {
  /// The dispatches of a site.
  case site(Int)
  /// Copies and fills within the memory of a device, and copies between devices.
  case copies, fills, transfers
  /// The time in which no thread of a device has anything to do: the host program, and waits.
  case host

  /// The activity of an event; `nil` for calls and submissions, which consist of others.
  init?(_ event: Trace.Event) {
    switch event.kind {
    case .call, .submission: return nil
    case .dispatch: self = .site(Int(event.site))
    case .copy: self = .copies
    case .fill: self = .fills
    case .transfer: self = .transfers
    }
  }
}

/// What the time of one call went to.
struct CallActivities {
  /// The time of the call, shared out: where several threads work at the same time, each has an equal part of it. In nanoseconds, by activity.
  private(set) var shares: [Activity: Double] = [:]
  /// The time of all threads together.
  private(set) var threadTimes: [Activity: Double] = [:]
  /// The runs of each site.
  private(set) var runs: [Activity: Int] = [:]

  /// A beginning or an end.
  private struct Edge {
    var time: UInt64
    var isBegin: Bool
    var activity: Activity
  }

  /// Shares out the time of `call` to the events within it.
  init(_ call: Trace.Event, _ events: some Sequence<Trace.Event>) {
    var edges: [Edge] = []
    for event in events {
      guard let activity = Activity(event) else { continue }
      let begin = min(max(event.begin, call.begin), call.end), end = min(max(event.end, begin), call.end)
      threadTimes[activity, default: 0] += Double(end - begin)
      edges.append(Edge(time: begin, isBegin: true, activity: activity))
      edges.append(Edge(time: end, isBegin: false, activity: activity))
    }
    // Ends first, so that what follows at once does not overlap.
    edges.sort { ($0.time, $0.isBegin ? 1 : 0) < ($1.time, $1.isBegin ? 1 : 0) }
    var active: [Activity: Int] = [:]
    var activeCount = 0
    var now = call.begin
    for edge in edges + [Edge(time: call.end, isBegin: false, activity: .host)] {
      let passed = Double(edge.time - now)
      now = edge.time
      if activeCount == 0 { shares[.host, default: 0] += passed }
      if passed > 0 { for (activity, count) in active { shares[activity, default: 0] += passed * Double(count) / Double(activeCount) } }
      if edge.activity == .host { break }
      let count = (active[edge.activity] ?? 0) + (edge.isBegin ? 1 : -1)
      active[edge.activity] = count > 0 ? count : nil
      activeCount += edge.isBegin ? 1 : -1
    }
  }
}
