import TesseraLoopNests
import TesseraMLIR
import Testing

@testable import TesseraTargetCPU
@testable import TesseraVectorKernels

/// From shapes to configurations, by tables.
@Suite struct KernelHeuristicTests {
  private typealias F = KernelFixtures
  private static let avx512 = VectorUnit(vectorByteCount: 64, registerCount: 32, hasFMA: true)
  private static let avx2 = VectorUnit(vectorByteCount: 32, registerCount: 16, hasFMA: true)
  private static let units = [avx512, avx2, VectorUnit(vectorByteCount: 16, registerCount: 16, hasFMA: false)]
  private static let sizes: [Int?] = [0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 64, 100, 385, 1_000_003, nil]

  /// The room for carried values is not less than what they are laid out in, whatever is known of their sizes when.
  @Test func scratchHoldsCarriedValues() {
    for byteCount in 0...4096 {
      let distance = SequenceScratch.distance(byteCount)
      #expect(distance >= byteCount && distance <= byteCount + SequenceScratch.spare && distance % 64 == 0)
    }
  }

  /// One row of the table of register tiles.
  struct Tile: CustomTestStringConvertible {
    var rows: Int
    var isFixed = true
    var vectors: Int
    var expected: (rows: Int, vectors: Int)
    var testDescription: String { "\(rows) rows, \(vectors) vectors" }
  }

  /// The design's figures: 12 x 32 and 8 x 32 are within 10% of the peak with 32 registers.
  @Test(arguments: [
    Tile(rows: 384, vectors: 32, expected: (12, 2)), Tile(rows: 384, vectors: 8, expected: (12, 2)),
    Tile(rows: 4096, isFixed: false, vectors: 32, expected: (12, 2)), Tile(rows: 1, vectors: 32, expected: (1, 8)),
    Tile(rows: 1, vectors: 3, expected: (1, 3)), Tile(rows: 8, vectors: 2, expected: (8, 2)),
  ])
  func registerTileOnAVX512(_ tile: Tile) {
    let found = RegisterTileChoice(rows: tile.rows, isFixed: tile.isFixed, vectors: tile.vectors, registers: 32)
    #expect((found.rows, found.vectors) == tile.expected)
  }

  /// Rows at distances that are not known need an address register each.
  @Test(arguments: [(2, (8, 2)), (4, (8, 2)), (1, (8, 1))]) func registerTileOfFewRows(_ vectors: Int, _ expected: (Int, Int)) {
    let found = RegisterTileChoice(rows: 4096, isFixed: false, vectors: vectors, registers: 32, rowLimit: 8)
    #expect((found.rows, found.vectors) == expected)
  }

  @Test(arguments: [16, 32]) func registerTilesFitTheRegisters(_ registers: Int) {
    for rows in [1, 2, 3, 5, 7, 12, 13, 31, 64, 385, 4096] {
      for vectors in [1, 2, 3, 5, 8, 25] {
        let tile = RegisterTileChoice(rows: rows, isFixed: true, vectors: vectors, registers: registers)
        #expect(tile.rows >= 1 && tile.rows <= rows && tile.vectors >= 1 && tile.vectors <= vectors)
        // The accumulators and the columns; the broadcast can be an operand in memory.
        if rows > 1 { #expect(tile.rows * tile.vectors + tile.vectors <= registers, "\(rows) rows, \(vectors) vectors") }
      }
    }
  }

  // MARK: nests

  /// A program with sizes put in, and where its vectors run if the sizes are large: a loop of its last operation, or `nil` for scalar code.
  struct Program: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var lane: Int?
    var make: @Sendable (Int?, Int?) -> (arguments: String, body: String)
  }

  private static func tensor(_ sizes: Int?..., element: String = "f32") -> String {
    "tensor<" + sizes.map { $0.map { "\($0)x" } ?? "?x" }.joined() + "\(element)>"
  }

