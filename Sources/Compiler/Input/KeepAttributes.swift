import TesseraDiagnostics
import TesseraMLIR

/// Keeps our attributes on named operations of linalg through upstream's passes, which drop them when they make a generic of one.
///
/// Before: linalg.matmul {tessera.layouts = ["", "1,0 1:32"]} ins(%x, %w) ...
/// After:  linalg.generic {..., tessera.layouts = ["", "1,0 1:32"]} ins(%x, %w) ...
///
/// Requires: passes that keep locations.
/// Ensures: what the passes do, and no attribute of ours is lost.
struct KeepAttributes {
  let module: Module

  init(_ module: Module) { self.module = module }

  /// Runs `passes`. Operations with attributes of ours have a location of their own meanwhile, by which they are found again.
  func around(_ passes: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    var marked: [String: (location: Location, attributes: [(name: String, value: Attribute)])] = [:]
    for op in operations where op.name.hasPrefix("linalg.") && op.name != "linalg.generic" {
      let own = op.attributes.filter { $0.name.hasPrefix("tessera.") }
      guard !own.isEmpty else { continue }
      let name = "tessera.marked.\(marked.count)"
      marked[name] = (op.location, own)
      op.setLocation(.name(name, module.context))
    }
    try passes()
    guard !marked.isEmpty else { return }
    for op in operations {
      guard let name = op.location.sourceNames.first, let (location, attributes) = marked[name] else { continue }
      op.setLocation(location)
      guard op.name.hasPrefix("linalg."), op.resultCount > 0 else { continue }
      for (name, value) in attributes { op.setAttribute(name, value) }
    }
  }

  private var operations: [Operation] { module.functions.flatMap(\.descendants) }
}
