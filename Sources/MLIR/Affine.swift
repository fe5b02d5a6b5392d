internal import TesseraCMLIR

/// An affine expression over dimensions and symbols.
public struct AffineExpression: Equatable, CustomStringConvertible {
  let handle: MlirAffineExpr

  /// The shape of an expression, for pattern matching.
  public indirect enum Kind {
    case dimension(Int), symbol(Int), constant(Int)
    case add(AffineExpression, AffineExpression), multiply(AffineExpression, AffineExpression)
    case modulo(AffineExpression, AffineExpression), floorDivide(AffineExpression, AffineExpression)
    case ceilDivide(AffineExpression, AffineExpression)
  }

  public static func dimension(_ i: Int, _ c: Context) -> AffineExpression { .init(handle: mlirAffineDimExprGet(c.handle, i)) }
  public static func symbol(_ i: Int, _ c: Context) -> AffineExpression { .init(handle: mlirAffineSymbolExprGet(c.handle, i)) }
  public static func constant(_ v: Int, _ c: Context) -> AffineExpression { .init(handle: mlirAffineConstantExprGet(c.handle, Int64(v))) }
  public static func + (a: Self, b: Self) -> Self { .init(handle: mlirAffineAddExprGet(a.handle, b.handle)) }
  public static func * (a: Self, b: Self) -> Self { .init(handle: mlirAffineMulExprGet(a.handle, b.handle)) }
  public static func == (a: Self, b: Self) -> Bool { mlirAffineExprEqual(a.handle, b.handle) }
  /// `self floordiv other`
  public func floorDivided(by other: Self) -> Self { .init(handle: mlirAffineFloorDivExprGet(handle, other.handle)) }
  /// `self ceildiv other`
  public func ceilDivided(by other: Self) -> Self { .init(handle: mlirAffineCeilDivExprGet(handle, other.handle)) }
  /// `self mod other`
  public func modulo(_ other: Self) -> Self { .init(handle: mlirAffineModExprGet(handle, other.handle)) }

  /// The kind of the expression, with its parts.
  public var kind: Kind {
    if mlirAffineExprIsADim(handle) { return .dimension(Int(mlirAffineDimExprGetPosition(handle))) }
    if mlirAffineExprIsASymbol(handle) { return .symbol(Int(mlirAffineSymbolExprGetPosition(handle))) }
    if mlirAffineExprIsAConstant(handle) { return .constant(Int(mlirAffineConstantExprGetValue(handle))) }
    let a = AffineExpression(handle: mlirAffineBinaryOpExprGetLHS(handle))
    let b = AffineExpression(handle: mlirAffineBinaryOpExprGetRHS(handle))
    if mlirAffineExprIsAAdd(handle) { return .add(a, b) }
    if mlirAffineExprIsAMul(handle) { return .multiply(a, b) }
    if mlirAffineExprIsAMod(handle) { return .modulo(a, b) }
    if mlirAffineExprIsAFloorDiv(handle) { return .floorDivide(a, b) }
    return .ceilDivide(a, b)
  }

  /// The position of the dimension that this expression is, or `nil`.
  public var asDimension: Int? { if case .dimension(let d) = kind { d } else { nil } }
  /// The value of the constant that this expression is, or `nil`.
  public var asConstant: Int? { if case .constant(let v) = kind { v } else { nil } }
  /// `true` iff dimension `d` occurs.
  public func uses(dimension d: Int) -> Bool { mlirAffineExprIsFunctionOfDim(handle, d) }
  public var description: String { printed { mlirAffineExprPrint(handle, $0, $1) } }
}

extension AffineExpression {
  /// Returns the expression with dimension `i` replaced by `dimensions[i]`.
  public func substituting(_ dimensions: [AffineExpression], _ context: Context) -> AffineExpression {
    func parts(_ x: Self, _ y: Self) -> (Self, Self) { (x.substituting(dimensions, context), y.substituting(dimensions, context)) }
    switch kind {
    case .dimension(let d): return dimensions[d]
    case .constant, .symbol: return self
    case .add(let x, let y):
      let (p, q) = parts(x, y)
      return p + q
    case .multiply(let x, let y):
      let (p, q) = parts(x, y)
      return p * q
    case .modulo(let x, let y):
      let (p, q) = parts(x, y)
      return p.modulo(q)
    case .floorDivide(let x, let y):
      let (p, q) = parts(x, y)
      return p.floorDivided(by: q)
    case .ceilDivide(let x, let y):
      let (p, q) = parts(x, y)
      return p.ceilDivided(by: q)
    }
  }

  /// Returns the factor of dimension `d` in this linear expression.
  public func coefficient(of d: Int) -> Int {
    switch kind {
    case .dimension(let own): own == d ? 1 : 0
    case .add(let a, let b): a.coefficient(of: d) &+ b.coefficient(of: d)
    case .multiply(let a, let b): b.asConstant.map { a.coefficient(of: d) &* $0 } ?? a.asConstant.map { b.coefficient(of: d) &* $0 } ?? 0
    default: 0
    }
  }

  /// `true` iff this is a sum of dimensions, multiples of dimensions, and constants.
  public var isLinear: Bool {
    switch kind {
    case .dimension, .symbol, .constant: true
    case .add(let a, let b), .multiply(let a, let b): a.isLinear && b.isLinear
    default: false
    }
  }
}

/// An affine map: from dimensions and symbols to a list of expressions.
public struct AffineMap: Equatable, CustomStringConvertible {
  let handle: MlirAffineMap

  public init(dimensions: Int, symbols: Int = 0, _ results: [AffineExpression], _ c: Context) {
    var handles = results.map(\.handle)
    handle = mlirAffineMapGet(c.handle, dimensions, symbols, handles.count, &handles)
  }
  init(handle: MlirAffineMap) { self.handle = handle }

  /// `(d0, ..., dn-1) -> (d0, ..., dn-1)`
  public static func identity(_ rank: Int, _ c: Context) -> AffineMap { .init(handle: mlirAffineMapMultiDimIdentityGet(c.handle, rank)) }
  /// The map of `rank` dimensions whose results are the dimensions `picks`, in that order.
  public static func projection(rank: Int, _ picks: [Int], _ c: Context) -> AffineMap {
    AffineMap(dimensions: rank, picks.map { .dimension($0, c) }, c)
  }

  public static func == (a: Self, b: Self) -> Bool { mlirAffineMapEqual(a.handle, b.handle) }
  public var dimensionCount: Int { mlirAffineMapGetNumDims(handle) }
  public var symbolCount: Int { mlirAffineMapGetNumSymbols(handle) }
  public var results: [AffineExpression] {
    (0..<mlirAffineMapGetNumResults(handle)).map { .init(handle: mlirAffineMapGetResult(handle, $0)) }
  }
  public var isIdentity: Bool { mlirAffineMapIsIdentity(handle) }
  public var isPermutation: Bool { mlirAffineMapIsPermutation(handle) }
  /// The dimension that each result is, or `nil` if one is not a plain dimension.
  public var asDimensions: [Int]? {
    var picks: [Int] = []
    for result in results {
      guard let d = result.asDimension else { return nil }
      picks.append(d)
    }
    return picks
  }
  public var description: String { printed { mlirAffineMapPrint(handle, $0, $1) } }
}
