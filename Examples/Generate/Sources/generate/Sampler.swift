import Glibc

/// Chooses tokens at random by a model's logits; the same ones for the same seed.
struct Sampler {
  /// Divides the logits: 0 takes the likeliest token, 1 what the model says, more is more random.
  var temperature: Float
  /// How many of the likeliest tokens are in the draw; 0 is all of them.
  var topK: Int
  /// The probability that the likeliest tokens in the draw have together, at least.
  var topP: Float
  /// The state of the random numbers.
  var seed: UInt64

  /// Returns the number of a token.
  mutating func choose(from logits: [Float]) -> Int {
    // Stable: equal logits are in the order of their tokens.
    let order = logits.indices.sorted { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }
    guard temperature > 0 else { return order[0] }
    let kept = topK > 0 ? order.prefix(topK) : order[...]
    let largest = logits[order[0]]
    let weights = kept.map { exp((logits[$0] - largest) / temperature) }
    let all = weights.reduce(0, +)
    var count = 0, sum: Float = 0
    repeat {
      sum += weights[count]
      count += 1
    } while count < weights.count && sum < topP * all
    var rest = uniform() * sum
    for (token, weight) in zip(kept, weights.prefix(count)) {
      rest -= weight
      if rest < 0 { return token }
    }
    return kept[kept.startIndex + count - 1]
  }

  /// Returns the next random number, at least 0 and less than 1 (splitmix64).
  private mutating func uniform() -> Float {
    seed &+= 0x9e37_79b9_7f4a_7c15
    var z = seed
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Float((z ^ (z >> 31)) >> 40) * 0x1p-24
  }
}
