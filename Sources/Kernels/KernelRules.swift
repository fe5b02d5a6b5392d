/// The rules of a compilation for all its kernels, whatever the target.
public struct KernelRules: Sendable, Hashable {
  /// `true` iff floats are computed exactly as the model says: no product and sum become one operation with one rounding, and no sum is reordered.
  public var isStrictMath: Bool
  /// `true` iff kernels check each access to memory, and end the call at one beyond its operand.
  public var checksAccesses: Bool

  /// `true` iff the program runs once: then short compile time matters more than fast kernels.
  public var runsOnce: Bool

  /// Creates the rules; by default kernels may be as fast as they can.
  public init(isStrictMath: Bool = false, checksAccesses: Bool = false, runsOnce: Bool = false) {
    (self.isStrictMath, self.checksAccesses, self.runsOnce) = (isStrictMath, checksAccesses, runsOnce)
  }
}
