import TesseraFiles
import TesseraRuntime
import Testing

@testable import TesseraCompiler

/// `--check-accesses`: an access beyond an operand ends the call, with the operand's number; others change nothing.
@Suite struct CheckedAccessTests {
  /// A dispatch whose kernel reads `shift` elements behind its own: nothing checks dispatches that are resumed from text.
  private static func model(shift: Int) -> String {
    """
    func.func @main(%x: tensor<40xf32>) -> tensor<40xf32> {
      %r = "flow.dispatch"(%x) {executable = @moved} : (tensor<40xf32>) -> tensor<40xf32>
      return %r : tensor<40xf32>
    }
    func.func private @moved(%x: tensor<40xf32>) -> tensor<40xf32> attributes {flow.executable} {
      %empty = tensor.empty() : tensor<40xf32>
      %shift = arith.constant \(shift) : index
      %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%empty : tensor<40xf32>) {
      ^bb0(%out: f32):
        %i = linalg.index 0 : index
        %j = arith.addi %i, %shift : index
        %e = tensor.extract %x[%j] : tensor<40xf32>
        linalg.yield %e : f32
      } -> tensor<40xf32>
      return %r : tensor<40xf32>
    }
    """
  }

  private static func call(shift: Int) throws -> [Float] {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(model(shift: shift).utf8), to: "model.mlir")
    var options = CompileOptions()
    options.checksAccesses = true
    let module = try ToolsDispatchFileTests.compile(path, options)
    let x = try ToolsDispatchFileTests.tensor([40]) { Float($0) }
    return try ToolsDispatchFileTests.call(module, [x]).map(ToolsDispatchFileTests.floats)[0]
  }

  @Test func whatIsInsideIsComputed() throws { #expect(try Self.call(shift: 0) == (0..<40).map { Float($0) }) }

  @Test(arguments: [1, 3, -1, 1 << 40]) func whatIsBeyondEndsTheCall(shift: Int) throws {
    let error = try #require(throws: RuntimeError.self) { try Self.call(shift: shift) }
    #expect(error.code == .internalError)
    #expect(error.message.hasSuffix("touched memory beyond operand 0: byte \(shift < 0 ? -4 : max(4 * shift, 160)) of 160"))
  }
}
