public import MLIR

/// What an operand of a contraction is for: which operand of what contraction, not how it lies in memory.
///
/// It stands as the encoding of a tensor type, as a dictionary:
///
///     tensor<128x512xf32, {constant, elements = [f32, f32, f32], loops = ["row:384", "column:512", "reduction:128"],
///                          operand = 1, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>
public struct ContractionEncoding: Equatable {
  /// What a loop does, found by inference of the operands' maps: any operation that contracts has such loops, whatever its name.
  public enum LoopKind: String, Sendable {
    /// Indexes this operand, the other input and the result.
    case batch
    /// Indexes the other input and the result, not this operand.
    case row
    /// Indexes this operand and the result, not the other input.
    case column
    /// Indexes both inputs, not the result.
    case reduction
  }

  /// One loop of the contraction.
  public struct Loop: Equatable, Sendable {
    public var kind: LoopKind
    /// The number of iterations; `nil` if it is known at run time only.
    public var size: Int?
    public init(kind: LoopKind, size: Int?) {
      self.kind = kind
      self.size = size
    }
  }

  /// The number of the operand among those of the operation.
  public var operand: Int
  /// `true` iff the operand is known at compile time: its packing costs nothing at run time.
  public var isConstant: Bool
  /// The element types of all operands.
  public var elements: [Type]
  /// The loops, in the order of the operation's.
  public var loops: [Loop]
  /// The loop of each dimension of this operand.
  public var own: [Int]
  /// The loop of each dimension of the result.
  public var result: [Int]

  public init(operand: Int, isConstant: Bool, elements: [Type], loops: [Loop], own: [Int], result: [Int]) {
    self.operand = operand
    self.isConstant = isConstant
    self.elements = elements
    self.loops = loops
    self.own = own
    self.result = result
  }

  /// The encoding as an attribute.
  public func attribute(_ context: Context) -> Attribute {
    let texts = loops.map { "\($0.kind.rawValue):\($0.size.map(String.init) ?? "?")" }
    var entries = [
      "elements = [\(elements.map(\.description).joined(separator: ", "))]",
      "loops = [\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]",
      "operand = \(operand) : i64", "own = \(Attribute.denseI64(own, context))", "result = \(Attribute.denseI64(result, context))",
    ]
    if isConstant { entries.append("constant") }
    // The parts are attributes that we made: they parse.
    return Attribute("{\(entries.joined(separator: ", "))}", context) ?? .unit(context)
  }

  /// Reads the encoding of a tensor type; `nil` if it has none, or one of another kind.
  public init?(_ type: Type) {
    guard let attribute = type.encoding, let operand = attribute.dictionaryEntry("operand")?.integerValue,
      let texts = attribute.dictionaryEntry("loops")?.arrayValue?.compactMap(\.stringValue),
      let elements = attribute.dictionaryEntry("elements")?.arrayValue?.compactMap(\.typeValue),
      let own = attribute.dictionaryEntry("own")?.denseIntegers, let result = attribute.dictionaryEntry("result")?.denseIntegers
    else { return nil }
    var loops: [Loop] = []
    for text in texts {
      let parts = text.split(separator: ":")
      guard parts.count == 2, let kind = LoopKind(rawValue: String(parts[0])) else { return nil }
      loops.append(Loop(kind: kind, size: Int(parts[1])))
    }
    self.init(
      operand: operand, isConstant: attribute.dictionaryEntry("constant") != nil, elements: elements, loops: loops, own: own, result: result
    )
  }
}
