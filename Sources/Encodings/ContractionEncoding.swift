public import TesseraMLIR

/// The role of a contraction's operand: which operand of which contraction, not its layout in memory.
///
/// It stands as the encoding of a tensor type, as a dictionary:
///
///     tensor<128x512xf32, {constant, elements = [f32, f32, f32], loops = ["row:384", "column:512", "reduction:128"],
///                          operand = 1, own = array<i64: 2, 1>, result = array<i64: 0, 1>}>
public struct ContractionEncoding: Equatable {
  /// The role of a loop, inferred from the operands' maps: any operation that contracts has such loops, whatever its name.
  ///
  /// Seen from an input. The result sees the loops as the second input does: its rows are those of the first.
  public enum LoopKind: String, Sendable {
    /// Indexes both inputs and the result.
    case batch
    /// Indexes the other input and the result, not this one.
    case row
    /// Indexes this input and the result, not the other one.
    case column
    /// Indexes both inputs, not the result.
    case reduction
  }

  /// One loop of the contraction.
  public struct Loop: Equatable, Sendable {
    public var kind: LoopKind
    /// The number of iterations; `nil` if it is known at run time only.
    public var size: Int?
    /// `true` iff an operand is read at a sum of this loop and others, as convolutions read their input.
    public var isWindow: Bool
    public init(kind: LoopKind, size: Int?, isWindow: Bool = false) {
      self.kind = kind
      self.size = size
      self.isWindow = isWindow
    }
  }

  /// The number of the operand among those of the operation: 0 and 1 are the inputs, 2 is the result.
  public var operand: Int
  /// `true` iff the operand is known at compile time: its packing costs nothing at run time.
  public var isConstant: Bool
  /// The element types of all operands.
  public var elements: [Type]
  /// The loops, in the order of the operation's.
  public var loops: [Loop]
  /// The loop of each dimension of this operand; `nil` for a dimension read at a sum of loops or the like.
  public var own: [Int?]
  /// The loop of each dimension of the result.
  public var result: [Int]
  /// The user's tags on the operation (`tessera.tags`), which tell it from others; for resolvers, the names of its source operators too.
  public var tags: [String]

  public init(
    operand: Int, isConstant: Bool, elements: [Type], loops: [Loop], own: [Int?], result: [Int], tags: [String] = []
  ) {
    self.tags = tags
    self.operand = operand
    self.isConstant = isConstant
    self.elements = elements
    self.loops = loops
    self.own = own
    self.result = result
  }

  /// The encoding as an attribute.
  public func attribute(_ context: Context) -> Attribute {
    let texts = loops.map { "\($0.kind.rawValue):\($0.size.map(String.init) ?? "?")\($0.isWindow ? ":window" : "")" }
    func list(_ strings: [String]) -> Attribute { .array(strings.map { .string($0, context) }, context) }
    var entries: [(String, Attribute)] = [
      ("elements", .array(elements.map(Attribute.type), context)), ("loops", list(texts)), ("operand", .i64(operand, context)),
      ("own", .denseI64(own.map { $0 ?? -1 }, context)), ("result", .denseI64(result, context)),
    ]
    if isConstant { entries.append(("constant", .unit(context))) }
    if !tags.isEmpty { entries.append(("tags", list(tags))) }
    return .dictionary(entries, context)
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
      guard parts.count >= 2, let kind = LoopKind(rawValue: String(parts[0])) else { return nil }
      loops.append(Loop(kind: kind, size: Int(parts[1]), isWindow: parts.last == "window"))
    }
    // Text that a user wrote may say anything.
    guard (0...2).contains(operand), elements.count == 3, own.count == type.rank, own.allSatisfy({ $0 < loops.count }),
      result.allSatisfy(loops.indices.contains)
    else { return nil }
    self.init(
      operand: operand, isConstant: attribute.dictionaryEntry("constant") != nil, elements: elements, loops: loops,
      own: own.map { $0 < 0 ? nil : $0 }, result: result,
      tags: attribute.dictionaryEntry("tags")?.arrayValue?.compactMap(\.stringValue) ?? [])
  }
}
