import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// One side of a comparison: what was measured of a program.
struct MeasuredSide {
  /// A function, as it was measured in several turns.
  struct Function {
    let name: String
    /// The nanoseconds of the calls of each turn.
    var turns: [[Double]] = []
    /// The nanoseconds of each dispatch in each turn, as far as they were measured.
    var dispatches: [Dispatch: [Double]] = [:]
    /// The dispatches in the order in which they were found.
    var order: [Dispatch] = []

    /// Adds the times of dispatches in a turn, in the order of the report; of those that are alike the first is the first of the other side.
    mutating func add(_ times: [(dispatch: Dispatch, nanoseconds: Double)]) {
      var seen: [Dispatch: Int] = [:]
      for (dispatch, time) in times {
        var dispatch = dispatch
        dispatch.number = seen[dispatch, default: 0]
        seen[Dispatch(kernel: dispatch.kernel, operators: dispatch.operators), default: 0] += 1
        if dispatches[dispatch] == nil { order.append(dispatch) }
        dispatches[dispatch, default: []].append(time)
      }
    }
  }

  /// A dispatch as both sides know it.
  struct Dispatch: Hashable {
    let kernel: String
    let operators: [String]
    /// The number among those that are alike.
    var number = 0
  }

  /// The name of the side: a path.
  let name: String
  /// The facts that both sides should share: the processor, the threads.
  var facts: [(name: String, value: String)] = []
  /// The functions, in the order in which they were measured.
  var functions: [Function] = []

  init(name: String) { self.name = name }

  /// Returns the function of a name, which is added if it is new.
  mutating func index(of function: String) -> Int {
    if let index = functions.firstIndex(where: { $0.name == function }) { return index }
    functions.append(Function(name: function))
    return functions.count - 1
  }

  /// Adds a turn that this program measured.
  mutating func add(_ measurement: Measurement) {
    let index = index(of: measurement.function.name)
    functions[index].turns.append(measurement.times.map { Double($0) })
    let rows = BenchReport(measurement: measurement, turnCount: 1, roof: nil).rows
    functions[index].add(
      rows.sorted { $0.number < $1.number }.map { (Dispatch(kernel: $0.kernel, operators: $0.site.sourceOperators), $0.nanoseconds) })
  }

  /// Adds a turn of which the times of calls are known alone, in nanoseconds.
  mutating func add(function: String, times: [Int]) { functions[index(of: function)].turns.append(times.map { Double($0) }) }

  /// The most bytes of a report: those with millions of calls have less.
  private static let byteLimit = 1 << 30

  /// Reads what `tessera bench --json` wrote. Errors: the file cannot be read, or is something else.
  init(reading path: String, plan: inout FilePlan) throws {
    try plan.reads(path)
    let file = try FileBytes(path: path)
    func fail(_ what: String) -> RuntimeError {
      RuntimeError(.invalidArgument, "'\(path)' is no output of 'tessera bench --json': it \(what)", id: "malformedReport")
    }
    guard file.bytes.count <= Self.byteLimit else { throw fail("has \(file.bytes.count) bytes") }
    var parser = JSONParser(file.text)
    let value: JSONParser.Value
    do throws(JSONParser.Problem) { value = try parser.parse() } catch { throw fail(error.reason) }
    self.init(name: path)
    let reports = value["reports"]?.elements ?? [value]
    for report in reports {
      guard let name = report["function"]?.text, let times = report["ns"]?.elements else {
        throw fail("has no times of a function's calls")
      }
      let calls = times.compactMap(\.number)
      guard !calls.isEmpty, calls.count == times.count, calls.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw fail("has times of '\(name)' that are none")
      }
      let index = index(of: name)
      functions[index].turns.append(calls)
      let rows = (report["dispatches"]?.elements ?? []).compactMap { row -> (site: Double, dispatch: Dispatch, nanoseconds: Double)? in
        guard let kernel = row["kernel"]?.text, let time = row["ns"]?.number else { return nil }
        let operators = (row["operators"]?.elements ?? []).compactMap(\.text)
        return (row["site"]?.number ?? 0, Dispatch(kernel: kernel, operators: operators), time)
      }
      functions[index].add(rows.sorted { $0.site < $1.site }.map { ($0.dispatch, $0.nanoseconds) })
    }
    if let threads = reports.first?["threads"]?.number { facts.append(("threads", "\(Int(min(max(threads, 0), 1e6)))")) }
    for (key, name) in [("cpu_model", "processor"), ("host_name", "host")] {
      if let text = value["context"]?[key]?.text { facts.append((name, text)) }
    }
  }
}
