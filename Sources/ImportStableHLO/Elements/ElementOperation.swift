import TesseraGraphs
import TesseraMLIR

/// An elementwise operation: which elements it takes, and what it makes of them.
struct ElementOperation: Sendable {
  /// Classes of element types.
  struct Operands: OptionSet, Sendable {
    let rawValue: Int
    static let boolean = Operands(rawValue: 1)
    static let integer = Operands(rawValue: 2)
    static let float = Operands(rawValue: 4)
    static let complex = Operands(rawValue: 8)
    static let number: Operands = [.integer, .float, .complex]
    static let logical: Operands = [.boolean, .integer]
    static let real: Operands = [.integer, .float]
    static let analytic: Operands = [.float, .complex]
    static let any: Operands = [.boolean, .integer, .float, .complex]

    func contains(_ type: ElementType) -> Bool {
      if type == .bool { return contains(.boolean) }
      if type.isComplex { return contains(.complex) }
      return type.isAnyFloat ? contains(.float) : type.isAnyInteger && contains(.integer)
    }

    /// The class as users read it.
    var text: String {
      let names = [(Operands.boolean, "booleans"), (.integer, "integers"), (.float, "floats"), (.complex, "complex numbers")]
      return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
  }

  /// What the type of the result is.
  enum Result: Sendable {
    case same, boolean
    /// That of the parts of a complex number.
    case part
    /// As the operation says.
    case declared
    /// Complex numbers of two of them.
    case pair
  }

  let arity: Int
  let takes: Operands
  let gives: Result
  let body: @Sendable (ElementCall) -> Value

  init(_ arity: Int, _ takes: Operands, _ gives: Result = .same, _ body: @escaping @Sendable (ElementCall) -> Value) {
    (self.arity, self.takes, self.gives, self.body) = (arity, takes, gives, body)
  }

  /// The type of the result of operands of `types`, where `declared` is what the model says; `nil` if they do not fit.
  func resultType(_ types: [ElementType], declared: ElementType) -> ElementType? {
    guard types.count == arity, types.allSatisfy({ takes.contains($0) }), types.allSatisfy({ $0 == types[0] }) else { return nil }
    switch gives {
    case .same: return types[0]
    case .boolean: return .bool
    case .part: return types[0].complexPart ?? types[0]
    case .declared: return declared
    case .pair: return types[0] == .f32 ? .complex64 : types[0] == .f64 ? .complex128 : nil
    }
  }

  /// A function of floats of dialect math, which dialect complex has too under `complex`.
  static func function(_ name: String, complex: String? = nil) -> ElementOperation {
    ElementOperation(1, complex == nil ? .float : .analytic) { call in
      if call.type.isComplex, let complex { return call.complex(complex) }
      return call.math(name)
    }
  }

  /// An operation of two operands by the class of their type.
  static func binary(
    _ takes: Operands, boolean: String = "arith.xori", complex: String = "add",
    _ body: @escaping @Sendable (Scalars, Value, Value) -> Value
  ) -> ElementOperation {
    ElementOperation(2, takes) { call in
      if call.type == .bool { return call.builder.binary(boolean, call.a, call.b) }
      if call.type.isComplex { return call.complex(complex) }
      return call.computed { body($0, $1[0], $1[1]) }
    }
  }

  /// All of them, by their names in the dialects stablehlo and chlo.
  static let all: [String: ElementOperation] = arithmetic.merging(functions) { first, _ in first }
    .merging(bits) { first, _ in first }.merging(conversions) { first, _ in first }.merging(special) { first, _ in first }
}
