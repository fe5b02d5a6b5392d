import TesseraConstants
public import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds
import TesseraImportMLIR
import TesseraMLIR
import TesseraModuleFormat

/// Reads a model of any supported kind, told apart by the file's bytes, and starts its compilation; `-` is standard input.
public func loadModel(path: String, options: CompileOptions, observer: (any CompilationObserver)?) throws(Diagnostic) -> Compilation {
  var plan = FilePlan()
  do throws(FileError) {
    try plan.reads(path)
    for given in options.formats { for file in (given as? ConstantInputs)?.files ?? [] { try plan.reads(file) } }
  } catch { throw Diagnostic(error) }
  let context = Context()
  let (file, format) = try ModelFormat.read(path)
  let frontEnd = try format.frontEnd(path)
  let importOptions = ImportOptions(
    symbols: options.dimensions, addedOutputs: options.addedOutputs, formats: options.formats, trialReader: options.trialReader)
  try frontEnd.requireOwnOptions(importOptions, for: path)
  let model = try frontEnd.load(file, context: context, options: importOptions)
  if model.hasUnverifiedOperations { try verifyOwnOperations(model.module, path: path) }
  do throws(FileError) { for file in model.externalFiles { try plan.reads(file) } } catch { throw Diagnostic(error) }
  return Compilation(
    context: context, options: options, module: model.module, constants: model.constants, notes: model.notes,
    operators: model.operators, plan: plan, observer: observer)
}

/// Reads a file of MLIR and does nothing else, for a program that is `CompileOptions.trialReader`: the command, and what does it.
public let readingTrial: (command: String, run: @Sendable (String) -> Int32) = (ReadingTrial.command, ReadingTrial.read)

/// Throws where a file is MLIR on which upstream's reader ends the process: `program`, which runs `readingTrial`, reads it.
public func checkReader(of path: String, program: String) throws(Diagnostic) {
  guard path != "-", case .readable(let frontEnd) = try ModelFormat.read(path).format, frontEnd is MLIRFrontEnd else { return }
  try ReadingTrial(program: program).run(path)
}
