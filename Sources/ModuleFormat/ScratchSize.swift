/// The scratch memory of one workgroup: fixed bytes, and bytes for each unit of the kernel's constants, which are sizes.
public struct ScratchSize: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// A part that grows with a constant of the kernel.
  public struct Term: Hashable, Sendable {
    /// The number of the constant.
    public var constant: Int
    /// Bytes for each unit of it.
    public var byteCount: Int

    /// Creates a term.
    public init(constant: Int, byteCount: Int) {
      self.constant = constant
      self.byteCount = byteCount
    }
  }

  /// The bytes that are always needed.
  public var byteCount: Int
  /// The parts that grow with dynamic sizes.
  public var terms: [Term]

  /// Creates a size.
  public init(byteCount: Int, terms: [Term] = []) {
    self.byteCount = byteCount
    self.terms = terms
  }

  public init(integerLiteral value: Int) { self.init(byteCount: value) }

  /// The bytes that a dispatch with `constants` needs; `nil` if a size is negative or the sum too large for a number.
  public func byteCount(constants: UnsafeBufferPointer<Int64>) -> Int? {
    var sum = byteCount
    for term in terms {
      guard let units = Int(exactly: constants[term.constant]), units >= 0 else { return nil }
      let (product, isTooLarge) = units.multipliedReportingOverflow(by: term.byteCount)
      let (next, overflows) = sum.addingReportingOverflow(product)
      guard !isTooLarge, !overflows else { return nil }
      sum = next
    }
    return sum
  }
}
