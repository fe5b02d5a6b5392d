public import TesseraDiagnostics
public import TesseraMLIR

/// An operation on tensors of strings. In the IR a string is an `i64`: its number, which is the same for equal strings, so that what moves elements or
/// tells whether they are equal is the arithmetic of integers. What else there is to do with strings the host does, one operation at a time.
///
///     %t = "strings.format"(%x) {element_types = ["u8"]} : (tensor<4xi8>) -> tensor<4xi64>
///     %x = "strings.parse"(%t) {element_types = ["u8"]} : (tensor<4xi64>) -> tensor<4xi8>
///     %c = "strings.concatenate"(%a, %b) : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
///     %p, %n = "strings.split"(%t, %delimiter) {limit = -1} : (tensor<4xi64>, tensor<i64>) -> (tensor<4x?xi64>, tensor<4xi64>)
///     %l = "strings.lower"(%t) : (tensor<4xi64>) -> tensor<4xi64>
///     %m = "strings.match"(%t, %pattern) : (tensor<4xi64>, tensor<i64>) -> tensor<4xi1>
///     %f = "strings.find"(%t, %keys) : (tensor<4xi64>, tensor<9xi64>) -> tensor<4xi64>
///     %r = "strings.rank"(%t) : (tensor<4xi64>) -> tensor<4xi64>
///
/// Number 0 is the empty string, and number n the n-th of the attribute `tessera.strings` of the module.
public struct StringOp {
  /// The kind of an operation.
  public enum Kind: String, CaseIterable {
    case format, parse, concatenate, split, lower, upper, match, find, rank
  }

  public let operation: Operation
  public let kind: Kind

  /// Creates a view of `operation`; `nil` if it is another operation.
  public init?(_ operation: Operation) {
    guard operation.name.hasPrefix("strings."), let kind = Kind(rawValue: String(operation.name.dropFirst(8))) else { return nil }
    self.operation = operation
    self.kind = kind
  }

  /// The attribute of the module with the strings of constants.
  public static let table = "tessera.strings"
  private static let numberTypeName = "element_types", limitName = "limit"

  /// The name of the type of the numbers that are formatted or parsed, which knows the sign.
  public var numberType: String? { operation.attribute(Self.numberTypeName)?.arrayValue?.first?.stringValue }
  /// The most cuts of a split; -1 is any number.
  public var limit: Int { operation.attribute(Self.limitName)?.integerValue ?? -1 }

  /// Creates an operation whose results have the types.
  public static func create(
    _ kind: Kind, _ operands: [Value], results: [Type], numberType: String? = nil, limit: Int? = nil, _ b: Builder
  ) -> [Value] {
    var attributes: [(String, Attribute)] = []
    if let numberType { attributes.append((numberTypeName, .array([.string(numberType, b.context)], b.context))) }
    if let limit { attributes.append((limitName, .i64(limit, b.context))) }
    return b.create("strings.\(kind.rawValue)", operands, results: results, attributes: attributes).results
  }

  /// Checks the types of operands and results.
  public func verify() throws(Diagnostic) {
    let types = operation.operands.map(\.type), results = operation.results.map(\.type)
    func isText(_ type: Type?) -> Bool { type.map { $0.isTensor && $0.element.description == "i64" } ?? false }
    let isBinary = [.concatenate, .split, .match, .find].contains(kind)
    var isValid = types.count == (isBinary ? 2 : 1) && results.count == (kind == .split ? 2 : 1)
    isValid = isValid && (types + results).allSatisfy(\.isTensor)
    isValid = isValid && (kind == .format ? types.dropFirst() : types[...]).allSatisfy(isText)
    isValid = isValid && ([.parse, .match].contains(kind) || results.allSatisfy(isText))
    isValid = isValid && (kind != .match || results.first?.element.description == "i1")
    isValid = isValid && ([.format, .parse].contains(kind) == (numberType != nil))
    isValid = isValid && results.first?.rank == (types.first?.rank ?? 0) + (kind == .split ? 1 : 0)
    if isValid, let shape = types.first?.shape {
      switch kind {
      case .split: isValid = Array(results[0].shape.dropLast()) == shape && results[1].shape == shape
      case .concatenate: isValid = types[1].shape == shape && results[0].shape == shape
      case .format, .parse, .lower, .upper, .match, .find, .rank: isValid = results[0].shape == shape
      }
    }
    guard isValid else {
      throw Diagnostic(.compilerBug, id: "stringsVerifier", "'\(operation.name)' has types that do not fit it: \(operation)")
    }
  }
}
