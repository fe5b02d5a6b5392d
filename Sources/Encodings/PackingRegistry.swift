/// The packings that specs can name, and how they are made from their parameters.
///
///     var packings = PackingRegistry.standard
///     packings.register("wide") { parameters throws(PackingError) in WidePanels(columns: try parameters.size("columns", default: 64)) }
public struct PackingRegistry: Sendable {
  /// Makes a packing from the parameters that a spec has behind its name.
  public typealias Maker = @Sendable (PackingParameters) throws(PackingError) -> any EncodingResolver

  private var makers: [String: Maker] = [:]

  public init() {}

  /// The packings that come with Tessera.
  public static let standard: PackingRegistry = {
    var registry = PackingRegistry()
    registry.register("generic-gemm") { parameters throws(PackingError) in try GenericGemm(parameters) }
    registry.register("identity") { parameters throws(PackingError) in
      try parameters.allow([])
      return IdentityResolver()
    }
    return registry
  }()

  /// The names of all packings, sorted.
  public var names: [String] { makers.keys.sorted() }

  /// Adds a packing, or replaces the one of that name.
  public mutating func register(_ name: String, _ make: @escaping Maker) { makers[name] = make }

  /// Makes the packing `name`.
  public func make(_ name: String, _ parameters: PackingParameters) throws(PackingError) -> any EncodingResolver {
    guard let maker = makers[name] else {
      throw PackingError("there is no packing '\(name)'; the packings are 'layout' and \(names.joined(separator: ", "))")
    }
    return try maker(parameters)
  }
}

/// The parameters behind the name of a packing in a spec: `key=value` words.
public struct PackingParameters: Sendable {
  private var values: [String: String] = [:]

  /// Reads words of the form `key=value`.
  public init(_ words: [Substring]) throws(PackingError) {
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw PackingError("'\(word)' is no parameter; write 'name=value'") }
      guard values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
        throw PackingError("the parameter '\(parts[0])' is given twice")
      }
    }
  }

  public subscript(name: String) -> String? { values[name] }

  /// Throws if there is a parameter that is not one of `names`.
  public func allow(_ names: [String]) throws(PackingError) {
    guard let unknown = values.keys.sorted().first(where: { !names.contains($0) }) else { return }
    let known = names.isEmpty ? "it has none" : "the parameters are \(names.joined(separator: ", "))"
    throw PackingError("there is no parameter '\(unknown)'; \(known)")
  }

  /// A parameter that is a size of at least 1.
  public func size(_ name: String, default other: Int) throws(PackingError) -> Int {
    guard let text = values[name] else { return other }
    guard let size = Int(text), (1...TensorLayout.largestTile).contains(size) else {
      throw PackingError("'\(name)' must be a number from 1 to 65536, not '\(text)'")
    }
    return size
  }
}

/// An error in a spec.
public struct PackingError: Error, Equatable, CustomStringConvertible {
  public var text: String
  /// The line of the spec, from 1; `nil` where it is not known.
  public var line: Int?
  public init(_ text: String, line: Int? = nil) {
    self.text = text
    self.line = line
  }
  public var description: String { line.map { "line \($0): \(text)" } ?? text }
}
