import TesseraLibC

/// The processor time of this process and of others, as the system tells it.
enum MachineLoad {
  /// The processor time of the machine and of this process at a moment.
  struct Sample {
    /// When it was.
    let nanoseconds = Clock.nanoseconds
    /// The time of all processes on all processors, in clock ticks; `nil` if the system does not tell.
    let busyTicks = MachineLoad.busyTicks
    /// The time of this process, in nanoseconds.
    let ownNanoseconds = Clock.processorNanoseconds
  }

  /// Shorter times have too few ticks of the system's clock to tell anything.
  private static let shortest = 100_000_000

  /// Returns how many processors others kept busy since a moment; `nil` where that cannot be told.
  static func others(since start: Sample) -> Double? {
    let end = Sample()
    let elapsed = end.nanoseconds - start.nanoseconds
    let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
    guard elapsed >= shortest, ticksPerSecond > 0, let before = start.busyTicks, let after = end.busyTicks else { return nil }
    let all = Double(after - before) * 1e9 / Double(ticksPerSecond)
    return max(0, (all - Double(end.ownNanoseconds - start.ownNanoseconds)) / Double(elapsed))
  }

  /// Clock ticks that processors were not idle, since the machine started.
  private static var busyTicks: Int? {
    guard let line = text("/proc/stat")?.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
    // user nice system idle iowait irq softirq steal ...
    let numbers = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    guard numbers.count >= 8 else { return nil }
    return numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6] + numbers[7]
  }

  /// Processes that ran or waited for a processor, on the mean of the last 1, 5 and 15 minutes.
  static var averages: [Double] { (text("/proc/loadavg") ?? "").split(separator: " ").prefix(3).compactMap { Double($0) } }

  /// The most memory that this process had so far, in bytes: its own, not that of who started it, nor of processes that it started.
  static var peakMemory: Int {
    for line in (text("/proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("VmHWM:") {
      if let size = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) { return size * 1024 }
    }
    var usage = rusage()
    getrusage(0 /* RUSAGE_SELF */, &usage)
    return Int(usage.ru_maxrss) * 1024
  }

  /// The text of a file of the system; `nil` where it is not there.
  static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while text.count < 1 << 20 {
      let count = read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? String(decoding: text, as: UTF8.self) : nil }
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
