import TesseraDiagnostics
import TesseraMLIR
import Testing

@testable import TesseraCompiler

/// What no phase can treat is an error where it comes in, or of the phase that made it.
@Suite struct LevelTests {
  /// A function whose structured operation computes `body`, which yields `%q`.
  private static func generic(_ body: String) -> String {
    """
    func.func @main(%x: tensor<4x4xf32>) -> tensor<4xf32> {
      %e = tensor.empty() : tensor<4xf32>
      %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
      ^bb0(%b: f32):
        %i = linalg.index 0 : index
        %c0 = arith.constant 0 : index
        \(body)
        linalg.yield %q : f32
      } -> tensor<4xf32>
      return %r : tensor<4xf32>
    }

    """
  }

  private static func load(_ text: String) throws -> Compilation {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.mlir"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try loadModel(path: path, options: CompileOptions(), observer: nil)
  }

  /// Tensors within bodies: kernels read and write those of their dispatch only. Each has a line that names the operation.
  @Test(arguments: [
    ("tensor.from_elements", "%t = tensor.from_elements %b, %b : tensor<2xf32>\n%q = tensor.extract %t[%i] : tensor<2xf32>"),
    (
      "linalg.generic",
      """
      %t = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
          ^bb0(%o: f32):
            linalg.yield %b : f32
          } -> tensor<4xf32>
      %q = tensor.extract %t[%i] : tensor<4xf32>
      """
    ),
  ])
  func bodies(name: String, body: String) throws {
    let compilation = try Self.load(Self.generic(body))
    let error = #expect(throws: Diagnostic.self) { try compilation.run() }
    #expect(error?.message == "operation '\(name)' is not supported in the body of a structured operation")
    #expect(error?.category == .unsupported && error?.location?.contains("model.mlir:7:") == true)
    #expect(compilation.currentPhase == "input")
  }

  /// What the body of a structured operation can do, it can do.
  @Test func plainBodies() throws {
    try Self.load(Self.generic("%q = tensor.extract %x[%i, %c0] : tensor<4x4xf32>")).run(through: "dispatch-creation")
  }

  /// Structured operations outside of dispatches, encodings that are left, named operations: no level has what the next phases do not know.
  @Test(arguments: [
    ("linalg.matmul", "%r = linalg.matmul ins(%x, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%x : tensor<4x4xf32>) -> tensor<4x4xf32>"),
    ("encoding.set", "%r = \"encoding.set\"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>"),
    ("math.erf", "%c = arith.constant 1.0 : f32\n%i = math.erf %c : f32\n%r = tensor.empty() : tensor<4x4xf32>"),
    ("arith.addf", "%c = arith.constant 1.0 : f16\n%i = arith.addf %c, %c : f16\n%r = tensor.empty() : tensor<4x4xf32>"),
    ("flow.dispatch", "%r = \"flow.dispatch\"(%x) {executable = @e} : (tensor<4x4xf32>) -> tensor<4x4xf32>"),
  ])
  func levels(name: String, operation: String) throws {
    let text = "func.func @main(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {\n\(operation)\nreturn %r : tensor<4x4xf32>\n}"
    let module = try Module(parsing: text, Context())
    var found: [String] = []
    let error = #expect(throws: Diagnostic.self) {
      try LevelVerifier.verify(module, is: .specialized) { op, place in
        found.append(op.name)
        return .leftOperation(op, place, "specialization")
      }
    }
    #expect(error?.category == .compilerBug && found == [name])
  }

  /// Each level has what the one before it leaves for it.
  @Test func order() {
    #expect(Level.structured.host.isSuperset(of: Level.specialized.host) && Level.encoded.host.isSuperset(of: Level.structured.host))
    #expect(!Level.dispatched.host.contains("linalg.generic") && Level.dispatched.executable.contains("linalg.generic"))
  }
}
