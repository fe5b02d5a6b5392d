import TesseraModuleFormat

/// Lists as users write them on a command line, for inputs that are sequences or optionals.
///
/// | form | what |
/// |---|---|
/// | `[@a.npy; 2xf32=1,2; 3]` | a list of literals; each array of a file is an element |
/// | `[]` | an empty sequence, or nothing for an optional |
/// | `[[1; 2]]` | a sequence for an optional sequence |
/// | `@a.npy` | a sequence of the arrays of a file |
/// | any other literal | the tensor for an optional tensor |
extension TensorLiteral {
  /// Parses a literal for an input that may be a list.
  public static func values(
    _ text: String, expected: TensorInfo?, dimensions: [String: Int] = [:]
  ) throws(RuntimeError) -> [RuntimeValue] {
    let (_, rest) = name(of: text)
    return try unnamed(rest, expected, dimensions)
  }

  /// Parses a literal without a name.
  private static func unnamed(_ text: String, _ expected: TensorInfo?, _ dimensions: [String: Int]) throws(RuntimeError) -> [RuntimeValue] {
    guard let expected, !expected.containers.isEmpty else {
      return try parse(text, expected: expected, dimensions: dimensions).tensors.map { .tensor($0) }
    }
    if text.hasPrefix("["), text.hasSuffix("]") {
      var elements: [RuntimeValue] = []
      for part in parts(text.dropFirst().dropLast()) { elements += try unnamed(part, expected.element, dimensions) }
      return [.list(elements)]
    }
    var inner = expected
    inner.containers = []
    let tensors = try parse(text, expected: inner, dimensions: dimensions).tensors
    return [list(tensors, expected.containers[...])]
  }

  /// Wraps the tensors of a file or a literal in containers: a sequence takes all of them, an optional the first.
  public static func list(_ tensors: [Tensor], _ containers: ArraySlice<Container>) -> RuntimeValue {
    switch containers.first {
    case .optional?:
      if containers.count > 1 { return .list([list(tensors, containers.dropFirst())]) }
      return .list(tensors.prefix(1).map { .tensor($0) })
    default: return .list(tensors.map { containers.count > 1 ? list([$0], containers.dropFirst()) : .tensor($0) })
    }
  }

  /// Returns the paths of the files that a literal is read from, `-` for standard input.
  public static func paths(_ text: String) -> [String] { paths(text, levels: levelLimit) }

  /// Optionals of sequences are the deepest lists that a model takes: no file is read from within more than these.
  private static let levelLimit = 8

  private static func paths(_ text: String, levels: Int) -> [String] {
    let (_, rest) = name(of: text)
    if let path = path(rest) { return [path] }
    if rest.hasPrefix("["), rest.hasSuffix("]") {
      return levels == 0 ? [] : parts(rest.dropFirst().dropLast()).flatMap { paths($0, levels: levels - 1) }
    }
    guard let equals = rest.firstIndex(of: "=") else { return [] }
    let right = rest[rest.index(after: equals)...]
    return right.hasPrefix("@") ? [String(right.dropFirst())] : []
  }

  /// The parts of a list between semicolons, without those in brackets.
  private static func parts(_ text: Substring) -> [String] {
    var result: [String] = []
    var part = ""
    var depth = 0
    for character in text {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if character == ";" && depth == 0 {
        result.append(part)
        part = ""
      } else if !part.isEmpty || character != " " {
        part.append(character)
      }
    }
    if !part.isEmpty || !result.isEmpty { result.append(part) }
    return result.map { String($0.reversed().drop { $0 == " " }.reversed()) }
  }
}
