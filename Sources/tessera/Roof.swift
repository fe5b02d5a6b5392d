import TesseraCommandLineOptions
import TesseraDeviceCPU
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// The peak rates of this machine with some threads: multiply-adds in registers, and bytes moved at each footprint.
///
/// The kernels come from the compiler, for this very processor: this program itself is made for any.
struct Roof {
  /// Bytes a nanosecond, where so many bytes are worked on all over again.
  struct Point {
    var footprint: Int
    /// Reading, in one stream or in several, whichever is faster.
    var read: Double
    /// Reading half of the footprint and writing the other half; the bytes of both count.
    var copy: Double
  }

  let threads: Int
  /// Operations a nanosecond: f32 products and sums.
  let flops: Double
  /// By footprint, the smallest first.
  let points: [Point]

  /// The footprints at which the bandwidth is measured: from the first cache to the memory.
  private static let footprints = [32 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20]
  /// The wanted time of a measured call: much longer than the start of the threads, and short enough that on a machine that others use too all
  /// threads run at the same time in some of the calls.
  private static let callNanoseconds = 5e5
  /// The time in which each rate is measured; the fastest call counts, because a roof is a maximum. It takes longer to find all threads undisturbed.
  private static func searchNanoseconds(threads: Int) -> Int { threads == 1 ? 25_000_000 : 100_000_000 }

  /// The most repetitions of the peak of several threads, if it is far from that many times the peak of one.
  private static let patience = 8

  /// Measures the machine with the threads of `device`; takes a second or a few.
  init(device: CPUDevice) throws {
    var plan = FilePlan()
    let module = try ModuleSource.compiled(["roof"], plan: &plan)
    let session = try Session(module, device: device)
    threads = device.threadCount
    let groups = try Tensor(Int64(device.threadCount))
    let statistic = module.description.statistics.first { $0.name == "fma flops" }?.value
    let perRepetition = Double(statistic ?? "") ?? 0

    /// Returns the units a nanosecond that calls with a number of repetitions do at best.
    func rate(_ unitsPerRepetition: Double, _ call: (Int64) throws -> Void) throws -> Double {
      func time(_ repetitions: Int64) throws -> Double {
        let start = Clock.nanoseconds
        try call(repetitions)
        return Double(max(1, Clock.nanoseconds - start))
      }
      var repetitions: Int64 = 1
      var taken = try time(1)
      taken = min(taken, try time(1))
      while taken < Self.callNanoseconds / 4 {
        repetitions *= max(2, min(1000, Int64(Self.callNanoseconds / 2 / taken)))
        taken = try time(repetitions)
      }
      repetitions = max(1, Int64(Double(repetitions) * Self.callNanoseconds / taken))
      var best = Double.infinity
      let end = Clock.nanoseconds + Self.searchNanoseconds(threads: device.threadCount)
      repeat { best = min(best, try time(repetitions)) } while Clock.nanoseconds < end
      return unitsPerRepetition * Double(repetitions) / best
    }

    func peak(_ groups: Int) throws -> Double {
      let tensor = try Tensor(Int64(groups))
      return try rate(perRepetition * Double(groups)) { _ = try session.call("fma", [Tensor($0), tensor]) }
    }
    let wanted = 0.85 * Double(device.threadCount) * (device.threadCount == 1 ? 0 : try peak(1))
    var best = try peak(device.threadCount)
    for _ in 0..<Self.patience where best < wanted { best = max(best, try peak(device.threadCount)) }
    flops = best
    if flops < wanted {
      Console.note(
        "the multiply-adds of \(threads) threads are only \(Clock.decimal(0.85 * Double(threads) * flops / wanted)) times those of one: "
          + "others use this machine, and the roof is higher")
    }
    points = try Self.footprints.map { footprint in
      // Whole blocks of 512 elements for each thread.
      let unit = 512 * device.threadCount
      func reading(_ name: String, _ bytes: Int, perElement: Int) throws -> Double {
        let count = max(unit, bytes / 4 / unit * unit)
        let x = try Tensor(elementType: .f32, shape: [count]) { _ in }
        return try rate(Double(count * perElement)) { _ = try session.call(name, [x, Tensor($0), groups]) }
      }
      return Point(
        footprint: footprint,
        read: max(try reading("read", footprint, perElement: 4), try reading("read4", footprint, perElement: 4)),
        copy: try reading("copy", footprint / 2, perElement: 8))
    }
  }

  /// Bytes a nanosecond for work on so many bytes: the better of reading and copying, between the measured footprints along the logarithm.
  func bandwidth(footprint: Int) -> Double {
    func best(_ point: Point) -> Double { max(point.read, point.copy) }
    guard let above = points.first(where: { $0.footprint >= footprint }) else { return points.last.map(best) ?? 0 }
    guard let below = points.last(where: { $0.footprint < footprint }) else { return best(above) }
    let position =
      (log2(Double(footprint)) - log2(Double(below.footprint))) / (log2(Double(above.footprint)) - log2(Double(below.footprint)))
    return best(below) + position * (best(above) - best(below))
  }

  /// The least time in which so many operations on so many bytes can be done; 0 where neither is known.
  func nanoseconds(flops amount: Double, bytes: Double) -> Double {
    max(flops > 0 ? amount / flops : 0, bytes > 0 ? bytes / bandwidth(footprint: Int(min(bytes, 1e18))) : 0)
  }

  /// The roof for people.
  var text: String {
    var table = Table([("footprint", true), ("read GB/s", true), ("read+write GB/s", true)])
    for point in points {
      let size = point.footprint < 1 << 20 ? "\(point.footprint >> 10) KiB" : "\(point.footprint >> 20) MiB"
      table.rows.append([size, Clock.decimal(point.read, digits: 1), Clock.decimal(point.copy, digits: 1)])
    }
    return "roof of \(threads) thread\(threads == 1 ? "" : "s"): \(Clock.decimal(flops, digits: 1)) GFLOP/s f32\n" + table.text
  }

  /// The roof for programs.
  var json: JSON {
    .object([
      ("threads", .integer(threads)), ("gflops", .number(flops)),
      (
        "gbytes",
        .array(
          points.map {
            .object([("footprint", .integer($0.footprint)), ("read", .number($0.read)), ("copy", .number($0.copy))])
          })
      ),
    ])
  }
}
