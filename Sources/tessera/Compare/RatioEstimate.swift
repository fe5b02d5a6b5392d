/// The ratio of two sets of times, with an interval that says how sure it is.
///
/// The interval is found by bootstrap (Efron 1979): samples are drawn with replacement from those that there are, again and again, and the ratio
/// of medians of each draw is one that might have been measured. Times of calls that follow each other are alike, so that calls are no samples:
/// medians of turns are; of few turns, medians of blocks of calls within them, drawn turn by turn first.
struct RatioEstimate {
  /// What the interval says.
  enum Verdict: String {
    /// The interval has 1 in it, or the difference is too small to matter.
    case same
    case faster
    case slower
    /// There are too few samples to say anything.
    case unknown
  }

  /// The median of `b` over the median of `a`; of turns in pairs the median of their ratios.
  let ratio: Double
  /// The interval; `nil` where there are too few samples.
  let interval: ClosedRange<Double>?
  /// How sure the interval is: 0.999, so that of 20 comparisons of equal programs hardly one ever finds a difference.
  let confidence: Double
  let verdict: Verdict

  /// Fewer samples on a side say nothing: of 11 that are as likely above as below, all are on one side in 1 of 1024 cases.
  static let leastSamples = 11
  /// Each side has about so many samples, blocks where there are fewer turns.
  static let wantedSamples = 24
  /// Differences of calls up to this do not count, and of single dispatches: the same code with its memory elsewhere makes as much.
  static let leastDifference = 0.01
  static let leastDifferenceOfDispatches = 0.06
  private static let drawCount = 8000

  /// Estimates the ratio of `b` to `a`: times by turn, each in the order of the calls. `areInTurns`: turn i of one side followed on turn i of the
  /// other, so that both saw the same machine. `comparisons` are made of which none shall be wrong by chance.
  init(_ a: [[Double]], _ b: [[Double]], areInTurns: Bool, comparisons: Int = 1, leastDifference: Double = leastDifference) {
    confidence = 1 - 0.001 / Double(max(comparisons, 1))
    var random = SplitMix64(state: 1)
    var draws: [Double] = []
    let enough: Bool
    if areInTurns {
      let ratios = zip(a, b).map { median($1) / max(median($0), 1e-9) }
      ratio = median(ratios)
      enough = ratios.count >= Self.leastSamples
      if enough { draws = (0..<Self.drawCount).map { _ in median(ratios.indices.map { _ in ratios[random.index(below: ratios.count)] }) } }
    } else {
      let (blocksA, blocksB) = (Self.blocks(a), Self.blocks(b))
      ratio = median(blocksB.flatMap { $0 }) / max(median(blocksA.flatMap { $0 }), 1e-9)
      enough = min(blocksA.reduce(0) { $0 + $1.count }, blocksB.reduce(0) { $0 + $1.count }) >= Self.leastSamples
      func draw(_ turns: [[Double]]) -> Double {
        median(
          turns.indices.flatMap { _ -> [Double] in
            let turn = turns[random.index(below: turns.count)]
            return turn.indices.map { _ in turn[random.index(below: turn.count)] }
          })
      }
      if enough { draws = (0..<Self.drawCount).map { _ in draw(blocksB) / max(draw(blocksA), 1e-9) } }
    }
    guard enough else {
      (interval, verdict) = (nil, .unknown)
      return
    }
    draws.sort()
    let tail = Int(Double(draws.count) * (1 - confidence) / 2)
    let range = draws[tail]...draws[draws.count - 1 - tail]
    interval = range
    verdict =
      range.contains(1) || abs(ratio - 1) <= leastDifference ? .same : ratio < 1 ? .faster : .slower
  }

  /// Cuts each turn into blocks of calls that follow each other, so that there are about `wantedSamples` on the whole; returns their medians.
  private static func blocks(_ turns: [[Double]]) -> [[Double]] {
    let wanted = max(1, wantedSamples / max(turns.count, 1))
    return turns.filter { !$0.isEmpty }.map { calls in
      let count = min(wanted, calls.count)
      return (0..<count).map { median(Array(calls[calls.count * $0 / count..<calls.count * ($0 + 1) / count])) }
    }
  }
}

/// Returns the median of numbers; of an even count the mean of both in the middle; 0 of none.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted(), half = values.count / 2
  if sorted.isEmpty { return 0 }
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/// Random numbers that are the same each time: SplitMix64 (Steele, Lea, Flood 2014).
private struct SplitMix64 {
  var state: UInt64

  /// Returns a number from 0 to below `count`.
  mutating func index(below count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: (z ^ z >> 31).multipliedFullWidth(by: UInt64(count)).high)
  }
}
