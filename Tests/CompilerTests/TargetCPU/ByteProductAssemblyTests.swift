import Foundation
import TesseraMLIR
import TesseraTargetCPU
import Testing

@testable import TesseraCompiler

/// Products of bytes, looked at as assembly: each target multiplies them by the instruction that it has for that.
@Suite struct ByteProductAssemblyTests {
  /// A product of bytes with a constant operand; `rows` and `columns` say how each is widened.
  static func program(rows: String, columns: String) -> String {
    """
    func.func @product(%x: tensor<96x64xi8>) -> tensor<96x256xi32> {
      %w = ml_program.global_load_const @w : tensor<64x256xi8>
      %zero = arith.constant 0 : i32
      %e = tensor.empty() : tensor<96x256xi32>
      %i = linalg.fill ins(%zero : i32) outs(%e : tensor<96x256xi32>) -> tensor<96x256xi32>
      %y = linalg.generic {
        indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
        iterator_types = ["parallel", "parallel", "reduction"]
      } ins(%x, %w : tensor<96x64xi8>, tensor<64x256xi8>) outs(%i : tensor<96x256xi32>) {
      ^bb0(%a: i8, %b: i8, %sum: i32):
        %p = \(rows) %a : i8 to i32
        %q = \(columns) %b : i8 to i32
        %r = arith.muli %p, %q : i32
        %s = arith.addi %sum, %r : i32
        linalg.yield %s : i32
      } -> tensor<96x256xi32>
      return %y : tensor<96x256xi32>
    }
    ml_program.global private @w(#ml_program.extern : tensor<64x256xi8>) : tensor<64x256xi8>
    """
  }

  struct Row: CustomTestStringConvertible, Sendable {
    var target: String
    /// How the operands are widened: `extsi` or `extui`.
    var rows: String
    var columns: String
    /// The instruction, and others that would be there without it.
    var instruction: String
    var never: [String]
    var testDescription: String { "\(target) \(rows) \(columns)" }
  }

  @Test(arguments: [
    Row(target: "neoverse-n1", rows: "extsi", columns: "extsi", instruction: #"sdot\s+v\d+\.4s"#, never: [#"\bmla\s"#, "udot"]),
    Row(target: "neoverse-n1", rows: "extui", columns: "extui", instruction: #"udot\s+v\d+\.4s"#, never: [#"\bmla\s"#, "sdot"]),
    Row(target: "neoverse-n1", rows: "extui", columns: "extsi", instruction: #"sdot\s+v\d+\.4s"#, never: [#"\bmla\s"#, "udot"]),
    Row(target: "neoverse-n1", rows: "extsi", columns: "extui", instruction: #"udot\s+v\d+\.4s"#, never: [#"\bmla\s"#, "sdot"]),
    Row(target: "aarch64", rows: "extui", columns: "extsi", instruction: #"\bmla\s+v\d+\.4s"#, never: ["sdot", "udot"]),
    Row(target: "znver4", rows: "extui", columns: "extsi", instruction: "vpdpbusd.*zmm", never: ["vpmaddwd"]),
    Row(target: "x86-64-v3", rows: "extui", columns: "extsi", instruction: "vpmaddwd.*ymm", never: ["vpdpbusd", "vpmulld"]),
  ])
  func multiplies(_ row: Row) throws {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/product.mlir"
    let text = Self.program(rows: "arith.\(row.rows)", columns: "arith.\(row.columns)")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var options = CompileOptions()
    options.target = try CPUTarget(named: "\(row.target)")
    options.kernelDumpFolder = folder.path
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: "codegen")
    let symbol = try #require(compilation.code.symbols.first { compilation.code.kernels[$0]?.name.hasPrefix("contraction") == true })
    let assembly = try #require(compilation.code.assembly[symbol])
    func count(_ pattern: String) throws -> Int { assembly.matches(of: try Regex(pattern)).count }
    #expect(try count(row.instruction) >= 8, "a register tile of at least 8 accumulators")
    for pattern in row.never { #expect(try count(pattern) == 0, "\(pattern)") }
  }
}
