import Foundation
import Testing

/// The import graph of `docs/Architecture.md` is the one of the sources and of `Package.swift`. (What the runtime half may import is checked by
/// `Scripts/check-runtime`.)
@Suite struct ImportGraphTests {
  /// What each module of ours imports of ours, by the names of their folders: the module of `Sources/X` is `TesseraX`.
  private static func imports() throws -> [String: Set<String>] {
    let modules = Set(try FileManager.default.contentsOfDirectory(atPath: "\(Repository.path)/Sources"))
    var graph: [String: Set<String>] = [:]
    for module in modules {
      graph[module] = []
      for file in Repository.files(below: "Sources/\(module)", ending: ".swift") {
        for line in try Repository.text(file).split(separator: "\n") {
          guard
            let match = line.firstMatch(of: /^(?:@\w+ )?(?:public |package |internal |private |fileprivate )?import (?:\w+ )?Tessera(\w+)/)
          else { continue }
          let name = String(match.output.1)
          if modules.contains(name), name != module { graph[module]!.insert(name) }
        }
      }
    }
    return graph
  }

  /// The table in the document has a row for each module: its name, and what it imports.
  @Test func documented() throws {
    let graph = try Self.imports()
    var rows: [String: Set<String>] = [:]
    for line in try Repository.text("docs/Architecture.md").split(separator: "\n") {
      guard let match = line.firstMatch(of: /^\| \[(?<module>[\w-]+)\]\(\.\.\/Sources\/[\w-]+\) \|.*\| (?<imports>[^|]*) \|$/) else {
        continue
      }
      rows[String(match.output.module)] = Set(match.output.imports.split(separator: /,? +/).map(String.init).filter { $0 != "-" })
    }
    for (module, imports) in graph {
      #expect(
        rows[module] == imports,
        "'\(module)' imports \(imports.sorted()); the table of docs/Architecture.md has \(rows[module]?.sorted() ?? [])")
    }
    #expect(Set(rows.keys) == Set(graph.keys))
  }

  /// No module imports itself by way of others: there is an order in which they can be read.
  @Test func hasNoCircles() throws {
    var graph = try Self.imports()
    while let leaf = graph.first(where: { $0.value.isEmpty })?.key {
      graph[leaf] = nil
      for module in graph.keys { graph[module]!.remove(leaf) }
    }
    #expect(graph.isEmpty, "these import each other in a circle: \(graph.keys.sorted())")
  }
}
