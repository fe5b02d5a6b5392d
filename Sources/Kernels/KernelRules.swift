/// What a compilation demands of all its kernels, whatever the target.
public struct KernelRules: Sendable, Hashable {
  /// Whether floats are computed exactly as the model says: no product and sum become one operation with one rounding, and no sum is reordered.
  public var isStrictMath: Bool
  /// Whether kernels check each access to memory, and end the call where one is beyond its operand.
  public var checksAccesses: Bool

  /// Creates the rules; by default kernels may be as fast as they can.
  public init(isStrictMath: Bool = false, checksAccesses: Bool = false) {
    (self.isStrictMath, self.checksAccesses) = (isStrictMath, checksAccesses)
  }
}
