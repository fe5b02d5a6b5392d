public import TesseraDiagnostics
import TesseraLoopNests
import TesseraMLIR

/// A rule of the user's that says which device runs some operations: `CONDITION[&CONDITION...]=DEVICE`.
///
///     /encoder/layer.3/*=b               operators of the model by name; * stands for any text, ? for one character
///     kind:convolution&elements:4096..=b convolutions of at least 4096 results
///     tag:first=a                        operations that bear the tag
public struct PlacementRule: Sendable {
  /// The rule as it was written.
  public let text: String
  /// The name of the device.
  public let device: String
  private let conditions: [Condition]

  private enum Condition: Sendable {
    case name(NamePattern)
    case tag(NamePattern)
    case kind(OperationKind)
    case elements(ClosedRange<Int>)
  }

  /// Reads a rule. Errors: it has another form.
  public init(parsing text: String) throws(Diagnostic) {
    guard let sign = text.lastIndex(of: "="), sign != text.startIndex, text.index(after: sign) != text.endIndex else {
      throw .malformedRule(text, "it has no '=' with a device behind it")
    }
    self.text = text
    device = String(text[text.index(after: sign)...])
    var conditions: [Condition] = []
    for part in text[..<sign].split(separator: "&", omittingEmptySubsequences: false) {
      conditions.append(try Self.condition(part, in: text))
    }
    self.conditions = conditions
  }

  private static func condition(_ part: Substring, in text: String) throws(Diagnostic) -> Condition {
    if part.isEmpty { throw .malformedRule(text, "a condition is empty") }
    guard let colon = part.firstIndex(of: ":"), ["tag", "kind", "elements"].contains(part[..<colon]) else {
      return .name(NamePattern(part))
    }
    let value = part[part.index(after: colon)...]
    switch part[..<colon] {
    case "tag": return .tag(NamePattern(value))
    case "kind":
      guard let kind = OperationKind(rawValue: String(value)) else {
        throw .malformedRule(text, "kinds are \(OperationKind.allCases.map(\.rawValue).joined(separator: ", ")), and '\(value)' is none")
      }
      return .kind(kind)
    default:
      let bounds = value.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
      let low = bounds[0].isEmpty ? 0 : Int(bounds[0])
      let high = bounds.count == 1 ? low : bounds[1].isEmpty ? Int.max : Int(bounds[1])
      guard bounds.count <= 2, let low, let high, 0 <= low, low <= high else {
        throw .malformedRule(text, "'\(value)' is no range of elements such as 4096.. or 1..100")
      }
      return .elements(low...high)
    }
  }

  /// `true` iff the rule is about the operation.
  func holds(_ op: StructuredOp) -> Bool {
    conditions.allSatisfy { condition in
      switch condition {
      case .name(let pattern): op.operation.location.sourceNames.contains(where: pattern.matches)
      case .tag(let pattern):
        (op.operation.attribute(ResolveEncodings.tagsAttribute)?.arrayValue ?? []).contains { $0.stringValue.map(pattern.matches) ?? false }
      case .kind(let kind): OperationKind(op) == kind
      case .elements(let range): op.operation.results.contains { range.contains($0.type.shape.reduce(1, *)) && $0.type.hasStaticShape }
      }
    }
  }
}

/// How operations are placed that no rule names.
public enum DefaultPlacement: Sendable, Equatable {
  /// On the first device.
  case first
  /// Where they and the transfers take least time by the estimates of the targets.
  case automatic
  /// At random, the same for the same number: for tests.
  case random(seed: UInt64)
}

/// The kinds of structured operations that rules tell apart.
enum OperationKind: String, CaseIterable, Sendable {
  case contraction, convolution, pooling, reduction, rows, elementwise

  init(_ op: StructuredOp) {
    if op.worksOnRows {
      self = .rows
    } else if op.readsWindows {
      self = op.reusesInputs ? .convolution : .pooling
    } else {
      self = op.reusesInputs ? .contraction : op.hasReduction ? .reduction : .elementwise
    }
  }
}

/// A name with `*` for any text, slashes included, and `?` for one character.
struct NamePattern: Sendable {
  private let pattern: [Character]

  init(_ text: Substring) { pattern = Array(text) }

  /// `true` iff the pattern stands for the whole name; the time grows with the product of both lengths at most.
  func matches(_ name: String) -> Bool {
    let text = Array(name)
    var p = 0, t = 0
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        // The last star stands for one character more.
        p = last.pattern + 1
        t = last.text + 1
        star = (last.pattern, t)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}

extension Diagnostic {
  fileprivate static func malformedRule(_ text: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .invalidInput, "'\(text)' is no rule of placement: \(reason)",
      help:
        "write NAME=DEVICE, where * in NAME stands for any text; or kind:KIND=DEVICE, tag:TAG=DEVICE, elements:LOW..HIGH=DEVICE; & joins them"
    )
  }
}
