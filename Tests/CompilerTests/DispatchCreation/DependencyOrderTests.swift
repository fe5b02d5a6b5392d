import Testing

@testable import TesseraCompiler

/// The order of groups against a graph whose answers are found by looking everywhere.
@Suite struct DependencyOrderTests {
  /// Edges between nodes, from each to those that it reads.
  private struct Graph {
    var reads: [Set<Int>] = []

    /// `true` iff node `a` is read by `b`, or by something that `b` needs.
    func needs(_ b: Int, _ a: Int) -> Bool { reads[b].contains { $0 == a || needs($0, a) } }
  }

  @Test(arguments: 0..<60) func randomGraphs(seed: Int) {
    var random = SeededGenerator(state: UInt64(seed) + 1)
    var order = DependencyOrder(), graph = Graph(), alive: [Int] = []
    for n in 0..<24 {
      let sources = Set((0..<Int.random(in: 0...3, using: &random)).compactMap { _ in alive.randomElement(using: &random) })
      if let target = sources.randomElement(using: &random), Bool.random(using: &random) {
        // The new operation joins one of the nodes that it reads.
        let others = sources.subtracting([target])
        let circular = others.contains { graph.needs($0, target) }
        #expect(order.mayRead(target, Array(sources)) == !circular)
        if !circular {
          order.add(Array(sources), to: target)
          graph.reads[target].formUnion(others)
        }
      }
      order.append(reading: sources.sorted())
      graph.reads.append(sources)
      alive.append(n)
      if n % 5 == 4 { mergeTwo(&order, &graph, &alive, &random) }
      check(order, graph)
    }
  }

  /// Merges a random pair of which neither needs the other by way of a third.
  private func mergeTwo(_ order: inout DependencyOrder, _ graph: inout Graph, _ alive: inout [Int], _ random: inout SeededGenerator) {
    let a = alive.randomElement(using: &random)!, b = alive.randomElement(using: &random)!
    guard a != b, !graph.needs(a, b) else { return }
    let indirectly = graph.reads[b].contains { $0 != a && graph.needs($0, a) }
    #expect(order.needsIndirectly(b, [a]) == indirectly)
    let related = graph.needs(b, a)
    #expect((order.between(a, b) == nil) == related)
    if indirectly { return }
    order.merge([a], into: b)
    graph.reads[b].formUnion(graph.reads[a])
    graph.reads[b].remove(a)
    graph.reads[a] = []
    for n in graph.reads.indices where graph.reads[n].contains(a) && n != b {
      graph.reads[n].remove(a)
      graph.reads[n].insert(b)
    }
    alive.removeAll { $0 == a }
  }

  private func check(_ order: DependencyOrder, _ graph: Graph) {
    let sorted = order.sorted
    #expect(sorted.sorted() == Array(graph.reads.indices))
    var place = [Int](repeating: 0, count: sorted.count)
    for (at, n) in sorted.enumerated() { place[n] = at }
    for (n, sources) in graph.reads.enumerated() { #expect(sources.allSatisfy { place[$0] < place[n] }) }
  }

}
