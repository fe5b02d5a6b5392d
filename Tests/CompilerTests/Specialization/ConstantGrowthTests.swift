import TesseraFiles
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// How large constants may become that are computed at compile time.
@Suite struct ConstantGrowthTests {
  /// 64 numbers become 2 MiB of rows.
  private static let text = """
    func.func @main(%x: tensor<64x8192xf32>) -> tensor<64x8192xf32> {
      %c = arith.constant dense<[\((0..<64).map { "\($0).0" }.joined(separator: ", "))]> : tensor<64xf32>
      %e = tensor.empty() : tensor<64x8192xf32>
      %large = linalg.generic {
        indexing_maps = [affine_map<(a, b) -> (a)>, affine_map<(a, b) -> (a, b)>], iterator_types = ["parallel", "parallel"]
      } ins(%c : tensor<64xf32>) outs(%e : tensor<64x8192xf32>) {
      ^bb0(%i: f32, %o: f32):
        %s = math.sqrt %i : f32
        linalg.yield %s : f32
      } -> tensor<64x8192xf32>
      %r = linalg.add ins(%x, %large : tensor<64x8192xf32>, tensor<64x8192xf32>) outs(%e : tensor<64x8192xf32>) -> tensor<64x8192xf32>
      return %r : tensor<64x8192xf32>
    }
    """

  @Test(arguments: [(4, "0"), (8191, "0"), (8192, "1")]) func limit(_ growth: Int, _ evaluated: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.text.utf8), to: "model.mlir")
    var options = CompileOptions()
    options.constantGrowth = growth
    let compilation = try ToolsDispatchFileTests.compile(path, options)
    #expect((compilation.statistics.first { $0.name == "constants evaluated" }?.value ?? "0") == evaluated)
    let x = try ToolsDispatchFileTests.tensor([64, 8192]) { _ in 1 }
    let result = ToolsDispatchFileTests.floats(try ToolsDispatchFileTests.call(compilation, [x])[0])
    #expect(result[0] == 1 && result[4 * 8192] == 3 && result[64 * 8192 - 8192 * 15] == 8)
  }
}