  private static let programs: [Program] = [
    Program(testDescription: "elementwise", lane: 1) { m, n in
      let t = tensor(m, n)
      return ("%x: \(t), %e: \(t)", F.elementwise("%y", [("%x", t, "d0, d1")], "math.exp", type: t, rank: 2))
    },
    Program(testDescription: "sum of rows", lane: 1) { m, n in
      let (t, r) = (tensor(m, n), tensor(m))
      return ("%x: \(t), %i: \(r)", F.reduction("%y", ("%x", t), "arith.addf", type: r, maps: ["d0, d1", "d0"], kinds: "pr"))
    },
    Program(testDescription: "sum of columns", lane: 1) { m, n in
      let (t, r) = (tensor(m, n), tensor(n))
      return ("%x: \(t), %i: \(r)", F.reduction("%y", ("%x", t), "arith.addf", type: r, maps: ["d0, d1", "d1"], kinds: "rp"))
    },
    Program(testDescription: "matrix product", lane: 1) { m, n in
      let (a, b, t) = (tensor(m, 20), tensor(20, n), tensor(m, n))
      return (
        "%x: \(a), %w: \(b), %i: \(t)", F.product("%y", ("%x", a), ("%w", b), type: t, maps: ["d0, d2", "d2, d1", "d0, d1"], kinds: "ppr")
      )
    },
    Program(testDescription: "product with a transposed operand", lane: 2) { m, n in
      let (a, b, t) = (tensor(m, 64), tensor(n, 64), tensor(m, n))
      return (
        "%x: \(a), %w: \(b), %i: \(t)", F.product("%y", ("%x", a), ("%w", b), type: t, maps: ["d0, d2", "d1, d2", "d0, d1"], kinds: "ppr")
      )
    },
    Program(testDescription: "complex", lane: nil) { m, n in
      let t = tensor(m, n, element: "complex<f32>")
      return (
        "%x: \(t), %e: \(t)",
        F.generic(
          "%y", [("%x", t)], into: ("%e", t), maps: ["d0, d1", "d0, d1"], kinds: "pp",
          body: "%r = complex.exp %a0 : complex<f32>\n linalg.yield %r : complex<f32>", elements: ["complex<f32>", "complex<f32>"])
      )
    },
  ]

  private func configuration(_ program: Program, _ m: Int?, _ n: Int?, _ unit: VectorUnit, _ context: Context) throws -> (
    KernelConfiguration, LoopNest
  ) {
    let (arguments, body) = program.make(m, n)
    let (module, ops) = try F.parse(context, arguments: arguments, body)
    defer { withExtendedLifetime(module) {} }
    let nest = try #require(LoopNest(ops))
    return (KernelHeuristic(nest, results: ops.last!.operation.results, unit: unit).choose(), nest)
  }

  @Test(arguments: programs) func lanesRunAlongMemory(_ program: Program) throws {
    let context = Context()
    for (m, n) in [(64, 128), (nil, 128), (nil, nil)] as [(Int?, Int?)] {
      let (found, nest) = try configuration(program, m, n, Self.avx512, context)
      #expect(found.lane == program.lane.flatMap { nest.dimensionOfLoop.last![$0] }, "\(String(describing: m)) x \(String(describing: n))")
      #expect(found.width == (program.lane == nil ? 1 : 16))
    }
  }

  /// Any shape gets a configuration that obeys the rules of the emitter.
  @Test(arguments: programs) func configurationsAreSound(_ program: Program) throws {
    let context = Context()
    for m in Self.sizes {
      for n in Self.sizes {
        for unit in Self.units {
          let (found, nest) = try configuration(program, m, n, unit, context)
          #expect(found.order.sorted() == nest.sharedDimensions.sorted())
          #expect(found.unroll.values.allSatisfy { $0 >= 1 })
          for d in found.order {
            let tile = found.tile[d, default: 1]
            #expect(tile >= 1)
            // A tile is whole steps, or the whole dimension.
            #expect(tile % found.step(d) == 0 || tile == nest.dimensions[d].size.map { max(1, $0) }, "\(found)")
          }
        }
      }
    }
  }

  /// Rows are fetched a row ahead, whatever their elements are.
  @Test(arguments: [("f32", 4096), ("f16", 2048), ("bf16", 2048), ("f64", 8192)])
  func rowsAheadInBytes(element: String, distance: Int) throws {
    let (t, r) = (Self.tensor(64, 1024, element: element), Self.tensor(64, element: element))
    let body = "%r = math.exp %a0 : \(element)\n %s = arith.addf %a1, %r : \(element)\n linalg.yield %s : \(element)"
    let context = Context()
    let (module, ops) = try F.parse(
      context, arguments: "%x: \(t), %i: \(r)",
      F.generic("%y", [("%x", t)], into: ("%i", r), maps: ["d0, d1", "d0"], kinds: "pr", body: body, elements: [element, element]))
    defer { withExtendedLifetime(module) {} }
    let nest = try #require(LoopNest(ops))
    let found = KernelHeuristic(nest, results: ops[0].operation.results, unit: Self.avx512).choose()
    #expect(found.lane == 1 && found.prefetch == .ahead(distance))
  }
}
