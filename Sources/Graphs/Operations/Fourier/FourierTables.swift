import TesseraLibC

/// Complex numbers as two lists, for tables that are made at import.
package struct ComplexList {
  package var real: [Double]
  package var imaginary: [Double]

  /// exp(2 pi i * fraction) of each of `fractions`, whole turns of which are dropped.
  package init(turns fractions: [Double]) {
    let angles = fractions.map { 2 * Double.pi * ($0 - $0.rounded()) }
    real = angles.map { cos($0) }
    imaginary = angles.map { sin($0) }
  }

  private init(real: [Double], imaginary: [Double]) { (self.real, self.imaginary) = (real, imaginary) }

  /// The list with its elements at `places`, or 0 where that is `nil`.
  package func moved(_ places: [Int?]) -> ComplexList {
    ComplexList(real: places.map { $0.map { real[$0] } ?? 0 }, imaginary: places.map { $0.map { imaginary[$0] } ?? 0 })
  }

  /// Each number times `factor`.
  package func scaled(by factor: Double) -> ComplexList {
    ComplexList(real: real.map { $0 * factor }, imaginary: imaginary.map { $0 * factor })
  }

  /// The discrete Fourier transform, of a length that is a power of two.
  package func transformed() -> ComplexList {
    let count = real.count
    if count <= 1 { return self }
    let even = moved(stride(from: 0, to: count, by: 2).map { $0 }).transformed()
    let odd = moved(stride(from: 1, to: count, by: 2).map { $0 }).transformed()
    let turns = ComplexList(turns: (0..<count / 2).map { -Double($0) / Double(count) })
    var result = ComplexList(real: even.real + even.real, imaginary: even.imaginary + even.imaginary)
    for k in 0..<count / 2 {
      let re = turns.real[k] * odd.real[k] - turns.imaginary[k] * odd.imaginary[k]
      let im = turns.real[k] * odd.imaginary[k] + turns.imaginary[k] * odd.real[k]
      result.real[k] += re
      result.imaginary[k] += im
      result.real[k + count / 2] -= re
      result.imaginary[k + count / 2] -= im
    }
    return result
  }
}

/// How a Fourier transform of a known length is taken apart.
package enum FourierPlan {
  /// A matrix product for each factor.
  case factors([Int])
  /// A convolution of this length, a power of two.
  case convolution(Int)

  /// A factor is a matrix product: longer ones are taken apart, if that is possible.
  private static let factorLimit = 32
  /// A transform of at most this length is one matrix product.
  private static let matrixLimit = 64
  /// The longest matrix for a prime factor. A convolution costs about as much as matrices of twice this length.
  private static let primeLimit = 127

  package init(length: Int) {
    if length <= Self.matrixLimit {
      self = .factors([length])
      return
    }
    var primes: [Int] = []
    var rest = length, candidate = 2
    while candidate * candidate <= rest {
      while rest % candidate == 0 {
        primes.append(candidate)
        rest /= candidate
      }
      candidate += 1
    }
    if rest > 1 { primes.append(rest) }
    primes.reverse()
    guard let largest = primes.first, largest <= Self.primeLimit else {
      self = .convolution(Self.powerOfTwo(atLeast: 2 * length - 1))
      return
    }
    self = .factors(Self.grouped(primes, limit: max(largest, Self.factorLimit)))
  }

  /// As few products of `primes`, the largest first, as are all at most `limit`, about equal.
  private static func grouped(_ primes: [Int], limit: Int) -> [Int] {
    for count in 1...primes.count {
      var groups = Array(repeating: 1, count: count)
      for prime in primes {
        guard let least = groups.indices.min(by: { groups[$0] < groups[$1] }) else { break }
        groups[least] *= prime
      }
      if groups.allSatisfy({ $0 <= limit }) { return groups.sorted(by: >) }
    }
    return primes
  }

  /// The least power of two that is not below `number`.
  private static func powerOfTwo(atLeast number: Int) -> Int {
    var power = 1
    while power < number { power *= 2 }
    return power
  }
}
