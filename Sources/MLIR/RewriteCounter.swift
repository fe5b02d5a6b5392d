/// Counts the rewrites that programs do as well without, and refuses those beyond a limit: the one that breaks a program is found by halving it.
public final class RewriteCounter {
  /// A rewrite that was done.
  public struct Rewrite: Sendable, Equatable {
    /// 1 for the first one.
    public var number: Int
    public var step: String
    /// The name of the operation that was rewritten, or the passes of upstream.
    public var operation: String
    /// The user's operators that the operation came from.
    public var operators: [String]
  }

  /// How many rewrites are done, the first ones; `nil` for all.
  public var limit: Int?
  /// The step that rewrites now.
  public var step = ""
  /// How many rewrites have been asked for.
  public private(set) var count = 0
  /// The last one within the limit.
  public private(set) var last: Rewrite?

  /// Creates a counter without a limit.
  public init() {}

  /// Counts the rewrite of `operation`; `false` if it is not to be done.
  public func allows(_ operation: Operation) -> Bool { allows { (operation.name, operation.location.sourceNames) } }

  /// Counts a run of upstream's `passes`; `false` if they are not to run.
  public func allows(passes: String) -> Bool { allows { (passes, []) } }

  private func allows(_ description: () -> (operation: String, operators: [String])) -> Bool {
    count += 1
    guard let limit else { return true }
    if count == limit {
      let (operation, operators) = description()
      last = Rewrite(number: count, step: step, operation: operation, operators: operators)
    }
    return count <= limit
  }
}
