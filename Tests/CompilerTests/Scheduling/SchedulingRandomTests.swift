import TesseraCompiler
import TesseraModuleFormat
import Testing

/// Random graphs against evaluation of the graph itself: waves, arena offsets, in-place reuse, views, returns.
@Suite struct SchedulingRandomTests {

  struct Node {
    var operands: [Int]
    var sizes: [Int]
    var kernel: String
  }

  @Test(arguments: 0..<150) func randomGraphs(seed: Int) throws {
    var random = SeededGenerator(state: UInt64(seed) &* 7919 &+ 1)
    let isDynamic = seed % 3 == 2
    // Sizes in elements of i8: dynamic ones are the sizes of the arguments.
    let extents = [40, 64, 200]
    func type(_ size: Int) -> String { isDynamic ? "tensor<?xi8>" : "tensor<\(extents[size])xi8>" }
    var values: [(name: String, size: Int, bytes: [UInt8])] = []
    var text = "func.func public @main("
    for size in 0..<3 {
      values.append(("%arg\(size)", size, (0..<extents[size]).map { _ in UInt8.random(in: 0...255, using: &random) }))
      text += (size > 0 ? ", " : "") + "%arg\(size): \(type(size))"
    }
    let arguments = values.map(\.bytes)
    let nodeCount = Int.random(in: 1...25, using: &random)
    var body = "  %c0 = arith.constant 0 : index\n"
    for size in 0..<3 where isDynamic { body += "  %n\(size) = tensor.dim %arg\(size), %c0 : \(type(size))\n" }
    for size in 0..<3 where !isDynamic { body += "  %n\(size) = arith.constant \(extents[size]) : index\n" }
    var inPlace: Set<String> = []
    for node in 0..<nodeCount {
      let operands = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        // Mostly recent values, so that there are chains.
        Bool.random(using: &random) ? values.count - 1 : Int.random(in: max(0, values.count - 8)..<values.count, using: &random)
      }
      let resultCount = Int.random(in: 0..<5, using: &random) == 0 ? 2 : 1
      let sizes = (0..<resultCount).map { _ in
        Bool.random(using: &random) ? values[operands[0]].size : Int.random(in: 0..<3, using: &random)
      }
      let kernel = "k\(node)_\(resultCount)"
      if Bool.random(using: &random) { inPlace.insert(kernel) }
      let scalars = sizes.map { "%n\($0)" }
      body += "  %v\(node):\(resultCount) = \"flow.dispatch\"(\((scalars + operands.map { values[$0].name }).joined(separator: ", ")))"
      body += " {executable = @\(kernel), flow.result_dims = array<i64: \(sizes.indices.map(String.init).joined(separator: ", "))>} : ("
      body += (scalars.map { _ in "index" } + operands.map { type(values[$0].size) }).joined(separator: ", ")
      body += ") -> (\(sizes.map(type).joined(separator: ", ")))\n"
      let inputs = operands.map { values[$0].bytes }
      for (i, size) in sizes.enumerated() {
        let bytes = SchedulingSimulator.kernel(
          kernel, sizes.map { Int64(extents[$0]) }, inputs, result: i, count: extents[size])
        values.append(("%v\(node)#\(i)", size, bytes))
      }
      if Int.random(in: 0..<6, using: &random) == 0 {
        // A view is another name of the same value.
        let last = values.last!
        body += "  %w\(node) = tensor.cast \(last.name) : \(type(last.size)) to \(type(last.size))\n"
        values.append(("%w\(node)", last.size, last.bytes))
      }
      if Int.random(in: 0..<8, using: &random) == 0 {
        let last = values.last!
        body += "  %e\(node) = tensor.extract \(last.name)[%c0] : \(type(last.size))\n"
      }
    }
    let returned = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      Int.random(in: max(0, values.count - 5)..<values.count, using: &random)
    }
    text += ") -> (\(returned.map { type(values[$0].size) }.joined(separator: ", "))) {\n" + body
    text +=
      "  return \(returned.map { values[$0].name }.joined(separator: ", ")) : \(returned.map { type(values[$0].size) }.joined(separator: ", "))\n}\n"

    let (module, description) = try scheduled(text, inPlace: inPlace)
    for _ in 0..<3 {
      var simulator = SchedulingSimulator(description)
      let results = try simulator.call("main", arguments.map { ($0, [Int64($0.count)]) })
      for (result, value) in zip(results, returned) {
        #expect(result.bytes == values[value].bytes, "\(text)\n\(description.disassembly)")
        #expect(result.shape == [Int64(values[value].bytes.count)])
      }
      #expect(simulator.dispatches == nodeCount)
      #expect(simulator.waves <= module.counts.waves)
    }
  }

  /// Values that live at the same time do not overlap, in whatever order they were placed.
  @Test(arguments: 0..<200) func arenas(seed: Int) {
    var random = SeededGenerator(state: UInt64(seed) &+ 99)
    let requests = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      let first = Int.random(in: 0..<30, using: &random)
      return ArenaRequest(
        byteCount: Int.random(in: 0...1000, using: &random), first: first, last: first + Int.random(in: 0...8, using: &random))
    }
    let plan = planArena(requests)
    for (i, a) in requests.enumerated() {
      #expect(plan.offsets[i] % 64 == 0 && plan.offsets[i] + a.byteCount <= plan.total)
      for (j, b) in requests.enumerated() where j < i && a.first <= b.last && b.first <= a.last && a.byteCount > 0 && b.byteCount > 0 {
        let apart = plan.offsets[i] + a.byteCount <= plan.offsets[j] || plan.offsets[j] + b.byteCount <= plan.offsets[i]
        #expect(apart)
      }
    }
    // The bound below: what lives at one time.
    let live = (0..<40).map { step in
      requests.filter { $0.first <= step && step <= $0.last }.reduce(0) { $0 + ($1.byteCount + 63) & ~63 }
    }
    #expect(plan.total >= live.max()!)
  }

  /// Moves one after the other do what moves all at once do.
  @Test(arguments: 0..<200) func parallelMoves(seed: Int) {
    var random = SeededGenerator(state: UInt64(seed) &+ 5)
    let count = Int.random(in: 1...8, using: &random)
    let targets = (0..<count).shuffled(using: &random).prefix(Int.random(in: 1...count, using: &random))
    let moves = targets.map { (to: $0, from: Int.random(in: 0..<count, using: &random)) }
    var registers = Array(0..<count)
    var expected = registers
    for move in moves { expected[move.to] = registers[move.from] }
    let sequence = sequentialMoves(moves) {
      registers.append(-1)
      return registers.count - 1
    }
    for move in sequence { registers[move.to] = registers[move.from] }
    #expect(Array(registers.prefix(count)) == expected)
    #expect(sequence.count <= moves.count + moves.count / 2)
  }

  /// Waves respect dependencies, have no gaps, and hold memory down.
  @Test(arguments: 0..<100) func waves(seed: Int) {
    var random = SeededGenerator(state: UInt64(seed) &+ 17)
    let count = Int.random(in: 1...60, using: &random)
    let nodes = (0..<count).map { i in
      let dependencies =
        i == 0 ? [] : (0..<Int.random(in: 0...2, using: &random)).map { _ in Int.random(in: max(0, i - 10)..<i, using: &random) }
      return WaveNode(
        dependencies: dependencies, resultBytes: 1 << Int.random(in: 10...24, using: &random), reads: dependencies.map { ($0, 1 << 20) },
        writes: [i])
    }
    let waves = assignWaves(nodes)
    for (i, node) in nodes.enumerated() { for d in node.dependencies { #expect(waves[d] < waves[i]) } }
    #expect(Set(waves) == Set(0...waves.max()!))
  }
}
