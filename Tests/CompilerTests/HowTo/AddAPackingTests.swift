import TesseraEncodings
import TesseraFiles
import TesseraMLIR
import Testing

@testable import TesseraCompiler
@testable import TesseraTargetCPU

/// `docs/HowTo/AddAPacking.md`, followed: `WidePanels` is added from outside, in three ways, and in use.
@Suite struct AddAPackingTests {
  private static let rows = 4, depth = 9, columns = 150

  /// The weight at (k, n), and an input at (m, k).
  private static func weight(_ k: Int, _ n: Int) -> Float { Float((k * 31 + n * 17) % 23) - 11 }
  private static func input(_ m: Int, _ k: Int) -> Float { Float((m * 13 + k * 7) % 19) - 9 }

  private static var model: String {
    let values = (0..<depth).map { k in "[" + (0..<columns).map { "\(weight(k, $0))" }.joined(separator: ", ") + "]" }
    let (x, w, y) = ("tensor<\(rows)x\(depth)xf32>", "tensor<\(depth)x\(columns)xf32>", "tensor<\(rows)x\(columns)xf32>")
    return """
      func.func @main(%x: \(x)) -> \(y) {
        %w = arith.constant dense<[\(values.joined(separator: ", "))]> : \(w)
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty() : \(y)
        %i = linalg.fill ins(%zero : f32) outs(%e : \(y)) -> \(y)
        %y = linalg.matmul ins(%x, %w : \(x), \(w)) outs(%i : \(y)) -> \(y)
        return %y : \(y)
      }
      """
  }

  /// Compiles and runs the model, checks all results, and returns the types of the constants that the kernel reads.
  private static func compileAndRun(_ options: CompileOptions) throws -> [String] {
    let folder = try TemporaryFolder()
    let compilation = try ToolsDispatchFileTests.compile(try folder.write(Array(model.utf8), to: "model.mlir"), options)
    let x = try ToolsDispatchFileTests.tensor([rows, depth]) { input($0 / depth, $0 % depth) }
    let result = ToolsDispatchFileTests.floats(try ToolsDispatchFileTests.call(compilation, [x])[0])
    for (i, value) in result.enumerated() {
      // Small integers: the sum is exact in any order.
      let expected = (0..<depth).reduce(Float(0)) { $0 + input(i / columns, $1) * weight($1, i % columns) }
      #expect(value == expected, "at \(i)")
    }
    #expect(compilation.statistics.contains { $0.name == "packs left at run time" && $0.value == "0" })
    let globals = compilation.module.body.operations.filter { $0.name == "ml_program.global" }
    return globals.compactMap { $0.attribute("type")?.typeValue?.description }
  }

  /// Without it: the weight in the target's own layout.
  @Test func targetsOwn() throws {
    var options = CompileOptions()
    options.target = try CPUTarget(named: "host")
    #expect(try Self.compileAndRun(options) != ["tensor<3x9x64xf32>"])
  }

  /// In three panels of 64 columns, the last one incomplete.
  @Test func registeredResolver() throws {
    var options = CompileOptions()
    options.resolver = try WidePanels(PackingParameters([]))
    #expect(try Self.compileAndRun(options) == ["tensor<3x9x64xf32>"])
  }

  @Test func namedInASpec() throws {
    var packings = PackingRegistry.standard
    packings.register("wide-panels") { parameters throws(PackingError) in try WidePanels(parameters) }
    var options = CompileOptions()
    options.packingSpec = try PackingSpec("constant rows=1..4 => wide-panels columns=32", packings: packings)
    #expect(try Self.compileAndRun(options) == ["tensor<5x9x32xf32>"])
    // The spec comes before the registered resolver.
    options.resolver = try WidePanels(PackingParameters([]))
    #expect(try Self.compileAndRun(options) == ["tensor<5x9x32xf32>"])
  }

  /// What it leaves alone goes to the target: too many rows for it.
  @Test func leavesOthers() throws {
    var options = CompileOptions()
    options.resolver = try WidePanels(PackingParameters(["rows=2"]))
    #expect(try Self.compileAndRun(options) != ["tensor<3x9x64xf32>"])
  }

  /// The page shows the whole packing, which is short.
  @Test func page() throws {
    let code = try Repository.text("Tests/CompilerTests/HowTo/WidePanels.swift")
    #expect(code.split(separator: "\n", omittingEmptySubsequences: false).count < 100)
    let page = try Repository.text("docs/HowTo/AddAPacking.md")
    for line in code.split(separator: "\n") { #expect(page.contains(line), "the page does not have '\(line)'") }
  }
}
