import TesseraDiagnostics

/// What can be said of a program before it is imported.
struct ProgramCheck {
  private let program: Program
  private let functions: [String: ProgramFunction]

  init(_ program: Program) {
    self.program = program
    functions = Dictionary(program.functions.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Throws if the program is for several devices.
  func requireOneDevice() throws(Diagnostic) {
    for key in ["mhlo.num_partitions", "mhlo.num_replicas"] {
      if let count = program.attributes[key]?.integer, count > 1 { throw .severalDevices(program.file.path, key, count) }
    }
  }

  /// Throws all operations that cannot be imported, of those that `entries` reach.
  func requireSupported(_ entries: [ProgramFunction]) throws(Diagnostic) {
    let (unknown, places) = unsupported(entries)
    if !unknown.isEmpty { throw .unsupportedOperations(unknown, places) }
  }

  /// The operations that cannot be imported, with how often they stand there, and where the first of each stands.
  func unsupported(_ entries: [ProgramFunction]) -> (counts: [String: Int], places: [String]) {
    var counts: [String: Int] = [:], places: [String] = []
    for operation in reached(from: entries) {
      var name: String?
      if operation.name == "stablehlo.custom_call" {
        let target = operation.attributes["call_target_name"]?.text ?? "?"
        if !StableHLONode.knowsCall(target) { name = "custom_call @\(target)" }
      } else if !OperatorTable.knows(operation.name) {
        name = operation.name
      }
      guard let name else { continue }
      counts[name, default: 0] += 1
      if counts[name] == 1 { places.append(operation.label ?? name) }
    }
    return (counts, places)
  }

  /// The operations of functions, and of those that they call, each once.
  func reached(from entries: [ProgramFunction]) -> [ProgramOperation] {
    var found: [ProgramOperation] = [], seen = Set(entries.map(\.name)), waiting = entries
    while let function = waiting.popLast() {
      var regions = function.body.map { [$0] } ?? []
      while let region = regions.popLast() {
        for operation in region.operations {
          found.append(operation)
          regions += operation.regions
          for key in ["callee", "decomposition"] {
            if let name = operation.attributes[key]?.text, let called = functions[name], seen.insert(name).inserted {
              waiting.append(called)
            }
          }
        }
      }
    }
    return found
  }
}

extension Diagnostic {
  static func unsupportedOperations(_ counts: [String: Int], _ places: [String]) -> Diagnostic {
    Diagnostic(
      .unsupported, "the model uses \(counts.count) \(counts.count == 1 ? "operation" : "operations") that are not supported",
      location: places.first, notes: counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" },
      help: "docs/stablehlo.md lists the operations that are")
  }

  static func severalDevices(_ path: String, _ key: String, _ count: Int) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(path)' is a program for \(count) devices (\(key))", help: "lower it for one device: jax.jit without shardings")
  }
}
