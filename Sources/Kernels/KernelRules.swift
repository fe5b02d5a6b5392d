/// What a compilation demands of all its kernels, whatever the target.
public struct KernelRules: Sendable, Hashable {
  /// Whether floats are computed exactly as the model says: no product and sum become one operation with one rounding, and no sum is reordered.
  public var isStrictMath: Bool
  /// Whether kernels check each access to memory, and end the call where one is beyond its operand.
  public var checksAccesses: Bool

  /// Whether the program runs once: then it is better to have kernels soon than to have fast ones.
  public var runsOnce: Bool

  /// Creates the rules; by default kernels may be as fast as they can.
  public init(isStrictMath: Bool = false, checksAccesses: Bool = false, runsOnce: Bool = false) {
    (self.isStrictMath, self.checksAccesses, self.runsOnce) = (isStrictMath, checksAccesses, runsOnce)
  }
}
