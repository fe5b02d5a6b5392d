/// Why a kernel ends a call: its status, and what `cf.assert` says in a body.
public enum KernelFailure: Int32, CaseIterable, Sendable {
  case index = 1
  case length, count, window, region

  /// The sentence about the kernel, without its subject.
  public var problem: String {
    switch self {
    case .index: "read an index that is out of range"
    case .length: "read a length that is out of range"
    case .count: "read a count that is out of range"
    case .window: "has a window without an element"
    case .region: "read a region that is too large"
    }
  }

  /// The status of an access beyond operand 0 in kernels that check each access; those of others follow.
  public static let firstAccess: Int32 = 1 << 16
  /// The number of memory that is no operand: what kernels keep for themselves.
  public static let unnumberedOperand = 1 << 12

  /// What a kernel that checks each access leaves at the beginning of its scratch memory: two i64, the byte that it was about to touch, counted from
  /// the operand's first, and the bytes of the operand. The rest of the cache line is free.
  public static let accessRecordByteCount = 64

  /// The name in the IR.
  public var name: String { "\(self)" }

  /// Creates the failure with a name; `nil` if there is none.
  public init?(name: String) {
    guard let failure = KernelFailure.allCases.first(where: { $0.name == name }) else { return nil }
    self = failure
  }
}
