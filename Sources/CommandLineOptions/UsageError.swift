/// A command line that makes no sense: exit code 2.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence for the user, lower case, without a final stop.
  public let description: String
  /// The kind of error by the name that gRPC and Abseil gave it.
  public let status: String

  /// Creates an error.
  public init(_ description: String, status: String = "INVALID_ARGUMENT") {
    self.description = description
    self.status = status
  }

  /// The message to print.
  public var message: Message { Message(.error, status: status, id: "usage", description) }
}
