import TesseraCompiler
import TesseraDiagnostics
import TesseraEncodings
import Testing

/// A compilation from outside: phases by name, IR that comes from a file, dimensions by name.
@Suite struct CompilationTests {
  /// Two exported functions, of which the second calls the first.
  private static let text = """
    func.func @main(%x: tensor<?x4xf32> {tessera.name = "x"}, %y: tensor<?x4xf32> {tessera.name = "y", tessera.shape = ["rows", "4"]}) -> tensor<?x4xf32> {
      %r = arith.addf %x, %x : tensor<?x4xf32>
      return %r : tensor<?x4xf32>
    }
    func.func @inner(%x: tensor<?xf32>) -> tensor<?xf32> {
      return %x : tensor<?xf32>
    }
    func.func @outer(%x: tensor<?xf32> {tessera.shape = ["n"]}) -> tensor<?xf32> {
      %r = call @inner(%x) : (tensor<?xf32>) -> tensor<?xf32>
      return %r : tensor<?xf32>
    }

    """

  private static func load(_ text: String, _ configure: (inout CompileOptions) -> Void = { _ in }) throws -> Compilation {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.mlir"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var options = CompileOptions()
    configure(&options)
    return try loadModel(path: path, options: options, observer: nil)
  }

  /// A phase of no name runs nothing.
  @Test func unknownPhases() throws {
    let compilation = try Self.load(Self.text)
    for (first, last) in [("inputs", nil), (nil, "code"), ("input", "")] as [(String?, String?)] {
      let error = #expect(throws: Diagnostic.self) { try compilation.run(from: first, through: last) }
      #expect(error?.id == "unknownPhase" && error?.category == .wrongUsage)
    }
    #expect(compilation.seconds.isEmpty && compilation.currentPhase == nil)
    try compilation.run(through: "dispatch-creation")
    #expect(compilation.currentPhase == "dispatch-creation")
    #expect(compilation.exportedFunctions == ["main", "inner", "outer"])
  }

  /// Dimensions are fixed by the names that signatures have.
  @Test(arguments: [
    (["x.0": 3], "tensor<3x4xf32>, tensor<?x4xf32>"), (["rows": 2], "tensor<?x4xf32>, tensor<2x4xf32>"),
    (["rows": 2, "x.0": 0], "tensor<0x4xf32>, tensor<2x4xf32>"),
  ])
  func dimensions(sizes: [String: Int], types: String) throws {
    let compilation = try Self.load(Self.text) { $0.dimensions = sizes }
    #expect(compilation.module.functions[0].attribute("function_type")?.description == "(\(types)) -> tensor<?x4xf32>")
    try compilation.run()
  }

  /// Dimensions that cannot be fixed.
  @Test(arguments: [
    ("y.0", 1, "no input of the model has a dimension 'y.0'"), ("x.1", 4, "no input of the model has a dimension 'x.1'"),
    ("input0.0", 1, "the sizes of 'inner' cannot be fixed, since other functions of the model call it"),
    ("n", 1 << 50, "the chosen sizes make an input of 'outer' the impossible type tensor<1125899906842624xf32>"),
  ])
  func wrongDimensions(name: String, size: Int, message: String) {
    let error = #expect(throws: Diagnostic.self) { _ = try Self.load(Self.text) { $0.dimensions = [name: size] } }
    #expect(error?.message == message)
  }

  /// What a rule never decides is told.
  @Test func unusedRules() throws {
    let product = """
      func.func @main(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>, %a: tensor<8x8xf32>) -> tensor<8x8xf32> {
        %p = linalg.matmul ins(%x, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%a : tensor<8x8xf32>) -> tensor<8x8xf32>
        return %p : tensor<8x8xf32>
      }

      """
    let spec = try PackingSpec("rows=8 => identity\ntag=none => identity\n")
    let compilation = try Self.load(product) { $0.packingSpec = spec }
    try compilation.run(through: "specialization")
    #expect(compilation.warnings.count == 1 && compilation.warnings[0].contains("'tag=none => identity' in line 2"))
  }
}
