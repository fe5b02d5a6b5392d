import TesseraLoopNests
import TesseraMLIR
import Testing

/// Which loops of several operations are one dimension, and which of them are shared.
@Suite struct LoopNestTests {
  private typealias F = KernelFixtures
  private let context = Context()

  /// The nest of a function; `check` gets it, or `nil`.
  private func withNest(_ arguments: String, _ body: String, _ check: (LoopNest?) -> Void) throws {
    let (module, ops) = try F.parse(context, arguments: arguments, body)
    check(LoopNest(ops))
    withExtendedLifetime(module) {}
  }

  @Test func elementwiseChainSharesAllDimensions() throws {
    let type = "tensor<4x?xf32>"
    try withNest(
      "%x: \(type), %v: tensor<?xf32>, %e: \(type)",
      F.elementwise("%y", [("%x", type, "d0, d1"), ("%v", "tensor<?xf32>", "d1")], "arith.addf", type: type, rank: 2)
        + F.elementwise("%z", [("%y", type, "d0, d1")], "math.exp", type: type, rank: 2)
    ) { nest in
      #expect(nest?.dimensions.map(\.size) == [4, nil])
      #expect(nest?.sharedDimensions == [0, 1])
      #expect(nest?.hasInnerLoops == false)
      #expect(nest?.dimensionOfLoop == [[0, 1], [0, 1]])
    }
  }

  @Test func softmaxSharesRows() throws {
    let type = "tensor<8x100xf32>", row = "tensor<8xf32>"
    try withNest(
      "%x: \(type), %i: \(row), %e: \(type)",
      F.reduction("%m", ("%x", type), "arith.maximumf", type: row, maps: ["d0, d1", "d0"], kinds: "pr")
        + F.elementwise("%c", [("%x", type, "d0, d1"), ("%m", row, "d0")], "arith.subf", type: type, rank: 2)
        + F.elementwise("%p", [("%c", type, "d0, d1")], "math.exp", type: type, rank: 2)
        + F.reduction("%s", ("%p", type), "arith.addf", type: row, maps: ["d0, d1", "d0"], kinds: "pr")
        + F.elementwise("%q", [("%p", type, "d0, d1"), ("%s", row, "d0")], "arith.divf", type: type, rank: 2)
    ) { nest in
      #expect(nest?.sharedDimensions == [0])
      #expect(nest?.dimensions.map(\.size) == [8, 100])
      #expect((0..<5).map { nest?.innerDimensions(of: $0) } == [[1], [1], [1], [1], [1]])
    }
  }

