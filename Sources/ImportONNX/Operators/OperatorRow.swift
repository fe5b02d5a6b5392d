import TesseraDiagnostics
import TesseraGraphs

/// What a table row holds: turns a node into its results.
typealias Lowering = @Sendable (Node) throws(Diagnostic) -> [GraphTensor]

/// One supported operator: its name, its domain, the oldest version of the operator set, what it takes, and how it is lowered.
struct OperatorRow: Sendable {
  let name: String
  /// The default domain is "".
  let domain: String
  /// Operator sets from this one on; a lowering looks at the node's version where the operator changed.
  let since: Int
  /// What the operands may be, beyond tensors of numbers.
  let takes: Operands
  /// Why it takes much longer than its data suggests; `nil` if it does not.
  let slowness: String?
  /// What the types of the operands must be; `nil` if the lowering checks.
  let signature: OperatorSignature?
  let lower: Lowering

  /// What operands may be, since the lowering does no arithmetic on them.
  struct Operands: OptionSet, Sendable {
    let rawValue: Int

    /// The first operand is moved: it may be of strings, or of a type without arithmetic.
    static let movedFirst = Operands(rawValue: 1)
    /// All operands are moved or converted first, and may be of types without arithmetic.
    static let smallTypes = Operands(rawValue: 1 << 1)
    /// Strings in any place: their numbers are compared, or the operator is about strings.
    static let strings = Operands(rawValue: 1 << 2)
    /// Sequences and optionals of tensors, and tensors of any type.
    static let sequences = Operands(rawValue: 1 << 3)
    /// Operands are broadcast to the shape of the result.
    static let broadcasts = Operands(rawValue: 1 << 4)
    /// Any rank passes to the result.
    static let anyRank = Operands(rawValue: 1 << 5)
    /// The second operand tells nothing but its type.
    static let secondType = Operands(rawValue: 1 << 6)
    /// The first operand is moved, or chosen from by its order: where it was dequantized, its bytes are instead (`QuantizedMovement`).
    static let bytes = Operands(rawValue: 1 << 7)
  }

  init(
    _ name: String, since: Int = 7, domain: String = "", takes: Operands = [], slowness: String? = nil, _ lower: @escaping Lowering
  ) {
    (self.name, self.domain, self.since, self.takes, self.slowness) = (name, domain, since, takes, slowness)
    signature = OperatorSignature.byOperator["\(domain):\(name)"]
    self.lower = lower
  }

  /// `true` iff operand `i` may be of a type without arithmetic.
  func takesSmallType(_ i: Int) -> Bool { !takes.isDisjoint(with: [.sequences, .smallTypes]) || (i == 0 && takes.contains(.movedFirst)) }

  /// `true` iff operand `i` may be of strings.
  func takesStrings(_ i: Int) -> Bool { !takes.isDisjoint(with: [.sequences, .strings]) || (i == 0 && takes.contains(.movedFirst)) }

  /// `true` iff operand `i` may be a scalar or a vector of one element: it does not matter, or passes to the result.
  func takesOpenRank(_ i: Int) -> Bool {
    !takes.isDisjoint(with: [.broadcasts, .anyRank]) || (i == 1 && takes.contains(.secondType))
  }

  /// Throws unless `node` has operands that the operator takes.
  func check(_ node: Node) throws(Diagnostic) {
    if !takes.contains(.sequences), let sequence = node.inputs.compactMap({ $0 }).first(where: \.isContainer) {
      throw .wrongType(node, sequence, expected: "a tensor")
    }
    for (i, input) in node.inputs.enumerated() {
      guard let input else { continue }
      if input.elementType.isSmall, !takesSmallType(i) { throw .smallType(node, input) }
      if input.elementType == .string, !takesStrings(i) { throw .stringOperand(node, input) }
      if input.mayBeScalar, !takesOpenRank(i) { throw .openRank(node, input) }
    }
    try NodeSchema.check(node, self)
    try signature?.check(node)
  }
}
