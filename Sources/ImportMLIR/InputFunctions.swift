import TesseraDiagnostics
import TesseraMLIR

/// The rules for functions of an input program: they have bodies, and calls are not recursive.
struct InputFunctions {
  /// Throws the first thing that is wrong with the functions of `module`.
  static func check(_ module: Module) throws(Diagnostic) {
    let functions = module.functions
    var numbers: [String: Int] = [:]
    for (number, function) in functions.enumerated() { numbers[function.symbolName ?? ""] = number }
    let calls = functions.map { function in
      function.descendants.filter { $0.name == "func.call" }.map { (call: $0, callee: $0.attribute("callee")?.symbolName ?? "") }
    }
    for function in functions where function.body() == nil {
      let name = function.symbolName ?? "?"
      let call = calls.joined().first { $0.callee == name }?.call
      // A declaration that nobody calls is nothing to compile, unless it is what the program offers.
      if call != nil || function.attribute("sym_visibility")?.stringValue != "private" {
        throw .functionWithoutBody(name, call ?? function)
      }
    }
    if let cycle = cycle(calls.map { $0.compactMap { call in numbers[call.callee].map { (call.call, $0) } } }) {
      throw .recursion(cycle.functions.map { functions[$0].symbolName ?? "?" }, cycle.call)
    }
  }

  /// The functions of a cycle of calls, and the call that closes it. No recursion of ours: chains of calls may be long.
  private static func cycle(_ calls: [[(call: Operation, callee: Int)]]) -> (functions: [Int], call: Operation)? {
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: calls.count)
    for start in calls.indices where marks[start] == .new {
      var path = [(function: start, next: 0)]
      marks[start] = .open
      while let (function, next) = path.last {
        guard next < calls[function].count else {
          marks[function] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let (call, callee) = calls[function][next]
        switch marks[callee] {
        case .done: break
        case .new:
          marks[callee] = .open
          path.append((callee, 0))
        case .open:
          let first = path.firstIndex { $0.function == callee } ?? 0
          return (path[first...].map(\.function), call)
        }
      }
    }
    return nil
  }
}
