/// The queries of resolvers.
extension ContractionEncoding {
  /// `true` iff this is the result, not an input.
  public var isResult: Bool { operand == 2 }

  /// The loop of an axis of this operand; `nil` for an axis of several loops.
  public func loop(ofAxis axis: Int) -> Loop? { own[axis].map { loops[$0] } }

  /// The axis of this operand that loop `number` indexes alone.
  public func axis(ofLoop number: Int) -> Int? { own.firstIndex(of: number) }

  /// The axes of this operand whose loops are of a kind, in order.
  public func axes(_ kind: LoopKind) -> [Int] { own.indices.filter { loop(ofAxis: $0)?.kind == kind } }

  /// The product of the sizes of all loops of a kind; `nil` if one is known at run time only.
  public func count(_ kind: LoopKind) -> Int? {
    let sizes = loops.filter { $0.kind == kind }.map(\.size)
    return sizes.contains(nil) ? nil : Self.product(sizes.compactMap { $0 })
  }

  /// The product of sizes; the largest number there is instead of larger ones.
  public static func product(_ sizes: [Int]) -> Int {
    sizes.reduce(1) { product, size in
      let (value, isTooLarge) = product.multipliedReportingOverflow(by: size)
      return isTooLarge ? .max : value
    }
  }

  /// The loop of which neighbours in the result are neighbours in memory: the last of more than one iteration.
  public var innermostResultLoop: Int? { result.last { loops[$0].size != 1 } }

  /// The innermost loop over rows of more than one iteration: its iterations reuse this operand one after the other.
  public var innermostRows: Loop? { loops.last { $0.kind == .row && $0.size != 1 } }
}
