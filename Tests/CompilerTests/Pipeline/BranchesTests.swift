import TesseraLibC
import TesseraMLIR
import Testing

@testable import TesseraCompiler

/// Branches and loops through the elimination of common subexpressions.
@Suite struct BranchesTests {
  /// A program of branches of one condition, each of another number.
  private static func program(_ numbers: [Int]) -> String {
    var lines = ["func.func @main(%c: i1, %x: tensor<4xf32>) -> (\(numbers.map { _ in "tensor<4xf32>" }.joined(separator: ", "))) {"]
    for (i, number) in numbers.enumerated() {
      lines += [
        "%y\(i) = scf.if %c -> (tensor<4xf32>) {", "  %a0 = math.sin %x : tensor<4xf32>",
      ]
      // What differs comes last, where comparing takes longest.
      lines += (1..<16).map { "  %a\($0) = math.sin %a\($0 - 1) : tensor<4xf32>" }
      lines += [
        "  %k = arith.constant dense<\(number).0> : tensor<4xf32>", "  %b = arith.addf %a15, %k : tensor<4xf32>",
        "  scf.yield %b : tensor<4xf32>", "} else {", "  scf.yield %x : tensor<4xf32>", "}",
      ]
    }
    let names = numbers.indices.map { "%y\($0)" }.joined(separator: ", ")
    return (lines + ["return \(names) : \(numbers.map { _ in "tensor<4xf32>" }.joined(separator: ", "))", "}", ""]).joined(separator: "\n")
  }

  private static func load(_ numbers: [Int]) throws -> Compilation {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/model.mlir"
    try program(numbers).write(toFile: path, atomically: true, encoding: .utf8)
    return try loadModel(path: path, options: CompileOptions(), observer: nil)
  }

  /// Equal branches are one, and no number stays behind.
  @Test func equalBranches() throws {
    let compilation = try Self.load([1, 2, 1, 1, 2])
    try compilation.eliminateCommonSubexpressions()
    let text = compilation.text()
    #expect(text.split(separator: "\n").count { $0.contains("scf.if") } == 2)
    #expect(!text.contains("tessera.body"))
  }

  /// Time grows with the branches of a condition, not with their square: eight times as many take less than 24 times as long.
  @Test func growth() throws {
    func seconds(_ count: Int) throws -> Double {
      let compilation = try Self.load(Array(0..<count))
      var start = timespec(), end = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
      try compilation.eliminateCommonSubexpressions()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
      return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
    }
    let few = try seconds(250), many = try seconds(2000)
    #expect(many < 24 * few, "\(few) s, then \(many) s")
  }
}
