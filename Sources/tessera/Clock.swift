import TesseraLibC

/// Time, and times as text.
enum Clock {
  /// The time of a clock that never jumps, in nanoseconds.
  static var nanoseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  /// The processor time of this process, on all its threads, in nanoseconds.
  static var processorNanoseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  /// Returns a time as users read it: three digits and a unit.
  static func text(_ nanoseconds: Int) -> String {
    let time = Double(nanoseconds)
    switch nanoseconds {
    case ..<1_000: return "\(nanoseconds) ns"
    case ..<1_000_000: return "\(decimal(time / 1e3)) us"
    case ..<1_000_000_000: return "\(decimal(time / 1e6)) ms"
    default: return "\(decimal(time / 1e9)) s"
    }
  }

  /// Returns a number with `digits` digits behind the point.
  static func decimal(_ number: Double, digits: Int = 2) -> String {
    guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((number.magnitude * scale).rounded())
    let fraction = "\(whole % Int(scale))"
    let sign = number < 0 ? "-" : ""
    if digits == 0 { return sign + "\(whole)" }
    return sign + "\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// Returns a number of bytes as users read it.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<10_000: return "\(count) B"
    case ..<10_000_000: return "\(decimal(Double(count) / 1024, digits: 1)) KiB"
    default: return "\(decimal(Double(count) / 1_048_576, digits: 1)) MiB"
    }
  }
}