  @Test func epilogueOfProductIsInTheSharedDimensions() throws {
    let type = "tensor<8x16xf32>"
    try withNest(
      "%x: tensor<8x5xf32>, %w: tensor<5x16xf32>, %b: tensor<16xf32>, %i: \(type), %e: \(type)",
      F.product(
        "%p", ("%x", "tensor<8x5xf32>"), ("%w", "tensor<5x16xf32>"), type: type, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
        + F.elementwise("%y", [("%p", type, "d0, d1"), ("%b", "tensor<16xf32>", "d1")], "arith.addf", type: type, rank: 2)
    ) { nest in
      #expect(nest?.sharedDimensions == [0, 1])
      #expect(nest?.innerDimensions(of: 0) == [2])
      #expect(nest?.innerDimensions(of: 1) == [])
      #expect(nest?.ops[0].reusesInputs == true)
    }
  }

  @Test func transposedReaderSharesTheWritersDimensions() throws {
    let type = "tensor<8x16xf32>", turned = "tensor<16x8xf32>"
    try withNest(
      "%x: \(type), %e: \(type), %t: \(turned)",
      F.elementwise("%y", [("%x", type, "d0, d1")], "math.exp", type: type, rank: 2)
        + F.generic(
          "%z", [("%y", type)], into: ("%t", turned), maps: ["d1, d0", "d0, d1"], kinds: "pp", body: "linalg.yield %a0 : f32",
          elements: ["f32", "f32"])
    ) { nest in
      #expect(nest?.dimensionOfLoop == [[0, 1], [1, 0]])
      // In the order of the last operation's loops.
      #expect(nest?.sharedDimensions == [1, 0])
    }
  }

  @Test func sizeOneIsNoDimension() throws {
    let type = "tensor<1x16xf32>"
    try withNest("%x: \(type), %e: \(type)", F.elementwise("%y", [("%x", type, "d0, d1")], "math.exp", type: type, rank: 2)) { nest in
      #expect(nest?.dimensionOfLoop == [[nil, 0]])
      #expect(nest?.dimensions.map(\.size) == [16])
    }
  }

  @Test func oneKnownSizeHoldsForBoth() throws {
    let dynamic = "tensor<?xf32>", fixed = "tensor<7xf32>"
    try withNest(
      "%x: \(dynamic), %d: \(dynamic), %v: \(fixed), %e: \(dynamic)",
      F.elementwise("%y", [("%x", dynamic, "d0")], "math.exp", type: dynamic, rank: 1)
        + F.elementwise("%z", [("%y", dynamic, "d0"), ("%v", fixed, "d0")], "arith.addf", type: dynamic, rank: 1)
    ) { nest in #expect(nest?.dimensions.map(\.size) == [7]) }
  }

  @Test func readersOfOneTensorRunTogether() throws {
    let type = "tensor<8x16xf32>", row = "tensor<8xf32>"
    try withNest(
      "%x: \(type), %i: \(row), %e: \(type)",
      F.reduction("%m", ("%x", type), "arith.addf", type: row, maps: ["d0, d1", "d0"], kinds: "pr")
        + F.elementwise("%y", [("%x", type, "d0, d1")], "math.exp", type: type, rank: 2)
    ) { nest in
      #expect(nest?.dimensions.count == 2)
      #expect(nest?.sharedDimensions == [0])
    }
  }

  /// Products that differ in their operands only are one part; those that differ in more are none.
  @Test(arguments: [("d0, d2", "d2, d1", true), ("d0, d2", "d1, d2", false), ("d2, d0", "d2, d1", false)])
  func siblings(left: String, right: String, areSiblings: Bool) throws {
    let type = "tensor<8x8xf32>"
    let (module, ops) = try F.parse(
      context, arguments: "%x: \(type), %v: \(type), %w: \(type), %i: \(type), %e: \(type)",
      F.product("%p", ("%x", type), ("%v", type), type: type, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
        + F.product("%q", ("%x", type), ("%w", type), type: type, maps: [left, right, "d0, d1"], kinds: "ppr"))
    let sequence = NestSequence(ops)
    if areSiblings {
      #expect(sequence?.parts.count == 1)
      #expect(sequence?.outer.count == 2)
      #expect(
        sequence?.siblings == [
          [ops[0].operation.operand(1): ops[1].operation.operand(1), ops[0].operation.result(0): ops[1].operation.result(0)]
        ])
    } else {
      #expect(sequence == nil)
    }
    withExtendedLifetime(module) {}
  }

  @Test(arguments: ["diagonal", "crossed reductions", "window", "captured"]) func isRefused(_ what: String) throws {
    let type = "tensor<8x8xf32>", row = "tensor<8xf32>"
    let first = F.elementwise("%y", [("%x", type, "d0, d1")], "math.exp", type: type, rank: 2)
    let second: String
    switch what {
    case "diagonal":
      second = F.generic(
        "%z", [("%y", type)], into: ("%i", row), maps: ["d0, d0", "d0"], kinds: "p", body: "linalg.yield %a0 : f32",
        elements: ["f32", "f32"])
    case "crossed reductions":
      second =
        F.reduction("%z", ("%y", type), "arith.addf", type: row, maps: ["d0, d1", "d0"], kinds: "pr")
        + F.reduction("%u", ("%y", type), "arith.addf", type: row, maps: ["d0, d1", "d1"], kinds: "rp")
    case "window":
      second = F.generic(
        "%z", [("%y", type), ("%k", "tensor<3xf32>")], into: ("%s", "tensor<8x6xf32>"), maps: ["d0, d1 + d2", "d2", "d0, d1"], kinds: "ppr",
        body: "%r = arith.addf %a0, %a2 : f32\n linalg.yield %r : f32", elements: ["f32", "f32", "f32"])
    default:
      second = F.generic(
        "%z", [], into: ("%i", row), maps: ["d0"], kinds: "p",
        body: "%j = linalg.index 0 : index\n %r = tensor.extract %y[%j, %j] : \(type)\n linalg.yield %r : f32", elements: ["f32"])
    }
    try withNest("%x: \(type), %i: \(row), %e: \(type), %k: tensor<3xf32>, %s: tensor<8x6xf32>", first + second) { nest in
      #expect(nest == nil)
    }
  }
}
