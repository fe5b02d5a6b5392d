public import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

extension Compilation {
  /// The only executable, which configurations are for. Errors: there are none or several.
  private func onlyExecutable() throws(Diagnostic) -> Operation {
    let executables = module.functions.filter(\.isExecutable)
    guard executables.count == 1 else {
      throw Diagnostic(
        .invalidInput, id: "severalExecutables", "configurations are for one dispatch, but there are \(executables.count)",
        help: "'tessera compile --dump-dispatches=FOLDER' writes each to a file of its own")
    }
    return executables[0]
  }

  /// Gives the only executable the configuration of the options, if there is one.
  func applyConfiguration() throws(Diagnostic) {
    guard let configuration = options.configuration else { return }
    try onlyExecutable().setAttribute(ExecutableAttribute.configuration, .string(configuration, context))
  }

  /// Compiles the only dispatch with each configuration that is worth a try, the heuristic's own first.
  ///
  /// `folder` gets the modules `0.tsm`, `1.tsm` ... and `configurations`, which has the text of each on a line; where kernels are dumped, their
  /// folder gets the assembly of each as `0.s`, `1.s` ... and the vector code.
  public func tryConfigurations(in folder: String) throws(Diagnostic) {
    try makeOutputFolder(folder)
    try run(through: "dispatch-creation")
    let executable = try onlyExecutable()
    let symbol = executable.symbolName ?? ""
    let given = executable.attribute(ExecutableAttribute.configuration)?.stringValue
    executable.removeAttribute(ExecutableAttribute.configuration)
    let candidates = try options.target.configurations(for: executable, options.kernelRules)
    var lines = ""
    let statistics = statistics
    var number = 0
    for text in given.map({ [$0] + candidates }) ?? candidates {
      executable.setAttribute(ExecutableAttribute.configuration, .string(text, context))
      self.statistics = statistics
      seconds = []
      do throws(Diagnostic) {
        try run(from: "codegen")
      } catch {
        // The chosen one must compile; another may be none that the emitter can make.
        guard number > 0 else { throw error }
        notes.append("configuration '\(text)' does not compile: \(error.message)")
        continue
      }
      defer { number += 1 }
      try writeModule(to: "\(folder)/\(number).tsm")
      lines += text + "\n"
      guard let dump = options.kernelDumpFolder else { continue }
      try makeOutputFolder(dump)
      if let assembly = code.assembly[symbol] { try writeText("# \(text)\n" + assembly, to: "\(dump)/\(number).s") }
      if let vectorIR = code.vectorIR[symbol] { try writeText("// \(text)\n" + vectorIR, to: "\(dump)/\(number).mlir") }
    }
    try writeText(lines, to: "\(folder)/configurations")
  }
}
