import TesseraLibC

/// The number of processors that this process may use.
public enum ProcessorCount {
  /// The processors that the process may use: its affinity, bounded by the quota of its control group.
  public static var available: Int { max(1, min(affine, quota ?? Int.max)) }

  /// The processors in the process's affinity mask.
  private static var affine: Int {
    typealias GetAffinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
    var mask = [UInt64](repeating: 0, count: 128)  // 8192 processors
    if let symbol = dlsym(nil, "sched_getaffinity") {
      if unsafeBitCast(symbol, to: GetAffinity.self)(0, mask.count * 8, &mask) == 0 {
        let count = mask.reduce(0) { $0 + $1.nonzeroBitCount }
        if count > 0 { return count }
      }
    }
    return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// The quota of the control group in processors, rounded up; `nil` where there is none.
  private static var quota: Int? {
    var best: Int?
    func take(_ quota: String?, _ period: String?) {
      guard let quota, let period, let time = Int(quota), let of = Int(period), time > 0, of > 0 else { return }
      best = min(best ?? Int.max, (time + of - 1) / of)
    }
    // Version 2: the quota of every group from ours up to the root holds.
    var group = ""
    for line in SystemFile.lines("/proc/self/cgroup") where line.hasPrefix("0::") { group = String(line.dropFirst(3)) }
    while true {
      let words = SystemFile.lines("/sys/fs/cgroup\(group)/cpu.max").first?.split(separator: " ").map(String.init) ?? []
      take(words.first, words.dropFirst().first)
      guard let slash = group.lastIndex(of: "/") else { break }
      group = String(group[..<slash])
    }
    // Version 1.
    take(SystemFile.lines("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").first, SystemFile.lines("/sys/fs/cgroup/cpu/cpu.cfs_period_us").first)
    return best
  }
}
