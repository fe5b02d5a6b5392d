import TesseraConstants
import TesseraFiles
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// Constants that are the same are stored once.
@Suite struct SharedConstantsTests {
  /// The rows of a weight.
  private static let rows = (0..<64).map { row in "[\((0..<64).map { "\(row * $0).5" }.joined(separator: ", "))]" }.joined(separator: ", ")
  /// Two layers with one weight.
  private static let text = """
    ml_program.global private @w(dense<[\(rows)]> : tensor<64x64xf32>) : tensor<64x64xf32>
    func.func @main(%x: tensor<8x64xf32>) -> tensor<8x64xf32> {
      %w = ml_program.global_load_const @w : tensor<64x64xf32>
      %v = ml_program.global_load_const @w : tensor<64x64xf32>
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<8x64xf32>
      %z = linalg.fill ins(%zero : f32) outs(%e : tensor<8x64xf32>) -> tensor<8x64xf32>
      %a = linalg.matmul ins(%x, %w : tensor<8x64xf32>, tensor<64x64xf32>) outs(%z : tensor<8x64xf32>) -> tensor<8x64xf32>
      %b = linalg.tanh ins(%a : tensor<8x64xf32>) outs(%e : tensor<8x64xf32>) -> tensor<8x64xf32>
      %c = linalg.matmul ins(%b, %v : tensor<8x64xf32>, tensor<64x64xf32>) outs(%z : tensor<8x64xf32>) -> tensor<8x64xf32>
      return %c : tensor<8x64xf32>
    }
    """

  @Test func packedOnce() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.text.utf8), to: "model.mlir")
    let compilation = try ToolsDispatchFileTests.compile(path, CompileOptions())
    #expect(compilation.statistics.first { $0.name == "constants evaluated" }?.value == "1")
  }

  @Test func equalBytes() {
    var known = EqualConstants()
    let a = ConstantBytes.owned((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    known.add("a", a, type: "tensor<1024xf32>")
    known.add("empty", .owned([]), type: "tensor<0xf32>")
    #expect(known.symbol(ofEqual: a, type: "tensor<1024xf32>") == "a")
    #expect(known.symbol(ofEqual: a, type: "tensor<1024xi32>") == nil)
    #expect(known.symbol(ofEqual: .owned([]), type: "tensor<0xf32>") == "empty")
    // Differences that a sample of the bytes misses count too.
    for place in [0, 9, 1000, 4095] {
      let other = ConstantBytes.owned((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7) &+ ($0 == place ? 1 : 0) })
      #expect(known.symbol(ofEqual: other, type: "tensor<1024xf32>") == nil)
    }
  }
}
