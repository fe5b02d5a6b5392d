import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds
import TesseraMLIR
import Testing

@testable import TesseraCompiler

/// `docs/HowTo/AddAFrontEnd.md`, followed: `AbacusFrontEnd` is added from outside.
@Suite struct AddAFrontEndTests {
  private static let model = "abacus\ninput x n\nadd y x x\nneg z y\nscale w z 0.25\noutput w\n"

  /// What `body` makes of a file of this text.
  private func with<R>(_ text: String, _ body: (FileBytes) throws -> R) throws -> R {
    let folder = try TemporaryFolder()
    return try body(try FileBytes(path: try folder.write(Array(text.utf8), to: "model")))
  }

  private func compile(_ text: String, _ symbols: [String: Int] = [:]) throws -> Compilation {
    try with(text) { file in
      let context = Context()
      let model = try AbacusFrontEnd().load(file, context: context, options: ImportOptions(symbols: symbols))
      let compilation = Compilation(context: context, options: CompileOptions(), module: model.module, constants: model.constants)
      try compilation.run()
      return compilation
    }
  }

  @Test(arguments: [[:], ["n": 5]]) func computes(symbols: [String: Int]) throws {
    let x = try ToolsDispatchFileTests.tensor([5]) { Float($0) - 2 }
    let result = try ToolsDispatchFileTests.call(try compile(Self.model, symbols), [x])[0]
    #expect(ToolsDispatchFileTests.floats(result) == [1, 0.5, 0, -0.5, -1])
  }

  /// Ours know that it is not theirs, and it knows that theirs are not its own.
  @Test func recognizesItsOwn() throws {
    #expect(try with(Self.model) { file in AbacusFrontEnd().recognizes(file) && !FrontEndList.all.contains { $0.recognizes(file) } })
    #expect(try with("module {\n}\n") { file in !AbacusFrontEnd().recognizes(file) })
    #expect(try with("abac") { file in !AbacusFrontEnd().recognizes(file) })
  }

  @Test(arguments: [
    ("", "there is no output"), ("input x n\noutput y\n", "nothing is called 'y'"),
    ("divide y x x\n", "is no input, output, add, neg or scale"),
    ("input x n\nscale y x nan\n", "'nan' is no factor"),
  ])
  func refuses(text: String, reason: String) throws {
    let error = #expect(throws: Diagnostic.self) { try compile("abacus\n" + text) }
    #expect(error?.message.contains(reason) == true && error?.category == .invalidInput)
  }

  @Test func namesOfDimensions() throws {
    let error = #expect(throws: Diagnostic.self) { try compile(Self.model, ["m": 5]) }
    #expect(error?.message == "no input of the model has a dimension 'm'")
  }
}
