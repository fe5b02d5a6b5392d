import Foundation
import TesseraMLIR
import TesseraModuleFormat
import TesseraTargetPortable
import Testing

@testable import TesseraCompiler

/// Kernels as portable code: what a kernel becomes, looked at as text.
@Suite struct PortableCodeTests {
  /// The code of the first kernel of `program` whose name begins with `kind`.
  private func code(_ program: String, _ kind: String) throws -> String {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/program.mlir"
    try program.write(toFile: path, atomically: true, encoding: .utf8)
    var options = CompileOptions()
    options.target = try Targets.parse("portable")
    options.kernelDumpFolder = folder.path
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: "codegen")
    let symbol = try #require(compilation.code.symbols.first { compilation.code.kernels[$0]?.name.hasPrefix(kind) == true })
    return try #require(compilation.code.assembly[symbol])
  }

  /// A step of a contraction is no loop: an instruction has all of them, for up to 16 rows.
  @Test(arguments: [
    ("f32", "arith.mulf", "arith.addf", ""), ("f64", "arith.mulf", "arith.addf", ""), ("i8", "arith.muli", "arith.addi", "arith.extsi"),
    ("bf16", "arith.mulf", "arith.addf", "arith.extf"),
  ])
  func contractionIsOneInstruction(_ element: String, _ multiply: String, _ add: String, _ widen: String) throws {
    let sum = element == "i8" ? "i32" : element == "bf16" ? "f32" : element, zero = sum == "i32" ? "0" : "0.0"
    let factors = widen.isEmpty ? "" : "%p = \(widen) %a : \(element) to \(sum)\n%q = \(widen) %b : \(element) to \(sum)\n"
    let text = try code(
      """
      func.func @product(%x: tensor<96x80xELEMENT>, %w: tensor<80x128xELEMENT>) -> tensor<96x128xSUM> {
        %zero = arith.constant ZERO : SUM
        %e = tensor.empty() : tensor<96x128xSUM>
        %i = linalg.fill ins(%zero : SUM) outs(%e : tensor<96x128xSUM>) -> tensor<96x128xSUM>
        %y = linalg.generic {
          indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]
        } ins(%x, %w : tensor<96x80xELEMENT>, tensor<80x128xELEMENT>) outs(%i : tensor<96x128xSUM>) {
        ^bb0(%a: ELEMENT, %b: ELEMENT, %sum: SUM):
          FACTORS%r = MULTIPLY PRODUCT : SUM
          %s = ADD %sum, %r : SUM
          linalg.yield %s : SUM
        } -> tensor<96x128xSUM>
        return %y : tensor<96x128xSUM>
      }
      """
      .replacingOccurrences(of: "PRODUCT", with: widen.isEmpty ? "%a, %b" : "%p, %q")
      .replacingOccurrences(of: "FACTORS", with: factors).replacingOccurrences(of: "MULTIPLY", with: multiply)
      .replacingOccurrences(of: "ADD", with: add).replacingOccurrences(of: "ELEMENT", with: element)
      .replacingOccurrences(of: "SUM", with: sum).replacingOccurrences(of: "ZERO", with: zero), "contraction")
    #expect(text.contains("contract.\(sum)x64"))
    #expect(text.matches(of: /\n.*\tloop\./).count <= 1, "the loop over tiles is the only one")
  }

  /// A product that is only added to something is no instruction of its own.
  @Test func productAndSumAreOne() throws {
    let text = try code(
      """
      func.func @scale(%x: tensor<1000xf32>, %y: tensor<1000xf32>) -> tensor<1000xf32> {
        %p = arith.mulf %x, %x : tensor<1000xf32>
        %s = arith.addf %p, %y : tensor<1000xf32>
        return %s : tensor<1000xf32>
      }
      """, "")
    #expect(text.contains("multiplyAdd.f32x64 0"))
    #expect(!text.contains("multiply.f32"))
  }
}
