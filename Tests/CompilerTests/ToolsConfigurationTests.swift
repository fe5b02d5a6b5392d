import Diagnostics
import Glibc
import ModuleFormat
import Testing

@testable import Compiler
@testable import TargetCPU

/// Configurations as text, and those that are tried.
@Suite struct ToolsConfigurationTests {
  /// All properties come back, those that are added later too.
  @Test func textComesBack() throws {
    let all = KernelConfiguration(
      lane: 2, width: 16, unroll: [1: 12, 2: 2], tile: [1: 24, 2: 32], order: [2, 1], transposed: 1, block: 5, prefetch: .ahead(4096))
    #expect(all.text == "lane=2 width=16 unroll=1:12,2:2 tile=1:24,2:32 order=2,1 transposed=1 block=5 prefetch=4096")
    let scalar = KernelConfiguration(lane: nil, width: 1, order: [])
    let panels = KernelConfiguration(lane: 0, width: 4, order: [], prefetch: .nextPanel)
    for configuration in [all, scalar, panels] { #expect(KernelConfiguration(parsing: configuration.text) == configuration) }
    #expect(Mirror(reflecting: all).children.count == 8, "a new property belongs into the text")
  }

  @Test(arguments: [
    "", "lane=1", "lane=x width=1 order=0", "lane=1 width=0 order=0", "lane=1 width=4 order=0,0", "lane=1 width=4 order=0 order=0",
    "lane=1 width=4 order=0 unroll=1", "lane=1 width=4 order=0 tile=1:0", "lane=1 width=4 order=0 colour=red",
    "lane=1 width=4 order=0 block=9223372036854775807", "lane=1 width=4 order=0 prefetch=next",
  ])
  func otherTextIsNone(text: String) { #expect(KernelConfiguration(parsing: text) == nil) }

  /// Every configuration that is tried compiles, and the chosen one is the first.
  @Test func candidatesCompile() throws {
    var folder = try TemporaryFolder()
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
    var folder = try TemporaryFolder()
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
}
