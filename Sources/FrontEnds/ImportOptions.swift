public import TesseraDiagnostics

/// The options of an import.
public struct ImportOptions: Sendable {
  /// Sizes for symbolic dimensions of the inputs, by symbol: `["batch": 1]`.
  public var symbols: [String: Int]
  /// The name of the function that a model which is one graph becomes.
  public var functionName: String
  /// Inner values, by name, that the function returns too, behind its own results.
  public var addedOutputs: [String]
  /// What single formats alone understand.
  public var formats: [any FormatOptions]
  /// A program that tries to read files which may end the process that reads them, before this one does; or `nil`.
  public var trialReader: String?

  public init(
    symbols: [String: Int] = [:], functionName: String = "main", addedOutputs: [String] = [], formats: [any FormatOptions] = [],
    trialReader: String? = nil
  ) {
    self.symbols = symbols
    self.functionName = functionName
    self.addedOutputs = addedOutputs
    self.formats = formats
    self.trialReader = trialReader
  }

  /// The options of one kind; `nil` if none are given.
  public func options<Options: FormatOptions>(_ kind: Options.Type) -> Options? { formats.lazy.compactMap { $0 as? Options }.first }
}

/// Options that one front end alone understands.
public protocol FormatOptions: Sendable {
  /// The flag that users write: `--overridable`.
  static var flag: String { get }
  /// The purpose of the flag: `initializers of ONNX models`.
  static var purpose: String { get }
  /// `true` iff nothing was asked for.
  var isEmpty: Bool { get }
}

extension FrontEnd {
  /// Throws if an option is for another front end: none is passed over.
  public func requireOwnOptions(_ options: ImportOptions, for path: String) throws(Diagnostic) {
    for given in options.formats where !given.isEmpty {
      let kind = type(of: given)
      if ownOptions.contains(where: { $0 == kind }) { continue }
      throw .foreignOption("flag '\(kind.flag)' is for \(kind.purpose), but '\(path)' is \(name)")
    }
  }
}

extension Diagnostic {
  /// An inner value that is to be returned, and that no operator outside of bodies gives in a form that can be.
  package static func unknownInnerValue(_ name: String) -> Diagnostic {
    Diagnostic(
      .wrongUsage, "there is no value '\(name)' that the function could return",
      notes: ["it must be the result of an operator outside of the bodies of control flow"],
      help: "'tessera compile MODEL --list-operators=FILE' lists all operators with their values")
  }

  fileprivate static func foreignOption(_ message: String) -> Diagnostic { Diagnostic(.wrongUsage, message) }
}
