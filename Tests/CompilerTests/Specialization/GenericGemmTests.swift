import TesseraEncodings
import TesseraLoopNests
import TesseraMLIR
import TesseraTargetCPU
import Testing

@testable import TesseraCompiler

/// Different operations become the same packed product.
@Suite struct GenericGemmTests {
  /// The contraction of a golden's program, packed.
  private func contraction(_ name: String) throws -> (op: StructuredOp, compilation: Compilation) {
    let golden = try PhaseGolden(path: "Tests/Phases/specialization/generic-gemm-\(name).mlir")
    var options = CompileOptions()
    options.packingSpec = try PackingSpec(golden.packings)
    let compilation = try loadModel(path: "\(Repository.path)/\(golden.path)", options: options, observer: nil)
    try compilation.run(through: "specialization")
    let ops = compilation.module.functions.flatMap(\.descendants).compactMap(StructuredOp.init)
    let found = ops.first { $0.reusesInputs }
    return (try #require(found), compilation)
  }

  /// The inner loops are m, k, n, of the tiles' sizes; the last dimensions of the operands are tiles of m x k, k x n and m x n.
  @Test(arguments: ["matmul", "batch-transposed", "conv2d", "permuted"]) func form(_ name: String) throws {
    let (op, compilation) = try contraction(name)
    withExtendedLifetime(compilation) {
      let n = op.loopCount
      #expect(op.iterators.suffix(3) == [.parallel, .reduction, .parallel])
      #expect(op.staticLoopSizes.suffix(3) == [8, 4, 16])
      let tails = op.maps.map { $0.results.suffix(2).map { $0.asDimension.map { $0 - n } } }
      #expect(tails == [[-3, -2], [-2, -1], [-3, -1]])
      // Before the tiles: their numbers, rows or columns first, the sum last.
      let outer = op.maps.map { $0.results.dropLast(2).last?.asDimension }
      #expect(outer[0] == outer[1] && outer[0].map { op.iterators[$0] } == .reduction)
      #expect(outer[2].map { op.iterators[$0] } == .parallel)
    }
  }

  /// A rule for the operator of one name: here a position in a file, in ONNX the name of a node.
  @Test(arguments: [(5, "3"), (4, "0")]) func source(line: Int, packed: String) throws {
    let path = "\(Repository.path)/Tests/Phases/specialization/generic-gemm-matmul.mlir"
    var options = CompileOptions()
    options.target = try CPUTarget(named: "x86-64-v4")
    options.packingSpec = try PackingSpec("tag=\(path):\(line):8 => generic-gemm")
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: "specialization")
    #expect(compilation.statistics.contains { $0.name == "packed operands" && $0.value == packed })
  }

  /// One product feeds the next: packs of the input and of both weights, one unpack, and nothing between.
  @Test func chain() throws {
    let (_, compilation) = try contraction("chain")
    #expect(compilation.statistics.contains { $0.name == "packs left at run time" && $0.value == "3" })
    #expect(compilation.statistics.contains { $0.name == "unpacks left at run time" && $0.value == "1" })
    try compilation.run(from: "dispatch-creation", through: "dispatch-creation")
    // Both products, with the bias and the activation in the first.
    let contractions = compilation.module.functions.filter { f in f.descendants.compactMap(StructuredOp.init).contains { $0.reusesInputs } }
    #expect(contractions.count == 2)
    #expect(contractions[0].descendants.contains { $0.name == "math.exp" })
  }
}
