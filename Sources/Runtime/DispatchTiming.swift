import Synchronization

/// The time of the dispatches of each site, in all calls that were given this timing, concurrent calls included.
public final class DispatchTiming: Sendable {
  /// The runs of a site.
  public struct Site: Hashable, Sendable {
    /// Nanoseconds in all runs.
    public var nanoseconds: UInt64 = 0
    /// The number of runs.
    public var runs: UInt64 = 0
    /// Floating-point operations in all runs; 0 where they are not known.
    public var flops = 0.0
    /// Bytes that had to be read and written in all runs; 0 where they are not known.
    public var bytes = 0.0
  }

  /// The runs of each site.
  private let counts: Mutex<[Site]>
  /// The runs of each site until now, at the indices of the module's `dispatchSites`.
  public var sites: [Site] { counts.withLock { $0 } }

  /// Creates a timing of no runs.
  public init(siteCount: Int) { counts = Mutex([Site](repeating: Site(), count: siteCount)) }

  /// Adds a run of a site.
  public func add(site: Int, nanoseconds: UInt64) {
    counts.withLock {
      $0[site].nanoseconds += nanoseconds
      $0[site].runs += 1
    }
  }

  /// Adds the work of a run of a site.
  public func addWork(site: Int, flops: Double, bytes: Double) {
    counts.withLock {
      $0[site].flops += flops
      $0[site].bytes += bytes
    }
  }
}
