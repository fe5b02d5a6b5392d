import TesseraCompiler
import TesseraDiagnostics
import TesseraImportONNX
import TesseraLibC
import TesseraMLIR

/// Imports or compiles one model after the other, for `Tests/Fuzz/run.py`: a process for each would take longer than what is tested.
///
/// A line of the standard input is `import PATH` (ONNX), `load PATH` (of any format), `compile PATH` or `call PATH` (then the outputs of its calls come after `ok`; with `place PATH` they are computed on two devices). The answer is `ok`,
/// `refused ID` where a diagnostic says what is wrong with the model, or `bug TEXT` where one says that the compiler is wrong. Anything else that
/// happens ends this process, and the reader of the answers knows.
@main
enum Main {
  /// A context keeps every type and attribute that it ever saw.
  private static let modelsPerContext = 100

  static func main() {
    // Bytecode is read in a process of its own first, as `tessera-compile` does.
    let arguments = CommandLine.arguments
    if arguments.count == 3, arguments[1] == readingTrial.command { exit(readingTrial.run(arguments[2])) }
    var context = Context()
    var count = 0
    while let line = readLine() {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { continue }
      if count % modelsPerContext == 0 { context = Context() }
      count += 1
      print(answer(words[0], words[1], context))
      fflush(nil)
    }
  }

  /// Returns the answer to a line.
  private static func answer(_ command: String, _ path: String, _ context: Context) -> String {
    do {
      if command == "place" { return try "ok " + ModelCalls(path, isPlaced: true).answers() }
      if command == "call" { return try "ok " + ModelCalls(path).answers() }
      if command == "import" {
        _ = try importONNX(path: path, context: context)
      } else {
        var options = CompileOptions()
        options.trialReader = "/proc/self/exe"
        let compilation = try loadModel(path: path, options: options, observer: nil)
        if command == "compile" { try compilation.run() }
      }
      _ = context.takeMessages()
      return "ok"
    } catch let error as Diagnostic {
      _ = context.takeMessages()
      guard error.category == .compilerBug else { return "refused \(error.id)" }
      return "bug " + error.description.split(separator: "\n").joined(separator: " / ")
    } catch {
      return "failed \(error)"
    }
  }
}
