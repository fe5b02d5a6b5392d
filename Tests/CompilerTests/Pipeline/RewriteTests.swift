import TesseraDeviceCPU
import TesseraDiagnostics
import TesseraMLIR
import TesseraRuntime
import Testing

@testable import TesseraCompiler

/// The counter of rewrites, by which a miscompile is halved.
@Suite struct RewriteTests {
  /// Sums that follow each other, each by an operator of its own.
  private static let text = """
    func.func @main(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
      %a = arith.addf %x, %y : tensor<4xf32> loc("first")
      %b = arith.addf %a, %y : tensor<4xf32> loc("second")
      %c = arith.addf %b, %y : tensor<4xf32> loc("third")
      return %c : tensor<4xf32>
    }

    """

  /// A rewrite with a bug: what it makes of the operator 'second' is a difference.
  private static let planted = Step("planted", "swap the operands of sums") { c in
    for op in c.module.hostFunctions.flatMap(\.descendants) where op.name == "arith.addf" && c.context.rewrites.allows(op) {
      let b = Builder(c.context, before: op), isWrong = op.location.sourceNames == ["second"]
      op.result(0).replaceAllUses(with: b.binary(isWrong ? "arith.subf" : "arith.addf", op.operand(1), op.operand(0)))
      op.erase()
    }
  }

  /// Compiles with the first `limit` rewrites, the planted step between two phases.
  private static func compile(_ limit: Int?) throws -> Compilation {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.mlir"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var options = CompileOptions()
    options.rewriteLimit = limit
    let compilation = try loadModel(path: path, options: options, observer: nil)
    try compilation.run(through: "input")
    try compilation.run(planted)
    try compilation.run(from: "global-optimization")
    return compilation
  }

  private static func output(_ compilation: Compilation) throws -> [Float] {
    let session = try Session(TesseraRuntime.Module(bytes: compilation.moduleBytes()), device: CPUDevice(threads: 1))
    let x = try Tensor(shape: [4], [1, 2, 3, 4] as [Float]), y = try Tensor(shape: [4], [5, 6, 7, 8] as [Float])
    return try session.call("main", [x, y])[0].array(of: Float.self)
  }

  /// Halving leads to the one rewrite that is wrong, and it is told by step, operation and operator.
  @Test func plantedBug() throws {
    let right: [Float] = [16, 20, 24, 28]
    #expect(try Self.output(Self.compile(0)) == right)
    let whole = try Self.compile(nil)
    #expect(try Self.output(whole) != right)
    var good = 0, bad = whole.context.rewrites.count
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if try Self.output(Self.compile(middle)) == right { good = middle } else { bad = middle }
    }
    let last = try #require(Self.compile(bad).context.rewrites.last)
    #expect(last.number == bad && last.step == "planted" && last.operation == "arith.addf" && last.operators == ["second"])
  }

  /// With each limit the module computes the same, as long as nothing is planted; without a limit all rewrites are done.
  @Test func everyLimit() throws {
    let count = try Self.compile(nil).context.rewrites.count
    #expect(count > 5)
    for limit in 0...count {
      let rewrites = try Self.compile(limit).context.rewrites
      #expect(rewrites.last?.number == (limit == 0 ? nil : limit), "the \(limit)th rewrite is the last one")
    }
  }
}
