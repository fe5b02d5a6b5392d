import TesseraCommandLineOptions
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// The flags of other benchmark programs that `tessera bench` knows.
enum BenchFlags {
  /// Flags of google-benchmark, OpenVINO's `benchmark_app` and ONNX Runtime's `onnxruntime_perf_test`.
  static let foreign: [ForeignFlag] = google + others

  /// Flags of google-benchmark.
  private static let google: [ForeignFlag] = [
    ForeignFlag("benchmark-min-time", "Nx|Ts", "--calls=N, or --time-ms") { text throws(UsageError) in
      if text.hasSuffix("x"), Int(text.dropLast()) != nil { return ["--calls=\(text.dropLast())"] }
      return ["--time-ms=\(try milliseconds(text, "benchmark-min-time"))"]
    },
    ForeignFlag("benchmark-min-warmup-time", "T", "--warmup-ms") { text throws(UsageError) in
      ["--warmup-ms=\(try milliseconds(text, "benchmark-min-warmup-time"))"]
    },
    ForeignFlag("benchmark-repetitions", "N", "--repetitions") { ["--repetitions=\($0)"] },
    ForeignFlag("benchmark-filter", "REGEX", "--filter") { ["--filter=\($0)"] },
    ForeignFlag("benchmark-format", "console|json", "--json") { text throws(UsageError) in
      try format(text, "benchmark-format", json: ["--json"])
    },
    ForeignFlag("benchmark-out", "FILE", "--json-output") { ["--json-output=\($0)"] },
    ForeignFlag("benchmark-out-format", "json", "the form of --json-output, which is JSON") { text throws(UsageError) in
      guard text == "json" else { throw UsageError("flag '--benchmark-out-format' is 'json' only, but '\(text)' was given") }
      return []
    },
    ForeignFlag("benchmark-context", "NAME=VALUE", "--context") { ["--context=\($0)"] },
    ForeignFlag("benchmark-list-tests", nil, "--list-functions") { $0 == "true" ? ["--list-functions"] : [] },
    ForeignFlag("benchmark-report-aggregates-only", nil, "--aggregates-only") { ["--aggregates-only=\($0)"] },
    ForeignFlag("benchmark-dry-run", nil, "--calls=1 --warmup-ms=0") { $0 == "true" ? ["--calls=1", "--warmup-ms=0"] : [] },
    ForeignFlag("benchmark-color", "auto|false", "bench prints no colours") { text throws(UsageError) in
      guard ["auto", "false", "no", "0"].contains(text) else {
        throw UsageError("flag '--benchmark-color' is 'auto' or 'false': bench prints no colours")
      }
      return []
    },
    ForeignFlag("benchmark-time-unit", "ns", "the unit in JSON, which is ns; text has the unit that fits") { text throws(UsageError) in
      guard text == "ns" else {
        throw UsageError("flag '--benchmark-time-unit' is 'ns' only: JSON has nanoseconds, and text the unit that fits")
      }
      return []
    },
    .refused("benchmark-enable-random-interleaving", use: "functions are measured one after the other; call bench for each in turns"),
    .refused("benchmark-perf-counters", "NAMES", use: "use 'perf stat' around bench"),
  ]

  /// Flags of OpenVINO's and ONNX Runtime's programs.
  private static let others: [ForeignFlag] = [
    ForeignFlag("hint", "latency|throughput", "latency: one call at a time on all threads, as bench does") { text throws(UsageError) in
      if text == "latency" { return [] }
      guard text == "throughput" else { throw UsageError("flag '--hint' is 'latency' or 'throughput', but '\(text)' was given") }
      throw UsageError(
        "bench makes one call at a time: for throughput, start one 'tessera bench --threads=1' for each processor and add up their calls a second"
      )
    },
    ForeignFlag("niter", "N", "--calls") { ["--calls=\($0)"] },
    ForeignFlag("nthreads", "N", "--threads") { ["--threads=\($0)"] },
    ForeignFlag("nireq", "1", "calls at a time: one") { text throws(UsageError) in
      guard text == "1" else { throw UsageError("flag '--nireq' is 1 only: bench makes one call at a time") }
      return []
    },
    ForeignFlag("pc", nil, "--per-dispatch") { ["--per-dispatch=\($0)"] },
    .refused("t", "N", use: "it is threads in some programs and seconds in others; use --threads=N, or --time-ms=1000 for a second"),
    .refused("b", "N", use: "use --dims=batch=N, with the name that the signature has"),
    .refused("m", "FILE", use: "the model is an argument without a flag"),
  ]

  /// Returns seconds such as `2`, `2s` or `0.5s` as milliseconds.
  private static func milliseconds(_ text: String, _ flag: String) throws(UsageError) -> Double {
    guard let seconds = Double(text.hasSuffix("s") ? String(text.dropLast()) : text), seconds >= 0, seconds.isFinite else {
      throw UsageError("flag '--\(flag)' needs seconds such as 2s, but '\(text)' was given")
    }
    return seconds * 1000
  }

  /// Returns the flags for a format of google-benchmark.
  private static func format(_ text: String, _ flag: String, json: [String]) throws(UsageError) -> [String] {
    switch text {
    case "json": return json
    case "console": return []
    default: throw UsageError("flag '--\(flag)' is 'console' or 'json', but '\(text)' was given")
    }
  }

  /// Returns the functions of a module whose names have a match of a regular expression. Errors: it is none, or no name has a match.
  static func functions(matching pattern: String, _ module: Module) throws -> [FunctionDescription] {
    var expression = regex_t()
    // google-benchmark's `all`, and its `-` for those without a match.
    let isNegative = pattern.hasPrefix("-")
    let text = isNegative ? String(pattern.dropFirst()) : pattern == "all" ? "." : pattern
    guard FilterLimits.allow(text) else {
      let most = "\(FilterLimits.length) bytes, \(FilterLimits.depth) groups in each other and \(FilterLimits.repetitions) repetitions"
      throw UsageError("flag '--filter' needs a regular expression of at most \(most)")
    }
    let status = regcomp(&expression, text, REG_EXTENDED | REG_NOSUB)
    guard status == 0 else { throw UsageError("flag '--filter' needs a regular expression, but '\(pattern)' was given") }
    defer { regfree(&expression) }
    let found = module.functions.filter { (regexec(&expression, $0.name, 0, nil, 0) == 0) != isNegative }
    guard !found.isEmpty else {
      throw UsageError(
        "no function has a match of '\(pattern)'; the module has \(SessionOptions.list(module.functions))", status: "NOT_FOUND")
    }
    return found
  }

  /// Returns the facts that `--context` gives.
  static func facts(_ texts: [String]) throws(UsageError) -> [(String, String)] {
    var facts: [(String, String)] = []
    for pair in texts.flatMap({ $0.split(separator: ",") }) {
      guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
        throw UsageError("flag '--context' needs facts like machine=quiet, but '\(pair)' was given")
      }
      facts.append((String(pair[..<equals]), String(pair[pair.index(after: equals)...])))
    }
    return facts
  }
}
