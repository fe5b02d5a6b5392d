import Foundation
import TesseraMLIR
import TesseraTargetCPU
import Testing

@testable import TesseraCompiler

/// Kernels on packed weights, looked at as assembly: each target's panels are read by whole vectors, and multiplied as the target does best.
@Suite struct EncodingAssemblyTests {
  static let program = """
    func.func @dense(%x: tensor<96x64xf32>) -> tensor<96x256xf32> {
      %w = ml_program.global_load_const @w : tensor<64x256xf32>
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<96x256xf32>
      %i = linalg.fill ins(%zero : f32) outs(%e : tensor<96x256xf32>) -> tensor<96x256xf32>
      %y = linalg.matmul ins(%x, %w : tensor<96x64xf32>, tensor<64x256xf32>) outs(%i : tensor<96x256xf32>) -> tensor<96x256xf32>
      return %y : tensor<96x256xf32>
    }
    ml_program.global private @w(#ml_program.extern : tensor<64x256xf32>) : tensor<64x256xf32>
    """

  struct Row: CustomTestStringConvertible, Sendable {
    var target: String
    /// The packed weight.
    var packed: String
    /// A multiply-add (or a multiplication, where there is none) of a whole register.
    var multiply: String
    /// Loads of a whole register.
    var loads: [String]
    /// What only scattered reads need.
    var never: [String]
    var testDescription: String { target }
  }

  @Test(arguments: [
    Row(
      target: "x86-64-v4", packed: "tensor<8x64x32xf32>", multiply: #"vfmadd\w+ps.*zmm"#, loads: [#"vmovups.*\(.*zmm"#],
      never: ["gather", "vinsertps"]),
    Row(
      target: "x86-64-v3", packed: "tensor<16x64x16xf32>", multiply: #"vfmadd\w+ps.*ymm"#, loads: [#"vmovups.*\(.*ymm"#],
      never: ["gather", "vinsertps", "zmm"]),
    Row(
      target: "x86-64-v2", packed: "tensor<32x64x8xf32>", multiply: #"mulps.*xmm"#, loads: [#"movups.*\(.*xmm"#],
      never: ["insertps", "ymm"]),
    Row(
      target: "aarch64", packed: "tensor<32x64x8xf32>", multiply: #"fmla\s+v\d+\.4s"#, loads: [#"ld[rp]\s+q\d+"#],
      never: [#"ld1\s+\{ v\d+\.s \}\[\d\]"#]),
  ])
  func reads(_ row: Row) throws {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/dense.mlir"
    try Self.program.write(toFile: path, atomically: true, encoding: .utf8)
    var options = CompileOptions()
    options.target = try CPUTarget(named: "\(row.target)")
    options.kernelDumpFolder = folder.path
    let compilation = try loadModel(path: path, options: options, observer: nil)
    // The global has no bytes: the packing stays an operation, whose kernel is another one.
    try compilation.run(through: "codegen")
    #expect(compilation.module.operation.description.contains(row.packed))
    let symbol = try #require(compilation.code.symbols.first { compilation.code.kernels[$0]?.name.hasPrefix("contraction") == true })
    let assembly = try #require(compilation.code.assembly[symbol])
    func count(_ pattern: String) throws -> Int { assembly.matches(of: try Regex(pattern)).count }
    #expect(try count(row.multiply) >= 8, "a register tile of at least 8 accumulators")
    for load in row.loads { #expect(try count(load) >= 1) }
    for pattern in row.never { #expect(try count(pattern) == 0, "\(pattern)") }
  }
}
