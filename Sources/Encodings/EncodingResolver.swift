/// Decides how operands of contractions lie in memory.
///
/// Until the phase `specialization` the IR does not depend on how the target's memory is used; there resolvers turn each encoding into a layout.
/// Identity is a first-class answer: it costs nothing.
///
/// Each target has one of its own, one small file a target; users add theirs (see `docs/HowTo/AddAPacking.md`).
public protocol EncodingResolver: Sendable {
  /// Returns the layout of an operand with this encoding; `nil` to leave it to the next resolver.
  ///
  /// A tile on an axis of several loops (`nil` in `own`) is an error.
  func layout(of encoding: ContractionEncoding) -> TensorLayout?
}

/// The neutral resolver, for targets of which nothing is known: everything stays as it is.
public struct IdentityResolver: EncodingResolver {
  public init() {}
  public func layout(of encoding: ContractionEncoding) -> TensorLayout? { .identity(rank: encoding.own.count) }
}
