/// Why a kernel ends a call: its status, and what `cf.assert` says in a body.
public enum KernelFailure: Int32, CaseIterable, Sendable {
  case index = 1
  case length, count, window, region, range
  /// The limit of a device for steps, which no body asserts.
  case steps
  /// A driver that leaves loops early, which no body asserts.
  case turns

  /// The sentence about the kernel, without its subject.
  public var problem: String {
    switch self {
    case .index: "read an index that is out of range"
    case .length: "read a length that is out of range"
    case .count: "read a count that is out of range"
    case .window: "has a window without an element"
    case .region: "read a region that is too large"
    case .range: "read a number that does not fit its type"
    case .steps: "takes more steps than the device allows"
    case .turns: "makes more turns of a loop than the driver of the device allows"
    }
  }

  /// Added to the status of `index` by kernels that leave a record: two i64, the index, and the size of its dimension.
  public static let withIndex: Int32 = 1 << 8

  /// The status of an access beyond operand 0 in kernels that check each access; those of others follow.
  public static let firstAccess: Int32 = 1 << 16
  /// The number of memory that is no operand: what kernels keep for themselves.
  public static let unnumberedOperand = 1 << 12

  /// The record at the beginning of the scratch memory of kernels that check something: two i64, of which the rest of the cache line is free. Where
  /// each access is checked: the byte that was about to be touched, counted from the operand's first, and the bytes of the operand.
  public static let recordByteCount = 64

  /// The name in the IR.
  public var name: String { "\(self)" }

  /// Creates the failure with a name; `nil` if there is none.
  public init?(name: String) {
    guard let failure = KernelFailure.allCases.first(where: { $0.name == name }) else { return nil }
    self = failure
  }
}
