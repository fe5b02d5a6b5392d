/// The operations and bytes of a dispatch as functions of its constants, if they are not the same at every dispatch.
public struct DispatchWork: Hashable, Sendable {
  /// A product of a number and of constants of the kernel, which are sizes.
  public struct Term: Hashable, Sendable {
    /// The number.
    public var factor: Int
    /// The numbers of the constants.
    public var constants: [Int]

    /// Creates a product.
    public init(factor: Int, constants: [Int]) {
      self.factor = factor
      self.constants = constants
    }

    /// The value in a dispatch with `values` for its constants.
    func value(_ values: UnsafeBufferPointer<Int64>) -> Double {
      constants.reduce(Double(factor)) { $0 * Double(max(0, values[$1])) }
    }
  }

  /// Floating-point operations: the sum of the terms. None: they are not known.
  public var flops: [Term]
  /// Bytes to read and write: the sum of the least of each list, since of a table at most all is read. None: they are not known.
  public var bytes: [[Term]]

  /// Creates what is known.
  public init(flops: [Term] = [], bytes: [[Term]] = []) {
    self.flops = flops
    self.bytes = bytes
  }
}

extension DispatchSite {
  /// Floating-point operations of a dispatch with these constants; 0 where they are not known.
  public func flops(constants: UnsafeBufferPointer<Int64>) -> Double {
    work.flops.isEmpty ? Double(flops) : work.flops.reduce(0) { $0 + $1.value(constants) }
  }

  /// Bytes that a dispatch with these constants must read and write; 0 where they are not known.
  public func bytes(constants: UnsafeBufferPointer<Int64>) -> Double {
    work.bytes.isEmpty ? Double(bytes) : work.bytes.reduce(0) { $0 + ($1.map { $0.value(constants) }.min() ?? 0) }
  }
}
