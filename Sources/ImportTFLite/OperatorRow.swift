import TesseraDiagnostics
import TesseraGraphs

/// What a table row holds: turns a node into its results.
typealias Lowering = @Sendable (Node) throws(Diagnostic) -> [GraphTensor]

/// One supported operator: its name, its versions, the table of its options, and how it is lowered.
struct OperatorRow: Sendable {
  /// What is done with operands that are quantized.
  enum Quantized: String, Sendable {
    /// They become real numbers, and the results are quantized again.
    case real
    /// Elements are moved or compared as they are: all operands have one scale.
    case moved
    /// The same where the operands and results have one scale; real numbers where they have not.
    case movedIfAlike
    /// The lowering treats them.
    case own
  }

  let name: String
  let isCustom: Bool
  /// The newest version whose form is known.
  let version: Int
  let quantized: Quantized
  /// `true` iff it takes complex numbers.
  let takesComplex: Bool
  /// The fields of its options; `nil` if it has none.
  let options: OptionTable?
  let lower: Lowering

  init(
    _ name: String, upTo version: Int = 1, options: String? = nil, quantized: Quantized = .real, custom isCustom: Bool = false,
    complex takesComplex: Bool = false, _ lower: @escaping Lowering
  ) {
    (self.name, self.version, self.quantized, self.isCustom, self.lower) = (name, version, quantized, isCustom, lower)
    self.takesComplex = takesComplex
    self.options = options.map { name in
      guard let table = OptionTable.named(name) else { fatalError("compiler bug: the schema has no options '\(name)'") }
      return table
    }
  }
}

/// The operators that are supported.
enum OperatorTable {
  static let rows = elementwise + activations + layers + movement + reductions + control + recurrent + detection + stableHLO

  private static let builtin = Dictionary(uniqueKeysWithValues: rows.filter { !$0.isCustom }.map { ($0.name, $0) })
  private static let custom = Dictionary(uniqueKeysWithValues: rows.filter(\.isCustom).map { ($0.name, $0) })

  /// The row of an operator of this kind, whatever its version.
  static func row(anyVersion code: OperatorCode) -> OperatorRow? { (code.isCustom ? custom : builtin)[code.name] }

  /// The row of an operator of this kind and version.
  static func row(_ code: OperatorCode) -> OperatorRow? {
    row(anyVersion: code).flatMap { code.isCustom || code.version <= $0.version ? $0 : nil }
  }
}
