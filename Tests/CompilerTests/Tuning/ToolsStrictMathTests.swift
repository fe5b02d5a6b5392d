import TesseraDiagnostics
import TesseraFiles
import TesseraRuntime
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// `--strict-math`: products and sums are rounded one by one, in the order of the program.
@Suite struct ToolsStrictMathTests {
  /// A matrix product along contiguous rows of both operands (the fast way has lanes along the sum), and a sum along rows.
  static let model = """
    func.func @main(%x: tensor<6x100xf32>, %y: tensor<5x100xf32>) -> (tensor<6x5xf32>, tensor<6xf32>) {
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<6x5xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<6x5xf32>) -> tensor<6x5xf32>
      %p = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<6x100xf32>, tensor<5x100xf32>) outs(%f : tensor<6x5xf32>) {
      ^bb0(%a: f32, %b: f32, %c: f32):
        %m = arith.mulf %a, %b : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<6x5xf32>
      %es = tensor.empty() : tensor<6xf32>
      %fs = linalg.fill ins(%zero : f32) outs(%es : tensor<6xf32>) -> tensor<6xf32>
      %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<6x100xf32>) outs(%fs : tensor<6xf32>) {
      ^bb0(%a: f32, %b: f32):
        %s = arith.addf %b, %a : f32
        linalg.yield %s : f32
      } -> tensor<6xf32>
      return %p, %r : tensor<6x5xf32>, tensor<6xf32>
    }
    """

  @Test func everyBitIsThatOfTheProgram() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(Self.model.utf8), to: "model.mlir")
    var options = CompileOptions()
    options.isStrictMath = true
    let strict = try ToolsDispatchFileTests.compile(path, options)
    // Numbers whose products and sums are all rounded.
    func number(_ i: Int) -> Float { Float(i &* 7919 % 1000) / 997 - 0.3 }
    let x = try ToolsDispatchFileTests.tensor([6, 100]) { number($0) }
    let y = try ToolsDispatchFileTests.tensor([5, 100]) { number($0 + 31) }
    let outputs = try ToolsDispatchFileTests.call(strict, [x, y]).map(ToolsDispatchFileTests.floats)
    for i in 0..<6 {
      for j in 0..<5 {
        var sum: Float = 0
        for k in 0..<100 {
          let product = number(i * 100 + k) * number(j * 100 + k + 31)
          sum += product
        }
        #expect(outputs[0][i * 5 + j] == sum)
      }
      var sum: Float = 0
      for k in 0..<100 { sum += number(i * 100 + k) }
      #expect(outputs[1][i] == sum)
    }
    // Not a matter of course: by default the order is another one.
    let usual = try ToolsDispatchFileTests.call(try ToolsDispatchFileTests.compile(path), [x, y]).map(ToolsDispatchFileTests.floats)
    #expect(usual != outputs)
    for (a, b) in zip(usual.joined(), outputs.joined()) { #expect(abs(a - b) <= 1e-4) }
  }
}
