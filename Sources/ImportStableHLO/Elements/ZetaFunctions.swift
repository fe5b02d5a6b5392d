import TesseraGraphs
import TesseraMLIR

/// Hurwitz' zeta function, and the derivatives of the digamma function that are made of it.
struct ZetaFunctions {
  private let s: Scalars
  private var b: Builder { s.builder }
  init(_ s: Scalars) { self.s = s }

  /// So many terms are summed one by one.
  private static let termCount = 9
  /// (2 k)! / B(2 k) of the Bernoulli numbers, of the sum of Euler and Maclaurin over the terms that are left.
  private static let divisors = [
    12.0, -720.0, 30240.0, -1209600.0, 47900160.0, -1.8924375803183791606e9, 7.47242496e10, -2.950130727918164224e12,
    1.1646782814350067249e14, -4.5979787224074726105e15, 1.8152105401943546773e17, -7.1661652561756670113e18,
  ]

  private func power(_ x: Value, _ y: Value) -> Value { b.binary("math.powf", x, y) }

  /// The sum of 1 / (q + k) to the power of x, for all k from 0.
  func zeta(_ x: Value, _ q: Value) -> Value {
    let minusX = s.negate(x), one = s.constant(1)
    var sum = power(q, minusX), a = q
    for _ in 0..<Self.termCount {
      a = s.add(a, one)
      sum = s.add(sum, power(a, minusX))
    }
    let last = power(a, minusX)
    sum = s.add(sum, s.divide(s.multiply(last, a), s.subtract(x, one)))
    sum = s.subtract(sum, s.multiply(last, s.constant(0.5)))
    var factor = x, scale = s.divide(last, a)
    for (i, divisor) in Self.divisors.enumerated() {
      sum = s.add(sum, s.divide(s.multiply(factor, scale), s.constant(divisor)))
      let k = Double(2 * i + 1)
      factor = s.multiply(s.multiply(factor, s.add(x, s.constant(k))), s.add(x, s.constant(k + 1)))
      scale = s.divide(s.divide(scale, a), a)
    }
    // At the poles of q the sum is infinite for even x, and has no value for others.
    let isPole = b.and(s.compare(.lessOrEqual, q, s.constant(0)), s.compare(.equal, q, s.call("math.floor", q)))
    let half = s.multiply(x, s.constant(0.5))
    let isEven = s.compare(.equal, half, s.call("math.floor", half))
    sum = s.select(isPole, s.select(isEven, s.constant(.infinity), s.constant(.nan)), sum)
    sum = s.select(s.compare(.less, x, one), s.constant(.nan), sum)
    return s.select(s.compare(.equal, x, one), s.constant(.infinity), sum)
  }

  /// Derivative `n` of the digamma function.
  func polygamma(_ n: Value, _ x: Value) -> Value {
    let next = s.add(n, s.constant(1)), half = s.multiply(n, s.constant(0.5))
    let isEven = s.compare(.equal, half, s.call("math.floor", half))
    let sign = s.select(isEven, s.constant(-1), s.constant(1))
    let factorial = s.call("math.exp", GammaFunctions(s).logarithm(next))
    let value = s.multiply(s.multiply(sign, factorial), zeta(next, x))
    let result = s.select(s.compare(.equal, n, s.constant(0)), GammaFunctions(s).digamma(x), value)
    let isWhole = b.and(s.compare(.greaterOrEqual, n, s.constant(0)), s.compare(.equal, n, s.call("math.floor", n)))
    return s.select(isWhole, result, s.constant(.nan))
  }
}
