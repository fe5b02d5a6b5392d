import TesseraKernels
import TesseraMLIR
import Testing

@testable import TesseraTargetCPU

/// Which results may overwrite which operands.
@Suite struct KernelInPlaceTests {
  /// An executable of one input `%x`, with the operations `body`, that returns `results`.
  private func pairs(_ body: String, _ results: String, count: Int) throws -> [[Int]] {
    let types = [String](repeating: "tensor<64xf32>", count: count).joined(separator: ", ")
    let text = """
      func.func private @f(%x: tensor<64xf32>) -> (\(types)) {
        %e = tensor.empty() : tensor<64xf32>
        \(body)
        return \(results) : \(types)
      }
      """
    let context = Context()
    let module = try Module(parsing: text, context)
    let source = try KernelSource(module.functions[0])
    return withExtendedLifetime(module) { source.inPlacePairs().map { [$0.result, $0.operand] } }
  }

  private func elementwise(_ name: String, _ input: String, read map: String = "d0") -> String {
    KernelFixtures.elementwise(name, [(input, "tensor<64xf32>", map)], "math.absf", type: "tensor<64xf32>", rank: 1)
  }

  @Test func elementwiseMayOverwriteItsOperand() throws {
    #expect(try pairs(elementwise("%r", "%x"), "%r", count: 1) == [[0, 0]])
    #expect(try pairs(elementwise("%q", "%x") + elementwise("%r", "%q"), "%r", count: 1) == [[0, 0]])
  }

  /// The second result reads the input after the first has been stored.
  @Test func severalResultsOverwriteNothing() throws {
    #expect(try pairs(elementwise("%q", "%x") + elementwise("%r", "%x"), "%q, %r", count: 2) == [])
  }

  @Test func operandsReadElsewhereAreNotOverwritten() throws {
    #expect(try pairs(elementwise("%r", "%x", read: "0"), "%r", count: 1) == [])
  }
}
