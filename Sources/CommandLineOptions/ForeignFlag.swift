/// A flag of another program that users know: it becomes flags of ours, or is refused with what to use.
public struct ForeignFlag: Sendable {
  /// The name without dashes, with `-` between words.
  public let name: String
  /// The name of the value in the help; `nil` for a flag that is on or off.
  public let valueName: String?
  /// The replacement, for the help.
  public let help: String
  /// The arguments that stand for it, given its value. Errors: it has no meaning here, and what to use.
  let arguments: @Sendable (String) throws(UsageError) -> [String]

  /// Declares a flag that becomes other arguments.
  public init(
    _ name: String, _ valueName: String? = nil, _ help: String, _ arguments: @escaping @Sendable (String) throws(UsageError) -> [String]
  ) {
    self.name = name
    self.valueName = valueName
    self.help = help
    self.arguments = arguments
  }

  /// Declares a flag that is only known so that its users are told what to do.
  public static func refused(_ name: String, _ valueName: String? = nil, use: String) -> ForeignFlag {
    ForeignFlag(name, valueName, "refused: \(use)") { _ throws(UsageError) in
      throw UsageError("flag '\(name.count == 1 ? "-" : "--")\(name)' is not one of this program: \(use)")
    }
  }
}
