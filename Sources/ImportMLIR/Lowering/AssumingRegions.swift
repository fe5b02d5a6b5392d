import TesseraMLIR

/// Takes the regions of `shape.assuming` apart: what they assume is checked by assertions before them. No canonicalization does it, since its folds
/// would change other operations, which are not hidden from them yet.
///
/// Before: %r = shape.assuming %witness -> tensor<?xf32> { ...; shape.assuming_yield %v }
/// After:  the operations of the region, and %v in place of %r
///
/// Requires: constraints are assertions.
/// Ensures: neither a shape.assuming nor an unused witness remains.
struct AssumingRegions {
  let module: Module

  init(_ module: Module) { self.module = module }

  /// Rewrites all of them, inner ones first.
  func run() {
    for op in module.operation.descendants.filter({ $0.name == "shape.assuming" }).reversed() {
      guard let operations = op.body()?.operations, let end = operations.last else { continue }
      for inner in operations.dropLast() { inner.move(before: op) }
      for (result, value) in zip(op.results, end.operands) { result.replaceAllUses(with: value) }
      op.erase()
    }
    for op in module.operation.descendants.reversed()
    where ["shape.const_witness", "shape.assuming_all"].contains(op.name) && !op.result(0).hasUses {
      op.erase()
    }
  }
}
