import TesseraDiagnostics
import TesseraDialects
import TesseraFiles
import TesseraLibC
import TesseraMLIR
import TesseraModuleFormat
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU
@testable import TesseraVectorKernels

/// Configurations as text, and those that are tried.
@Suite struct ToolsConfigurationTests {
  /// All properties come back, those that are added later too.
  @Test func textComesBack() throws {
    let all = KernelConfiguration(
      lane: 2, width: 16, unroll: [1: 12, 2: 2], tile: [1: 24, 2: 32], order: [2, 1], transposed: 1, block: 5, unpack: 1,
      prefetch: .ahead(4096))
    #expect(all.text == "lane=2 width=16 unroll=1:12,2:2 tile=1:24,2:32 order=2,1 transposed=1 block=5 unpack=1 prefetch=4096")
    let scalar = KernelConfiguration(lane: nil, width: 1, order: [])
    let panels = KernelConfiguration(lane: 0, width: 4, order: [], prefetch: .nextPanel)
    for configuration in [all, scalar, panels] { #expect(KernelConfiguration(parsing: configuration.text) == configuration) }
    #expect(Mirror(reflecting: all).children.count == 9, "a new property belongs into the text")
  }

  @Test(arguments: [
    "", "lane=1", "lane=x width=1 order=0", "lane=1 width=0 order=0", "lane=1 width=4 order=0,0", "lane=1 width=4 order=0 order=0",
    "lane=1 width=4 order=0 unroll=1", "lane=1 width=4 order=0 tile=1:0", "lane=1 width=4 order=0 colour=red",
    "lane=1 width=4 order=0 block=9223372036854775807", "lane=1 width=4 order=0 prefetch=next",
    "lane=1 width=4 order=0 unroll=1:9223372036854775807", "lane=1 width=4 order=0,1 unroll=0:64,1:128",
    "lane=1 width=4 order=0 tile=0:9223372036854775807",
    "lane=1 width=4 order=0,1 tile=0:4096,1:8192", "lane=1 width=4 order=0,1 transposed=1",
  ])
  func otherTextIsNone(text: String) { #expect(KernelConfiguration(parsing: text) == nil) }

  /// Every configuration that is tried compiles, and the chosen one is the first.
  @Test func candidatesCompile() throws {
    let folder = try TemporaryFolder()
    let model = """
      func.func @main(%x: tensor<9x100xf32>, %y: tensor<9x100xf32>) -> tensor<9x100xf32> {
        %e = tensor.empty() : tensor<9x100xf32>
        %r = linalg.add ins(%x, %y : tensor<9x100xf32>, tensor<9x100xf32>) outs(%e : tensor<9x100xf32>) -> tensor<9x100xf32>
        return %r : tensor<9x100xf32>
      }
      """
    let path = try folder.write(Array(model.utf8), to: "model.mlir")
    let chosen = try ToolsDispatchFileTests.compile(path)
    let compilation = try loadModel(path: path, options: CompileOptions(), observer: nil)
    let tried = folder.path + "/tried"
    try compilation.tryConfigurations(in: tried)
    let lines = String(decoding: try FileBytes(path: tried + "/configurations").withUnsafeBytes { Array($0) }, as: UTF8.self).split(
      separator: "\n"
    ).map(String.init)
    for file in ["configurations"] + lines.indices.map({ "\($0).tsm" }) { #expect(unlink("\(tried)/\(file)") == 0) }
    rmdir(tried)
    #expect(lines.count > 3)
    #expect(lines.first == chosen.code.configurations.values.first)
    #expect(Set(lines).count == lines.count)
    #expect(compilation.notes.isEmpty, "\(compilation.notes)")
  }

  /// What works on rows as wholes is compiled as the heuristic has it, or not at all.
  @Test func rowsHaveOneConfiguration() throws {
    let folder = try TemporaryFolder()
    let model = """
      #keys = affine_map<(r, i, w) -> (r, i)>
      #order = affine_map<(r, i, w) -> (r, w)>
      func.func @main(%x: tensor<9x300xi32>) -> tensor<9x5xi64> {
        %e = tensor.empty() : tensor<9x5xi64>
        %r = "rows.select"(%x, %e) {
          indexing_maps = [#keys, #order],
          iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<reduction>, #linalg.iterator_type<reduction>],
          operandSegmentSizes = array<i32: 1, 1>
        } : (tensor<9x300xi32>, tensor<9x5xi64>) -> tensor<9x5xi64>
        return %r : tensor<9x5xi64>
      }
      """
    let path = try folder.write(Array(model.utf8), to: "model.mlir")
    let chosen = try #require(try ToolsDispatchFileTests.compile(path).code.configurations.values.first)
    for (configuration, isTaken) in [(chosen, true), (chosen + " tile=0:4", false)] {
      var options = CompileOptions()
      options.configuration = configuration
      let compilation = try loadModel(path: path, options: options, observer: nil)
      if isTaken { try compilation.run() } else { #expect(throws: Diagnostic.self) { try compilation.run() } }
    }
  }

  /// A product of `rows` x 64 with an operand in panels of 32 columns, as the executable that the compiler makes of it.
  private static func packedProduct(rows: Int?) -> String {
    let size = rows.map(String.init) ?? "?"
    return """
      #rows = affine_map<(m, n, k) -> (m, k)>
      #panels = affine_map<(m, n, k) -> (n floordiv 32, k, n mod 32)>
      #result = affine_map<(m, n, k) -> (m, n)>
      func.func @main(\(rows == nil ? "%n: index, " : "")%x: tensor<\(size)x64xf32>, %w: tensor<4x64x32xf32>) -> tensor<\(size)x128xf32>
        attributes {flow.executable, flow.operand_dims = array<i64\(rows == nil ? ": 0" : "")>, flow.result_dims = array<i64\(rows == nil ? ": 0" : "")>} {
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty(\(rows == nil ? "%n" : "")) : tensor<\(size)x128xf32>
        %f = linalg.generic {indexing_maps = [affine_map<(m, n) -> ()>, affine_map<(m, n) -> (m, n)>], iterator_types = ["parallel", "parallel"]}
          ins(%zero : f32) outs(%e : tensor<\(size)x128xf32>) {
        ^bb0(%a: f32, %b: f32):
          linalg.yield %a : f32
        } -> tensor<\(size)x128xf32>
        %r = linalg.generic {indexing_maps = [#rows, #panels, #result], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%x, %w : tensor<\(size)x64xf32>, tensor<4x64x32xf32>) outs(%f : tensor<\(size)x128xf32>) {
        ^bb0(%a: f32, %b: f32, %c: f32):
          %m = arith.mulf %a, %b : f32
          %s = arith.addf %c, %m : f32
          linalg.yield %s : f32
        } -> tensor<\(size)x128xf32>
        return %r : tensor<\(size)x128xf32>
      }
      """
  }

  /// The next panel is fetched where it is known how many tiles share one; elsewhere it is not tried, and an error where it is asked for.
  @Test(arguments: [(96, true), (nil, false)] as [(Int?, Bool)]) func panelsOfSharingTiles(rows: Int?, areShared: Bool) throws {
    let unit = VectorUnit(vectorByteCount: 64, registerCount: 32, hasFMA: true)
    let context = Context()
    let module = try TesseraMLIR.Module(parsing: Self.packedProduct(rows: rows), context)
    let executable = module.functions[0]
    let tried = try candidateConfigurations(executable, unit: unit)
    #expect(tried.contains { $0.hasSuffix("prefetch=panel") } == areShared)
    #expect(tried.contains { $0.hasSuffix("prefetch=16384") })

    var asked = try #require(KernelConfiguration(parsing: tried[0]))
    asked.prefetch = .nextPanel
    executable.setAttribute(ExecutableAttribute.configuration, .string(asked.text, context))
    let kernels = TesseraMLIR.Module(context)
    if areShared {
      _ = try emitKernel(executable, unit: unit, into: kernels)
      // Into the second-level cache.
      #expect(kernels.operation.text().contains("hint = 2"))
    } else {
      let error = #expect(throws: Diagnostic.self) { try emitKernel(executable, unit: unit, into: kernels) }
      #expect(error?.message.hasSuffix("no known number of tiles shares panels of a packed operand, which 'prefetch=panel' needs") == true)
    }
  }
}
