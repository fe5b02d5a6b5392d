import TesseraCommandLineOptions
import TesseraDeviceCPU
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// Measurements in the form of google-benchmark, which its `compare.py` and other programs read.
struct BenchmarkJSON {
  /// The measurements; turns of one function follow each other.
  let measurements: [Measurement]
  /// Further facts for the context, by name.
  let facts: [(String, String)]
  /// `true` iff several turns are reported by their aggregates only.
  let aggregatesOnly: Bool

  /// The machine and the moment.
  var context: JSON {
    var cpus: [(String, JSON)] = [
      ("date", .string(Self.date)), ("host_name", .string(Self.hostName)),
      ("executable", .string(CommandLine.arguments.first ?? "tessera")), ("num_cpus", .integer(ProcessorCount.available)),
      ("mhz_per_cpu", Self.megahertz.map { .integer($0) } ?? .null), ("cpu_model", .string(CPUFeatures.host.model)),
      ("caches", .array(Self.caches)), ("load_avg", .array(MachineLoad.averages.map { .number($0) })),
      ("library_version", .string("tessera \(tesseraVersion)")), ("library_build_type", .string(Self.buildType)),
      ("json_schema_version", .integer(1)),
    ]
    cpus += facts.map { ($0, .string($1)) }
    return .object(cpus)
  }

  /// A row for each turn, and for several turns of a function their mean, median, standard deviation and coefficient of variation.
  var benchmarks: JSON {
    var rows: [JSON] = []
    var first = 0
    var family = 0
    while first < measurements.count {
      let turns = measurements[first...].prefix { $0.function.name == measurements[first].function.name }
      if turns.count == 1 || !aggregatesOnly { rows += turns.map { row($0, family: family, of: turns.count) } }
      if turns.count > 1 { rows += aggregates(Array(turns), family: family) }
      first += turns.count
      family += 1
    }
    return .array(rows)
  }

  /// The common members of all rows of a function.
  private func common(_ measurement: Measurement, _ suffix: String, family: Int, of count: Int) -> [(String, JSON)] {
    [
      ("name", .string(measurement.function.name + suffix)), ("family_index", .integer(family)),
      ("per_family_instance_index", .integer(0)), ("run_name", .string(measurement.function.name)),
      ("run_type", .string(suffix.isEmpty ? "iteration" : "aggregate")), ("repetitions", .integer(count)),
    ]
  }

  /// A turn.
  private func row(_ turn: Measurement, family: Int, of count: Int) -> JSON {
    .object(
      common(turn, "", family: family, of: count) + [
        ("repetition_index", .integer(turn.repetition)), ("threads", .integer(turn.threads)), ("iterations", .integer(turn.times.count)),
        ("real_time", .number(turn.mean)), ("cpu_time", .number(Double(turn.processorTime) / Double(turn.times.count))),
        ("time_unit", .string("ns")), ("items_per_second", .number(turn.rate)), ("p50", .integer(turn.quantile(0.5))),
        ("p90", .integer(turn.quantile(0.9))), ("p99", .integer(turn.quantile(0.99))), ("min", .integer(turn.quantile(0))),
      ])
  }

  /// The aggregates of several turns.
  private func aggregates(_ turns: [Measurement], family: Int) -> [JSON] {
    /// The mean, the median, the standard deviation and the coefficient of variation.
    func figures(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      let sorted = values.sorted()
      let half = values.count / 2
      let median = values.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
      return [mean, median, deviation, mean > 0 ? deviation / mean : 0]
    }
    let real = figures(turns.map(\.mean)), processor = figures(turns.map { Double($0.processorTime) / Double($0.times.count) })
    return ["mean", "median", "stddev", "cv"].enumerated().map { number, name in
      .object(
        common(turns[0], "_\(name)", family: family, of: turns.count) + [
          ("threads", .integer(turns[0].threads)), ("aggregate_name", .string(name)),
          ("aggregate_unit", .string(name == "cv" ? "percentage" : "time")), ("iterations", .integer(turns.count)),
          ("real_time", .number(real[number])), ("cpu_time", .number(processor[number])), ("time_unit", .string("ns")),
        ])
    }
  }

  /// The time now, as ISO 8601 has it.
  private static var date: String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
    let text = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // The zone is written with a colon: +00:00.
    return count > 2 ? text.dropLast(2) + ":" + text.suffix(2) : text
  }

  /// The name of the machine.
  private static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The clock of the first processor; `nil` where the system does not tell.
  private static var megahertz: Int? {
    let line = (MachineLoad.text("/proc/cpuinfo") ?? "").split(separator: "\n").first { $0.hasPrefix("cpu MHz") }
    return line?.split(separator: ":").last.flatMap { Double($0.filter { !$0.isWhitespace }) }.map { Int($0) }
  }

  /// The caches of the first processor.
  private static var caches: [JSON] {
    (0..<16).compactMap { index -> JSON? in
      func fact(_ name: String) -> String? {
        MachineLoad.text("/sys/devices/system/cpu/cpu0/cache/index\(index)/\(name)").map { $0.filter { !$0.isWhitespace } }
      }
      guard let type = fact("type"), let level = fact("level").flatMap({ Int($0) }), let size = fact("size"),
        let kibibytes = Int(size.filter(\.isNumber))
      else { return nil }
      let scale = size.hasSuffix("M") ? 1 << 20 : 1 << 10
      let sharing = (fact("shared_cpu_map") ?? "").compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
      return .object([
        ("type", .string(type)), ("level", .integer(level)), ("size", .integer(kibibytes * scale)), ("num_sharing", .integer(sharing)),
      ])
    }
  }

  /// The build type of this program.
  private static var buildType: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}
