import Diagnostics
import MLIR

/// Refuses functions that call themselves, directly or by way of others: the host program has no stack that could grow with the data.
func refuseRecursion(in module: Module) throws(Diagnostic) {
  var calls: [String: [(callee: String, operation: Operation)]] = [:]
  for function in module.functions {
    calls[function.symbolName ?? ""] = function.descendants.filter { $0.name == "func.call" }.compactMap { call in
      call.attribute("callee")?.symbolName.map { ($0, call) }
    }
  }
  var finished: Set<String> = []
  for start in calls.keys.sorted() where !finished.contains(start) {
    // The functions on the way from `start`, each with the number of its next call.
    var path: [(name: String, next: Int)] = [(start, 0)]
    var active: Set<String> = [start]
    while let top = path.last {
      let list = calls[top.name] ?? []
      guard top.next < list.count else {
        finished.insert(top.name)
        active.remove(top.name)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let (callee, operation) = list[top.next]
      if active.contains(callee) { throw .recursion(callee, operation) }
      if !finished.contains(callee) {
        active.insert(callee)
        path.append((callee, 0))
      }
    }
  }
}

extension Diagnostic {
  static func recursion(_ function: String, _ call: Operation) -> Diagnostic {
    Diagnostic(
      .unsupported, "function '\(function)' calls itself, directly or by way of others, and recursion is not supported",
      location: call.location.sourceNames.joined(separator: ", "), help: "write it as a loop: scf.while or scf.for")
  }
}
