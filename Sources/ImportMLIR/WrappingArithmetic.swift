import TesseraMLIR

/// Takes the promise from integer arithmetic that it does not overflow: it wraps then, whether the promise holds or not.
///
/// Before: %r = arith.addi %x, %y overflow<nsw> : i32
/// After:  %r = arith.addi %x, %y : i32
///
/// Upstream keeps the promise where it merges two operations, of which the merged one may not hold it.
///
/// Ensures: no operation has the flags `nsw` or `nuw`.
struct WrappingArithmetic {
  private static let flags = "overflowFlags"

  func run(on module: Module) {
    guard let none = Attribute("#arith.overflow<none>", module.context) else { return }
    for op in module.operation.descendants where op.name.hasPrefix("arith.") {
      if let flags = op.attribute(Self.flags), flags != none { op.setAttribute(Self.flags, none) }
    }
  }
}
