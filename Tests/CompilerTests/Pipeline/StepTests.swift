import TesseraDiagnostics
import Testing

@testable import TesseraCompiler

/// Steps by name: each can be stopped after, and gone on from by its text.
@Suite struct StepTests {
  /// A transposed operand, a product with weights that are known, a softmax, and a slice of what comes out.
  private static let text = """
    func.func @main(%x: tensor<?x8xf32> {tessera.shape = ["n", "8"]}) -> tensor<?x4xf32> {
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0.0 : f32
      %n = tensor.dim %x, %c0 : tensor<?x8xf32>
      %w = arith.constant dense<0.5> : tensor<8x8xf32>
      %we = tensor.empty() : tensor<8x8xf32>
      %wt = linalg.transpose ins(%w : tensor<8x8xf32>) outs(%we : tensor<8x8xf32>) permutation = [1, 0]
      %e = tensor.empty(%n) : tensor<?x8xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
      %p = linalg.matmul ins(%x, %wt : tensor<?x8xf32>, tensor<8x8xf32>) outs(%f : tensor<?x8xf32>) -> tensor<?x8xf32>
      %s = linalg.softmax dimension(1) ins(%p : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
      %r = tensor.extract_slice %s[0, 2] [%n, 4] [1, 1] : tensor<?x8xf32> to tensor<?x4xf32>
      return %r : tensor<?x4xf32>
    }

    """

  /// The steps after which there is IR to go on from.
  static let resumable = Pipeline.steps.filter { !$0.makesProduct }.map(\.name)

  private static func load(_ text: String) throws -> Compilation {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.mlir"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try loadModel(path: path, options: CompileOptions(), observer: nil)
  }

  /// A name says one thing.
  @Test func names() {
    let names = Pipeline.phases.map(\.name) + Pipeline.steps.map(\.name) + ["all"]
    #expect(Set(names).count == names.count)
    #expect(Pipeline.phases.allSatisfy { !$0.steps.isEmpty })
  }

  /// The positions of phases and steps agree.
  @Test func positions() throws {
    #expect(try Pipeline.positions(of: "input").lowerBound == 0)
    #expect(try Pipeline.positions(of: "scheduling").upperBound == Pipeline.steps.count)
    for (i, step) in Pipeline.steps.enumerated() { #expect(try Pipeline.positions(of: step.name) == i..<i + 1) }
    let stages = Pipeline.stages(at: 1..<Pipeline.steps.count - 1)
    #expect(stages.map(\.steps.count).reduce(0, +) == Pipeline.steps.count - 2)
    #expect(stages[0].steps.startIndex == 1 && stages[0].endsPhase)
  }

  /// The text after a step is all that the steps behind it need.
  @Test(arguments: resumable) func resumes(step: String) throws {
    let whole = try Self.load(Self.text)
    try whole.run(through: "dispatch-creation")
    let first = try Self.load(Self.text)
    try first.run(through: step)
    // Messages of checks name the places that operations come from.
    let second = try Self.load(first.text(locations: true))
    try second.run(after: step, through: "dispatch-creation")
    #expect(second.text() == whole.text())
  }

  /// Code generation and scheduling print what they made, not the IR that they leave alone.
  @Test func products() throws {
    let compilation = try Self.load(Self.text)
    compilation.module.operation.setAttribute("tessera.unused", .unit(compilation.context))
    var options = CompileOptions()
    options.dumpsKernels = true
    let dumped = Compilation(context: compilation.context, options: options, module: compilation.module, constants: compilation.constants)
    try dumped.run()
    let texts = try Pipeline.steps.filter(\.makesProduct).map { try dumped.text(after: $0) }
    #expect(texts.count == 2)
    #expect(texts[0].contains("// kernel dispatch_0") && texts[0].contains("llvm.") && texts[1].contains("dispatch site="))
  }
}
